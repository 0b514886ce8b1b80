// The embedded engine in a process of its own, so that what it costs is not on the event loop of what
// is measured. Says where it listens, tells on request what it was asked, and ends with its parent.
import { definePlugin, startEmbeddedEngine } from '../../src/embedded.ts'

const [, , registry = '', repository = ''] = process.argv
const engine = await startEmbeddedEngine({
  pace: 0,
  registries: { [registry]: { repositories: { [repository]: { latest: definePlugin() } } } },
})
process.on('message', () => process.send?.(engine.requests()))
process.on('disconnect', () => void engine.close())
process.send?.(engine.host)
