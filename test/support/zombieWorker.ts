import * as assert from 'uvu/assert'
import type { OperationId } from '../../machines/engine.ts'
import { wallTime } from '../../src/rollout/localRunner.ts'
import { createLocalRunner, resumeRollout, startRollout } from '../../src/rollout.ts'
import { engines, planFor } from './rolloutStage.ts'
import { suite } from './suite.ts'

const LEASE_MS = 30_000

/** A worker that is stopped for twice its lease, and then goes on with what it did, while another one has taken over. */
export function zombieTests(targets: number): void {
  suite('zombie worker', (test) => {
    for (const [state, operation] of [
      ['pulling', 'pluginPull'],
      ['configuring', 'pluginSet'],
      ['enabling', 'pluginEnable'],
    ] as const satisfies [string, OperationId][]) {
      test(`stopped in ${state} for twice its lease, and continued :: ${targets} enabled, none deleted, one enable each`, async () => {
        let offset = 0
        const timers = new Set<() => void>()
        // Time that can be moved on: timers that were due by then fire.
        const time = {
          ...wallTime,
          now: () => Date.now() + offset,
          setTimeout(call: () => void, ms: number) {
            if (ms < LEASE_MS / 4) return wallTime.setTimeout(call, ms)
            timers.add(call)
            return call
          },
          clearTimeout(timer: unknown) {
            if (typeof timer === 'function') timers.delete(timer as () => void)
            else wallTime.clearTimeout(timer)
          },
        }
        const held: (() => void)[] = []
        // The engine has done what it was asked for; the worker that asked sleeps.
        const zombies = engines(() => {}, {
          async after(_, id) {
            if (id === operation) await new Promise<void>((resolve) => held.push(resolve))
          },
        })
        // Both workers reach the same engines.
        const healthy = engines(() => {}, { all: zombies.all })
        const runner = createLocalRunner({ time, leaseTime: LEASE_MS })
        const plan = await planFor(
          targets,
          { parallel: 25 },
          { plugin: { ...(await planFor(1)).plugin, settings: [{ name: 'DEBUG', value: '1' }] } },
        )
        const first = await startRollout(plan, {
          runner,
          time,
          connect: zombies.connect,
          consent: () => ({}),
          worker: 'zombie',
        })
        while (held.length < 25) await new Promise((go) => setTimeout(go, 5))
        const second = await resumeRollout(first.id, { runner, time, connect: healthy.connect })
        // The zombie takes nothing new while it sleeps; what it holds is over by time.
        offset += 2 * LEASE_MS
        for (const call of [...timers]) {
          timers.delete(call)
          call()
        }
        const wake = setInterval(() => {
          for (const release of held.splice(0)) release()
        }, 50)
        const paused = new Promise<void>((resolve) => {
          second.transition$.subscribe(({ to }) => to === 'paused' && resolve())
        })
        await Promise.race([second.result, paused])
        const failed = await second.targets({ state: 'failed' })
        assert.equal(
          failed.map(({ code, message }) => `${code}: ${message}`),
          [],
        )
        const { state: end, counts } = await second.result
        clearInterval(wake)
        for (const release of held.splice(0)) release()
        await Promise.all([first.close(), second.close()])
        assert.equal([end, counts.done], ['done', targets])
        assert.is(zombies.enabled(), targets)
        const calls = (id: OperationId) =>
          Array.from(
            { length: targets },
            (_, target) => (zombies.callsOf(target)[id] ?? 0) + (healthy.callsOf(target)[id] ?? 0),
          )
        assert.is(Math.max(...calls('pluginDelete')), 0)
        assert.is(Math.max(...calls('pluginEnable')), 1)
        assert.is(Math.max(...calls('pluginPull')), 1)
        zombies.close()
      })
    }
  })
}
