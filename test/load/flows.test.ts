import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { connect } from '../../src/flow/connect.ts'
import { installPlugin } from '../../src/flow/install.ts'
import { startEmbedded } from '../bench/startEmbedded.ts'
import { suite } from '../support/suite.ts'
import { aliveMB } from './heap.ts'

const FLOWS = 1_000
/** After so many flows, modules, caches and pools have taken their memory. */
const WARM = 200
const MAX_GROWTH_MB = 2

/** How many of each kind are open: sockets, timers, servers, processes. */
function open(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

suite('1,000 flows through one process', (test) => {
  test('memory is flat, and no listener, socket or timer is left', async () => {
    const warnings: Error[] = []
    const warn = (warning: Error) => warnings.push(warning)
    process.on('warning', warn)
    const embedded = await startEmbedded()
    const engine = connect({ host: embedded.host, env: { DOCKER_CONFIG: '/nowhere' } })
    const host = new AbortController()
    const { reference } = embedded
    let observed = 0
    const once = async (number: number) => {
      const flow = installPlugin(engine, { reference, signal: host.signal, consent: () => true })
      flow.transition$.subscribe(() => observed++)
      flow.progress$.subscribe(() => observed++)
      flow.actor.subscribe(() => observed++)
      const { id, name } = await flow.result
      // Every third is one of those that fail, and every other that is taken back.
      if (number % 3 === 0) await failing(number)
      const signal = AbortSignal.timeout(20_000)
      await engine.call('pluginDelete', { name: id, force: true }, { signal })
      return name
    }
    const failing = async (number: number) => {
      const flow = installPlugin(engine, {
        reference: number % 2 === 0 ? reference : `${reference}-nosuch`,
        signal: host.signal,
      })
      await flow.result.then(
        () => assert.unreachable('it was there already, or is nowhere'),
        () => {},
      )
    }
    try {
      for (let number = 0; number < WARM; number++) await once(number)
      const before = { alive: await aliveMB(), open: open() }
      for (let number = WARM; number < FLOWS; number++) await once(number)
      const after = { alive: await aliveMB(), open: open() }
      const growth = after.alive - before.alive
      console.log(
        `${FLOWS} flows: ${before.alive.toFixed(1)} MB alive after ${WARM}, ${growth.toFixed(2)} MB more at the end; ${observed} events`,
      )
      assert.ok(growth < MAX_GROWTH_MB, `${growth} MB`)
      assert.equal(after.open, before.open)
      assert.is(getEventListeners(host.signal, 'abort').length, 0)
      assert.equal(warnings, [])
    } finally {
      process.off('warning', warn)
      engine.close()
      await embedded.stop()
    }
  })
})
