import { setTimeout } from 'node:timers/promises'
import type { OpenRun } from '../../../adapters/journal/runJournal.ts'

/** Milliseconds for what its folder may take: one on a network may answer never. */
export interface JournalLimits {
  /** To begin a run, and to give it back. */
  begin: number
  /** To write a run down: a step that cannot be is not made. */
  write: number
}

export const journalLimits: Readonly<JournalLimits> = { begin: 10_000, write: 30_000 }

/** A run that is written down in time or not at all; once its folder did not answer, it is asked no more. */
export function boundedRun<Run extends OpenRun>(
  run: Run,
  folder: string,
  limits = journalLimits,
): Run {
  let isAnswering = true
  const bounded = async (ms: number, act: () => Promise<void>) => {
    if (!isAnswering) throw new NoAnswer(folder, ms)
    try {
      await inTime(act(), folder, ms)
    } catch (error) {
      if (error instanceof NoAnswer) isAnswering = false
      throw error
    }
  }
  return {
    ...run,
    write: (snapshot) => bounded(limits.write, () => run.write(snapshot)),
    // What is left is a file, and the lock of a process that is gone.
    close: () => bounded(limits.begin, () => run.close()).catch(unlessNoAnswer),
  }
}

/** @throws NoAnswer when the promise has not settled by then */
export async function inTime<T>(promise: Promise<T>, folder: string, ms: number): Promise<T> {
  const timer = new AbortController()
  const late = setTimeout(ms, undefined, { signal: timer.signal }).then(() => {
    throw new NoAnswer(folder, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
    late.catch(() => {})
  }
}

class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  constructor(folder: string, ms: number) {
    super(`${folder} has not answered for ${ms / 1_000} s`)
  }
}

function unlessNoAnswer(error: unknown): void {
  if (!(error instanceof NoAnswer)) throw error
}
