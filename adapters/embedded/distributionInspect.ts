import type { Exchange } from './exchange.ts'
import { decodeRegistryAuth } from './registryAccess.ts'
import { distributionFailure } from './registryFailures.ts'
import { lookUp, parseRemote } from './registryLookup.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'

/** Bytes of the manifest of one layer (`push.ok`), and of each further layer in it. */
const MANIFEST_BYTES = 417
const LAYER_BYTES = 155

/** `GET /distribution/{name}/json`, which tells the causes apart that an empty list hides. */
export function distributionInspect(engine: SimulatedEngine, exchange: Exchange): void {
  const reference = parseRemote(exchange.name, 400)
  const found = lookUp(engine.registries, reference, decodeRegistryAuth(exchange.auth))
  if ('problem' in found) throw distributionFailure(reference, found)
  const { kind, digest, layers } = found.content
  const format = kind === 'index' ? 'manifest.list.v2' : 'manifest.v2'
  const mediaType = `application/vnd.docker.distribution.${format}+json`
  const size = MANIFEST_BYTES + LAYER_BYTES * (layers.length - 1)
  exchange.json(200, { Descriptor: { mediaType, digest, size }, Platforms: null })
}
