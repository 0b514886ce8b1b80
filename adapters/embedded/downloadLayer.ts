import { ApiError } from './apiError.ts'
import type { EmbeddedLayer, PluginDamage } from './definePlugin.ts'
import { findBreak } from './layerDamage.ts'
import { type LayerFetch, shortId, TICK_MS } from './layerFetch.ts'
import { progressLine } from './progressLines.ts'

const DEFAULT_BYTES_PER_SECOND = 200e6
/** A download is written, and therefore seen, in pieces of this size. */
const WRITE_BYTES = 2 ** 20

export async function downloadLayer(
  fetch: LayerFetch,
  layer: EmbeddedLayer,
  damage: PluginDamage | undefined,
): Promise<void> {
  const id = shortId(layer)
  let pulling = false
  const tell = async (status: string, current: number, total: number) => {
    if (!pulling) await fetch.write(progressLine(id, 'Pulling fs layer'))
    pulling = true
    await fetch.write(progressLine(id, status, current, total))
  }
  const broken = findBreak(fetch, layer, damage)
  await receive(fetch, layer.digest, broken?.bytes ?? layer.size, (bytes) =>
    tell('Downloading', Math.floor(bytes / WRITE_BYTES) * WRITE_BYTES, layer.size),
  )
  if (!broken) return
  const { status, current, total } = broken.line
  await tell(status, current, total)
  throw new ApiError(500, broken.message)
}

/** Bytes as they come in, by this pull or by another one that is at it already. */
async function receive(
  { store, clock, found, signal }: LayerFetch,
  digest: string,
  end: number,
  tell: (received: number) => Promise<void>,
): Promise<void> {
  const perSecond = found.registry.bytesPerSecond ?? DEFAULT_BYTES_PER_SECOND
  const perMs = perSecond / found.content.layers.length / 1000
  for (;;) {
    const others = store.downloads.get(digest)
    if (!others) break
    await clock.wait(TICK_MS, signal)
    await tell(others.received)
  }
  if (store.holdsLayer(digest)) return
  const own = { received: 0 }
  store.downloads.set(digest, own)
  try {
    for (;;) {
      const ms = Math.min((end - own.received) / perMs, TICK_MS)
      await clock.wait(ms, signal)
      own.received += ms * perMs
      if (ms < TICK_MS) return
      await tell(own.received)
    }
  } finally {
    store.downloads.delete(digest)
  }
}
