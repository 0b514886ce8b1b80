import { EngineError } from './errors.ts'
import { type Abortable, onAbort } from './onAbort.ts'

/** Resources of a process or its system that can be short for a while, by the code of the system's error. */
const SHORTAGES: ReadonlyMap<unknown, string> = new Map([
  ['EMFILE', 'this process has too many files and connections open: raise its limit (ulimit -n)'],
  ['ENFILE', 'this system has too many files and connections open'],
  ['EAGAIN', 'there is no room for another connection or process'],
  ['ENOMEM', 'there is no memory left'],
])

const LONGEST_MS = 30_000
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 500

/** The resource that is short, in words, or `undefined` for any other code. */
export function shortageOf(code: unknown): string | undefined {
  return SHORTAGES.get(code)
}

/** @param what could not be done: "the file x cannot be read" */
export function shortage(what: string, why: string): EngineError {
  return new EngineError('host-exhausted', `${what}: ${why}`)
}

/**
 * Repeats what fails only because this process or its system has too much open, which is no fault of a file, a
 * program or an engine. It fails with that itself after half a minute, or once the signal has fired.
 */
export async function whenThereIsRoom<Result>(
  act: () => Result | Promise<Result>,
  signal?: Abortable,
): Promise<Result> {
  const end = performance.now() + LONGEST_MS
  for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LONGEST_PAUSE_MS)) {
    try {
      return await act()
    } catch (error) {
      if (!isShortage(error) || signal?.aborted || performance.now() + ms > end) throw error
    }
    await pause(ms, signal)
  }
}

function isShortage(error: unknown): boolean {
  const code: unknown = (error as { code?: unknown } | null)?.code
  return code === 'host-exhausted' || shortageOf(code) !== undefined
}

/** Ends early with the signal. */
function pause(ms: number, signal?: Abortable): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      release?.()
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(end, ms)
    const release = signal && onAbort(signal, end)
  })
}
