import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** The memory alive on the heap, in MB, once nothing is left to be collected. */
export async function aliveMB(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    // Finalizers and what they free need turns of the loop of their own.
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
  return process.memoryUsage().heapUsed / 1e6
}
