import type { Run } from '../commandEntry.ts'
import { commandTable } from '../commandTable.ts'
import type { Shell } from '../entries/completion.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript }

/** `plugin-flow completion`. */
export const printCompletion: Run<Shell> = async (shell, _surroundings, { stdout }) => {
  stdout.write(SCRIPTS[shell](commandTable))
  return 0
}
