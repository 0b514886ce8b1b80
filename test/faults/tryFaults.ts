import * as assert from 'uvu/assert'
import type { AllowedEnd } from './allowedEnds.ts'
import { attempt, type End } from './attempt.ts'
import { type Fault, nameOf } from './fault.ts'
import { judgeEnd } from './judgeEnd.ts'

/** The results of some faults. */
export interface Tried {
  tried: number
  endedWell: number
  /** Those that did not, each in a line. */
  problems: readonly string[]
  /** The rows of the table that were needed, with the ends that they allowed. */
  needed: ReadonlyMap<AllowedEnd, ReadonlySet<string>>
}

const SHOWN = 10

/** Tries every fault in a flow of its own, so many at once. */
export async function tryFaults(faults: readonly Fault[], atOnce = 50): Promise<Tried> {
  const problems: string[] = []
  const needed = new Map<AllowedEnd, Set<string>>()
  await inParallel(faults, atOnce, async (fault) => {
    const { story, patience } = fault
    const end = await attempt({ story, faults: [fault], ...(patience ? { patience } : {}) })
    const { problem, row } = judgeEnd(fault, end)
    if (problem !== undefined) problems.push(`${nameOf(fault)}: ${problem}: ${shown(end)}`)
    if (row) needed.set(row, (needed.get(row) ?? new Set()).add(end.code))
  })
  return { tried: faults.length, endedWell: faults.length - problems.length, problems, needed }
}

/** Calls for every item, so many at once. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  call: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const work = async () => {
    for (const item of queue) await call(item)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** Prints how many were tried and how many ended well, and fails where not all did. */
export function assertWell(
  name: string,
  { tried, endedWell, problems }: Omit<Tried, 'needed'>,
): void {
  console.log(`\n   ${name}: ${tried} faults tried, ${endedWell} ended well`)
  assert.ok(tried > 0, 'no fault was tried')
  const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : []
  assert.equal([...problems.slice(0, SHOWN), ...more], [])
}

export function shown({ code, state = '', message, rollback, engine }: End): string {
  const back = rollback ? `, rollback ${rollback.result}` : ''
  return `${code} ${state}${back}, engine holds ${engine}: ${message.slice(0, 200)}`
}
