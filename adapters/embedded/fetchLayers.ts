import type { EmbeddedLayer, PluginDamage } from './definePlugin.ts'
import { ApiError, progressLine } from './exchange.ts'
import type { PluginStore } from './pluginStore.ts'
import {
  findBreak,
  missingBlob,
  type RemoteContent,
  showsConfigLate,
  unreachableBlob,
  wrongBytes,
} from './registryFailures.ts'
import type { Found } from './registryLookup.ts'
import type { PacedClock } from './simulatedEngine.ts'

/** The state that the layers of one pull share. */
interface LayerFetch extends RemoteContent {
  store: PluginStore
  clock: PacedClock
  /** Fires when the client has gone. */
  signal: AbortSignal
  write: (line: string) => Promise<void>
}

/** How often the engine looks at its downloads and reports their progress. */
const TICK_MS = 100
/** How long the engine takes to ask for the rest of a layer (`upgrade.layer-cut`). */
const TRIES_AGAIN_MS = 1_000
const DEFAULT_BYTES_PER_SECOND = 200e6
/** A download is written, and therefore seen, in pieces of this size. */
const WRITE_BYTES = 2 ** 20
const EXTRACTED_PER_TICK = 10e6
/** An archive is read in pieces of this size. */
const READ_BYTES = 2 ** 15

/** Downloads and extracts every layer at the same time, and stops them all when one fails. */
export async function fetchLayers(fetch: LayerFetch): Promise<void> {
  const { layers, damage, configDigest } = fetch.found.content
  fetch.store.disk.begin(configDigest)
  const failing = new AbortController()
  const signal = AbortSignal.any([fetch.signal, failing.signal])
  let cause: unknown
  await Promise.all(
    layers.map((layer) => {
      const struck = damage === 'config-missing' || layer === layers.at(-1)
      const own = struck ? damage : undefined
      return fetchLayer({ ...fetch, signal }, layer, own).catch((error: unknown) => {
        cause ??= error
        failing.abort()
      })
    }),
  )
  if (cause) throw cause
  if (damage === 'config-missing' && showsConfigLate(fetch)) {
    throw new ApiError(500, missingBlob(fetch, configDigest))
  }
}

async function fetchLayer(
  fetch: LayerFetch,
  layer: EmbeddedLayer,
  damage: PluginDamage | undefined,
): Promise<void> {
  const { store, write } = fetch
  const id = shortId(layer)
  const held = store.holdsLayer(layer.digest)
  if (held) await write(progressLine(id, 'Already exists'))
  else {
    await write(progressLine(id, 'Waiting'))
    await downloadLayer(fetch, layer, damage)
    store.disk.download(layer.digest, layer.size)
    store.keepLayer(layer.digest)
    store.partial.delete(layer.digest)
  }
  await extractLayer(fetch, layer)
  store.disk.extract(layer.digest, layer.size)
  if (damage === 'layer-not-a-tar') {
    const cause = 'ApplyLayer exit status 1 stdout:  stderr: archive/tar: invalid tar header'
    throw new ApiError(500, `error applying layer for digest ${layer.digest}: ${cause}`)
  }
  await write(progressLine(id, 'Complete'))
  if (!held) await write(progressLine(id, 'Download complete'))
}

async function downloadLayer(
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
  if (isGone(fetch.found)) {
    await fetch.write(progressLine(id, 'context canceled'))
    throw new ApiError(500, unreachableBlob(fetch, fetch.found.content.configDigest))
  }
  const spoiled = fetch.store.spoiled.get(layer.digest)
  if (spoiled !== undefined) throw new ApiError(500, wrongBytes(layer.digest, spoiled))
  const broken = findBreak(fetch, layer, damage)
  const tellReceived = (bytes: number) =>
    tell('Downloading', Math.floor(bytes / WRITE_BYTES) * WRITE_BYTES, layer.size)
  const receiveTo = (end: number) => receive(fetch, layer.digest, end, tellReceived)
  if (typeof damage === 'object' && 'cutAfter' in damage) {
    await receiveTo(damage.cutAfter)
    for (let waited = 0; waited < TRIES_AGAIN_MS; waited += TICK_MS) {
      await fetch.clock.wait(TICK_MS, fetch.signal)
      await tellReceived(damage.cutAfter)
    }
  }
  await receiveTo(broken?.bytes ?? layer.size)
  if (!broken) return
  if (typeof damage === 'object' && 'layerDigest' in damage) {
    fetch.store.spoiled.set(layer.digest, damage.layerDigest)
  }
  const { status, current, total } = broken.line
  await tell(status, current, total)
  throw new ApiError(500, broken.message)
}

/** Receives the bytes, or follows another pull that is downloading them already. */
async function receive(
  fetch: LayerFetch,
  digest: string,
  end: number,
  tell: (received: number) => Promise<void>,
): Promise<void> {
  const { store, clock, found, signal } = fetch
  for (;;) {
    const others = store.downloads.get(digest)
    if (!others) break
    await clock.wait(TICK_MS, signal)
    await tell(others.received)
  }
  if (store.holdsLayer(digest)) return
  const own = { received: Math.min(store.partial.get(digest) ?? 0, end) }
  store.downloads.set(digest, own)
  try {
    for (;;) {
      const perSecond = found.registry.bytesPerSecond ?? DEFAULT_BYTES_PER_SECOND
      const perMs = perSecond / found.content.layers.length / 1000
      const ms = Math.min((end - own.received) / perMs, TICK_MS)
      await clock.wait(ms, signal)
      own.received += ms * perMs
      if (isGone(found)) throw new ApiError(500, unreachableBlob(fetch, digest))
      if (ms < TICK_MS) return
      await tell(own.received)
    }
  } finally {
    store.downloads.delete(digest)
    store.partial.set(digest, own.received)
  }
}

function isGone({ registry }: Found): boolean {
  return registry.reachable === false || registry.givesBlobs === false
}

async function extractLayer(
  { clock, signal, write }: LayerFetch,
  layer: EmbeddedLayer,
): Promise<void> {
  const { size } = layer
  const tell = (bytes: number) => write(progressLine(shortId(layer), 'Extracting', bytes, size))
  // The engine reports the first read beyond a hundredth of the size.
  const hundredth = Math.floor(size / 100)
  const firstRead = READ_BYTES * (Math.floor(hundredth / READ_BYTES) + 1)
  if (firstRead < size) await tell(firstRead)
  for (let left = size; left > 0; left -= EXTRACTED_PER_TICK) {
    await clock.wait(Math.min(left / EXTRACTED_PER_TICK, 1) * TICK_MS, signal)
    if (left > EXTRACTED_PER_TICK) await tell(size - left + EXTRACTED_PER_TICK)
  }
  await tell(size)
  await tell(size)
}

function shortId({ digest }: EmbeddedLayer): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12)
}
