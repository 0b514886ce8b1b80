import type { Plugin } from './plugin.ts'
import { canonicalName, parseReference } from './reference.ts'

/** Whether a plugin came from this reference; a digest shows in no `PluginReference`. */
export function isPulledFrom(plugin: Plugin, remote: string): boolean {
  const [have, want] = [parseReference(plugin.PluginReference), parseReference(remote)]
  if (typeof have === 'string' || typeof want === 'string') return false
  const comparable = ({ domain, path, tag }: typeof have) =>
    canonicalName({ domain, path, ...(want.digest ? {} : { tag: tag ?? 'latest' }) })
  return comparable(have) === comparable(want)
}
