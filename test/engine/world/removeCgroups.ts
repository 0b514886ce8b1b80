import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/sys/fs/cgroup'
const PATIENCE_MS = 2_000
const PAUSE_MS = 20

/**
 * Removes the control groups of plugins that the engine could not clean up after, because it was
 * killed. runc has a folder for each of them below `execRoot`; a group outlives its processes by a
 * moment. Blocks, so that a process that exits can call it.
 */
export function removeCgroups(execRoot: string): void {
  const end = Date.now() + PATIENCE_MS
  for (const group of cgroupsOf(list(join(execRoot, 'runtime-runc', 'plugins.moby')))) {
    while (!isRemoved(group) && Date.now() < end) pause()
  }
}

/** The control groups that there are of these plugins: below our own group, or at the root. */
export function cgroupsOf(ids: readonly string[]): string[] {
  const own = [...readFileSync('/proc/self/cgroup', 'utf8').matchAll(/^\d+:(.*?):(.*)$/gm)]
  const folders = own.flatMap(([, controllers = '', path = '']) => {
    const hierarchy = join(ROOT, controllers.replace(/^name=/, ''))
    return [hierarchy, join(hierarchy, path)]
  })
  const candidates = folders.flatMap((folder) => ids.map((id) => join(folder, id)))
  return [...new Set(candidates)].filter((group) => existsSync(group))
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function isRemoved(group: string): boolean {
  try {
    rmdirSync(group)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EBUSY'
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
}
