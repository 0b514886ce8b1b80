import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import type { ChartLayout } from '../chart/chartLayout.ts'
import type { Statechart } from '../chart/statechart/readStatechart.ts'

export interface LayoutRequest {
  chart: Statechart
  collapsed: readonly string[]
}

export type LayoutAnswer = { layout: ChartLayout } | { message: string }

/**
 * Lays out one machine, one picture after the other, in a process of its own: a layout takes seconds of a
 * processor, in which nothing else would be answered, and can be stopped by nothing else.
 */
export interface Layouter {
  /** The picture without the inside of some states. Rejects with an error that can be shown. */
  layOut(collapsed: readonly string[]): Promise<ChartLayout>
  /** Ends its process, and rejects the pictures that wait. */
  close(): Promise<void>
}

/** The largest machines take a minute on a busy processor. */
const LIMIT_MS = 120_000
/** Beside this file in the sources and in the bundle. */
const FILE = join(import.meta.dirname, `layoutProcess${extname(import.meta.filename)}`)

export function createLayouter(chart: Statechart, limitMs: number = LIMIT_MS): Layouter {
  let child: ChildProcess | undefined
  let isClosed = false
  let last: Promise<unknown> = Promise.resolve()

  async function layOut(collapsed: readonly string[]): Promise<ChartLayout> {
    if (isClosed) throw new Error(FAILED)
    // The last one may have ended after its answer, as where memory runs out.
    if (!child?.connected) child = fork(FILE, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const inTime = AbortSignal.timeout(limitMs)
    const settled = new AbortController()
    const signal = AbortSignal.any([inTime, settled.signal])
    const answered = once(child, 'message', { signal })
    const ended = once(child, 'exit', { signal }).then((): [LayoutAnswer] => [{ message: FAILED }])
    const request: LayoutRequest = { chart, collapsed }
    try {
      // A child that has ended cannot be sent to: its exit is the answer.
      child.send(request, () => {})
      const [answer] = (await Promise.race([answered, ended])) as [LayoutAnswer]
      if ('layout' in answer) return answer.layout
      throw new Error(answer.message)
    } catch (error) {
      await stop()
      if (!inTime.aborted) throw error
      const seconds = limitMs / 1000
      throw new Error(`the layout took longer than ${seconds} seconds: leave states out`, {
        cause: error,
      })
    } finally {
      for (const left of [answered, ended]) left.catch(() => {})
      settled.abort()
    }
  }

  async function stop(): Promise<void> {
    const running = child
    child = undefined
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }

  return {
    layOut(collapsed) {
      const next = last.then(() => layOut(collapsed))
      last = next.catch(() => {})
      return next
    },
    async close() {
      isClosed = true
      await stop()
    },
  }
}

const FAILED = 'the layout ended before it was done: leave states out'
