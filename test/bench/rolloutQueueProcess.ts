// Works on the targets of a queue until it is killed, on engines of the process that started it.
import { remoteEngines } from '../support/remoteEngines.ts'
import { builtQueue, builtRollout } from './built.ts'

const [url = '', parallel = '0'] = process.argv.slice(2)
const { openQueueRunner } = await builtQueue()
const { createRolloutWorker } = await builtRollout()
const runner = await openQueueRunner(url)
const worker = createRolloutWorker(runner, { connect: remoteEngines() })
await worker.serve({ worker: String(process.pid), parallel: Number(parallel) })
process.send?.('ready')
