/** Waits for what `begin` promises, and no longer than `signal` lets: then rejects with `aborted()`. */
export async function untilAborted<T>(
  begin: () => Promise<T>,
  signal: AbortSignal,
  aborted: () => Error,
): Promise<T> {
  if (signal.aborted) throw aborted()
  let stop = () => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(aborted())
  })
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([begin(), stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
