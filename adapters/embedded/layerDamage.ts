import type { EmbeddedLayer, PluginDamage } from './definePlugin.ts'
import type { LayerFetch } from './layerFetch.ts'
import { apiHost } from './registryFailures.ts'

/** Where a download breaks off, the last line that tells of it, and what the engine says then. */
export interface BrokenDownload {
  bytes: number
  line: { status: string; current: number; total: number }
  message: string
}

export function findBreak(
  fetch: LayerFetch,
  { digest, size }: EmbeddedLayer,
  damage: PluginDamage | undefined,
): BrokenDownload | undefined {
  const breakOff = (bytes: number, message: string) => {
    return { bytes, line: { status: 'Downloading', current: bytes, total: size }, message }
  }
  if (damage === 'layer-missing') return breakOff(0, missingBlob(fetch, digest))
  if (damage === 'config-missing' && !showsConfigLate(fetch)) {
    return breakOff(0, missingBlob(fetch, fetch.found.content.configDigest))
  }
  if (typeof damage !== 'object') return undefined
  if ('layerBytes' in damage) {
    return breakOff(damage.layerBytes, 'failed to read expected number of bytes: unexpected EOF')
  }
  const wrong = `unexpected commit digest ${damage.layerDigest}, expected ${digest}`
  return {
    bytes: size,
    line: { status: 'Download complete', current: size, total: 0 },
    message: `failed commit on ref "layer-${digest}": ${wrong}: failed precondition`,
  }
}

/**
 * Over plain HTTP a missing config ends the layers in mid-air, over TLS it shows after them
 * (`pull.config-missing`, `pull.tls-config-missing`).
 */
export function showsConfigLate({ found }: LayerFetch): boolean {
  return found.registry.tls !== false
}

export function missingBlob({ reference, found }: LayerFetch, digest: string): string {
  const { domain, path } = reference
  const isConfig = digest === found.content.configDigest
  const mediaType = `application/vnd.docker.${isConfig ? 'plugin.v1+json' : 'image.rootfs.diff.tar.gzip'}`
  const cause =
    found.registry.tls === false
      ? `failed to do request: Get "https://${apiHost(domain)}/v2/${path}/blobs/${digest}": http: server gave HTTP response to HTTPS client`
      : `could not fetch content descriptor ${digest} (${mediaType}) from remote: not found`
  return `failed to copy: httpReadSeeker: failed open: ${cause}`
}
