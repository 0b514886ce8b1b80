/** How long something of a server is waited for that may be away when this process ends. */
const AWAY_MS = 5_000

/** Resolves as `act` does, and to `false` once the time is over. */
export async function inTime<Value>(
  until: number,
  act: () => Promise<Value>,
): Promise<Value | false> {
  const left = until - Date.now()
  if (left <= 0) return false
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), left)
  })
  try {
    return await Promise.race([act(), over])
  } finally {
    clearTimeout(timer)
  }
}

/** Does what ends with a server, and no longer than a few seconds: a server that is away holds nothing up. Never rejects. */
export async function endWith(act: () => Promise<unknown>): Promise<void> {
  await inTime(Date.now() + AWAY_MS, act).catch(() => {})
}
