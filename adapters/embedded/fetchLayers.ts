import { ApiError } from './apiError.ts'
import type { EmbeddedLayer, PluginDamage } from './definePlugin.ts'
import { downloadLayer } from './downloadLayer.ts'
import { missingBlob, showsConfigLate } from './layerDamage.ts'
import { type LayerFetch, shortId, TICK_MS } from './layerFetch.ts'
import { progressLine } from './progressLines.ts'

const EXTRACTED_PER_TICK = 10e6
/** An archive is read in pieces of this size. */
const READ_BYTES = 2 ** 15

/** Downloads and extracts every layer, all at once, and stops all of them when one fails. */
export async function fetchLayers(fetch: LayerFetch): Promise<void> {
  const { layers, damage, configDigest } = fetch.found.content
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
    store.keepLayer(layer.digest)
  }
  await extractLayer(fetch, layer)
  if (damage === 'layer-not-a-tar') {
    const cause = 'ApplyLayer exit status 1 stdout:  stderr: archive/tar: invalid tar header'
    throw new ApiError(500, `error applying layer for digest ${layer.digest}: ${cause}`)
  }
  await write(progressLine(id, 'Complete'))
  if (!held) await write(progressLine(id, 'Download complete'))
}

async function extractLayer(
  { clock, signal, write }: LayerFetch,
  layer: EmbeddedLayer,
): Promise<void> {
  const { size } = layer
  const tell = (bytes: number) => write(progressLine(shortId(layer), 'Extracting', bytes, size))
  // The engine tells of the first read that goes beyond a hundredth.
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
