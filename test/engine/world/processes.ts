import { readdirSync, readFileSync } from 'node:fs'

/** Every process that was started with `folder` in its command line, and what they started. */
export function processesOf(folder: string): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const found = new Set(all.filter((pid) => commandLine(pid).includes(folder)))
  found.delete(process.pid)
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const pid of all) if (found.has(parentOf(pid))) found.add(pid)
  }
  return [...found]
}

/** Whether a process runs; one that has ended and waits for its parent to ask does not. */
export function isAlive(pid: number): boolean {
  const { state } = status(pid)
  return state !== undefined && !'ZX'.includes(state)
}

/** The command line of a process; empty when there is no such process. */
export function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
}

function parentOf(pid: number): number {
  return Number(status(pid).parent ?? 0)
}

/** The command's name may hold anything; what follows its last bracket does not. */
function status(pid: number): { state?: string; parent?: string } {
  return /\) (?<state>\w) (?<parent>\d+) [^)]*$/.exec(read(`/proc/${pid}/stat`))?.groups ?? {}
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
