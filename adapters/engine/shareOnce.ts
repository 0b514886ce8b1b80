/**
 * Makes a call whose result is remembered, and which is under way once however many ask for it. A
 * failure is not remembered. A caller that aborts leaves alone; the last one to leave aborts the call.
 */
export function shareOnce<T>(
  call: (signal: AbortSignal) => Promise<T>,
  cancelled: () => Error,
): (signal: AbortSignal) => Promise<T> {
  let shared: Shared<T> | undefined
  const forget = (which: Shared<T>) => {
    if (shared === which) shared = undefined
  }
  const begin = (): Shared<T> => {
    const controller = new AbortController()
    const begun = { result: call(controller.signal), waiting: 0, controller }
    begun.result.catch(() => forget(begun))
    shared = begun
    return begun
  }
  return async (signal) => {
    if (signal.aborted) throw cancelled()
    const current = shared ?? begin()
    current.waiting++
    let leave = () => {}
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        if (--current.waiting === 0) {
          forget(current)
          current.controller.abort()
        }
        reject(cancelled())
      }
    })
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([current.result, left])
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }
}

interface Shared<T> {
  result: Promise<T>
  /** Callers that wait for it. */
  waiting: number
  controller: AbortController
}
