import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { endWithProcess } from './endWithProcess.ts'
import { removeCgroups } from './removeCgroups.ts'
import type { Keep, OwnedProcess } from './startProcess.ts'

/** The folder that a world lives in, and the processes that live there. */
export interface Ground {
  readonly folder: string
  readonly keep: Keep
  pids(): number[]
  /** Ends every process and removes every file. May be called twice. */
  stop(): Promise<void>
}

/** Makes the folder below `parent`. It goes with the test process at the latest. */
export function openGround(parent: string): Ground {
  const folder = mkdtempSync(join(parent, 'plugin-flow-world-'))
  const processes: OwnedProcess[] = []
  const ends: (() => Promise<void>)[] = []
  const removeFiles = () => {
    removeCgroups(join(folder, 'exec'))
    rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 })
  }
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= Promise.all(ends.map((end) => end()))
      .then(removeFiles)
      .finally(untie)
    return stopping
  }
  const untie = endWithProcess(stop, () => {
    for (const owned of processes) owned.kill()
    removeFiles()
  })
  return {
    folder,
    keep(owned, end) {
      processes.push(owned)
      ends.push(end)
    },
    pids: () => processes.map(({ pid }) => pid),
    stop,
  }
}
