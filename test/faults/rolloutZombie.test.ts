import { zombieTests } from '../support/zombieWorker.ts'

zombieTests(300)
