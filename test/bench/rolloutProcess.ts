// Carries out one rollout and prints what it cost. A process of its own, so that its memory is that of the rollout alone.
import { setImmediate } from 'node:timers/promises'
import type { Engine } from '../../src/core.ts'
import { builtRollout, builtSimulation } from './built.ts'
import type { RolloutFigures } from './rollout.ts'
import { watchTurns } from './watchTurns.ts'

const [folder = '', targets = '0'] = process.argv.slice(2)
const size = Number(targets)
const { hashPlan, openEmbeddedRunner, startRollout } = await builtRollout()
const { simulateEngine } = await builtSimulation()
const { signal } = new AbortController()
const { privileges } = await simulateEngine({ pace: 0 }).engine.call(
  'getPluginPrivileges',
  { remote: 'docker.io/vieux/sshfs:latest' },
  { signal },
)
const unsigned = {
  version: 1 as const,
  at: new Date().toISOString(),
  kind: 'install' as const,
  plugin: { reference: 'vieux/sshfs:latest', name: 'vieux/sshfs:latest', settings: [] },
  privileges,
  strategy: {
    canaries: [1, '5%' as const],
    hold: 0,
    parallel: 50,
    maxFailures: 0,
    maxUnreachable: 0,
    monitor: 0,
    onFailure: 'stop' as const,
  },
  targets: Array.from({ length: size }, (_, index) => ({
    id: `t${index}`,
    engineId: `engine-${index}`,
    labels: {},
    access: { host: `unix:///run/${index}.sock` },
    found: { state: 'absent' as const },
    does: { action: 'install' as const },
  })),
}
const plan = { ...unsigned, hash: hashPlan(unsigned) }
/** An engine that answers in a turn of its own, as one behind a socket does. */
function connect({ id }: { id: string }): Engine & { host: string } {
  const { engine } = simulateEngine({ pace: 0 })
  return {
    host: id,
    async call(operation, input, options) {
      await setImmediate()
      return engine.call(operation, input, options)
    },
  }
}
const runner = await openEmbeddedRunner(folder)
// Its own preparations do not count.
await setImmediate()
const turns = watchTurns()
const cpu = process.cpuUsage()
const start = performance.now()
const rollout = await startRollout(plan, {
  runner,
  consent: () => ({ who: 'bench' }),
  connect,
})
const { counts } = await rollout.result
const ms = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
const figures: RolloutFigures = {
  done: counts.done,
  ms,
  cpuPerTarget: (user + system) / 1_000 / size,
  longestTurn: turns.longest(),
  peakMB: process.resourceUsage().maxRSS / 1_000,
}
await rollout.close()
await runner.close()
process.stdout.write(JSON.stringify(figures))
