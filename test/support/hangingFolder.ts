import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Loaded before a program, makes every folder that it would make one of a server that does not answer: the
 * call stays in its thread, as it does there, for as long as no one writes to the FIFO.
 */
promises.mkdir = async () => {
  await promises.open(process.env.HANGING_FIFO ?? '', 'r')
  return undefined
}
syncBuiltinESMExports()
