interface Hub {
  calls: Set<() => void>
  fire: () => void
}

/** The used part of an `AbortSignal`. */
export interface Abortable {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

const hubs = new WeakMap<Abortable, Hub>()

/**
 * Calls once when the signal fires, unless the function that it returns was called before. However many wait for one
 * signal, it has one listener: Node.js warns of a leak at eleven.
 */
export function onAbort(signal: Abortable, call: () => void): () => void {
  const { calls, fire } = hubs.get(signal) ?? listen(signal)
  // Two that wait with the same function are two.
  const own = () => call()
  calls.add(own)
  return () => {
    if (!calls.delete(own) || calls.size > 0) return
    signal.removeEventListener('abort', fire)
    hubs.delete(signal)
  }
}

function listen(signal: Abortable): Hub {
  const calls = new Set<() => void>()
  const fire = () => {
    hubs.delete(signal)
    const waiting = [...calls]
    calls.clear()
    for (const call of waiting) call()
  }
  const hub = { calls, fire }
  hubs.set(signal, hub)
  signal.addEventListener('abort', fire, { once: true })
  return hub
}
