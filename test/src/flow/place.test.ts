import { getEventListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { createActor } from 'xstate'
import { EngineError } from '../../../machines/errors.ts'
import type { Queued } from '../../../machines/gate.ts'
import { isInstallError } from '../../../src/flow/errors.ts'
import { makeLogic } from '../../../src/flow/flowLogic.ts'
import type { FlowDependencies } from '../../../src/flow/flowTools.ts'
import { createImplementations } from '../../../src/flow/implementations.ts'
import { toInput } from '../../../src/flow/input.ts'
import { startInstall } from '../../../src/flow/install.ts'
import { installKind } from '../../../src/flow/installLogic.ts'
import { flowGate } from '../../../src/flow/place.ts'
import type { Engine, InstallOptions, PluginInstall } from '../../../src/flow/types.ts'
import { type Answers, fakeEngine } from '../../support/fakePorts.ts'
import { limited } from '../../support/limited.ts'
import { digest, sampleConfig, samplePlugin } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import {
  hang,
  settled,
  type VirtualTime,
  virtualFlow,
  virtualTime,
} from '../../support/virtualFlow.ts'

/** To load takes time that no test waits for. */
const internals = { load: async (given: FlowDependencies) => createImplementations(given) }

function begin(engine: Engine, options: InstallOptions): PluginInstall {
  return startInstall(engine, options, toInput(options), internals)
}

/** Everything has happened that no test holds up. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await settled()
}

const privileges = [{ Name: 'network', Description: '', Value: ['host'] }]

/** An engine whose pulls end when the test ends them, by the local name. */
function pullingEngine(answers: Answers = {}) {
  const pulls = new Map<string, () => void>()
  const installed = new Set<string>()
  const asks = answers.getPluginPrivileges !== undefined
  const config = sampleConfig({ Network: { Type: asks ? 'host' : '' } })
  const engine = fakeEngine({
    pluginInspect: async ({ name }) =>
      installed.has(name) ? samplePlugin({ Id: name, Name: name, Config: config }) : undefined,
    pluginDelete: async ({ name }) => void installed.delete(name),
    pluginPull: ({ name }, { signal }) =>
      new Promise((resolve, reject) => {
        const end = () => reject(new EngineError('cancelled', 'cancelled'))
        signal.addEventListener('abort', end, { once: true })
        pulls.set(name, () => {
          installed.add(name)
          resolve({ digest })
        })
      }),
    ...answers,
  })
  return { engine, pulls }
}

interface Watched extends Pick<PluginInstall, 'result' | 'cancel' | 'grant'> {
  states: string[]
  queued: Queued[]
  flow: PluginInstall
}

function watch(flow: PluginInstall): Watched {
  const states: string[] = []
  const queued: Queued[] = []
  flow.transition$.subscribe(({ to }) => states.push(to))
  flow.queued$.subscribe((news) => queued.push(news))
  flow.result.catch(() => {})
  return { ...flow, flow, states, queued }
}

suite('the places of flows at work', (test) => {
  const options = (alias: string, more: Partial<InstallOptions> = {}): InstallOptions => ({
    reference: 'acme/probe:1.0',
    alias,
    grantAllPermissions: true,
    disabled: true,
    ...more,
  })

  test('more flows than places :: they begin in their order, and each says that it waits', () =>
    limited(1, async () => {
      const { engine, pulls } = pullingEngine()
      const { signal } = new AbortController()
      const flows = ['a', 'b', 'c'].map((name) => watch(begin(engine, options(name, { signal }))))
      await quiet()
      assert.equal([...pulls.keys()], ['a:latest'])
      assert.equal(
        flows.map(({ queued }) => queued.map(({ ahead }) => ahead)),
        [[], [0], [1]],
      )
      assert.equal(flows[2]?.states, [])
      for (const name of ['a', 'b', 'c']) {
        pulls.get(`${name}:latest`)?.()
        await quiet()
      }
      assert.equal([...pulls.keys()], ['a:latest', 'b:latest', 'c:latest'])
      for (const { result } of flows) assert.is((await result).digest, digest)
      assert.equal(getEventListeners(signal, 'abort'), [])
    }))

  test('many are started at once :: 16 begin in that turn, and the others in the next ones', async () => {
    const before = flowGate.limit
    flowGate.limit = flowGate.taken + 20
    try {
      // The places that were given in the turn before count in it.
      await setTimeout(5)
      const { engine, pulls } = pullingEngine()
      const names = Array.from({ length: 20 }, (_, index) => `m${index}`)
      const flows = names.map((name) => watch(begin(engine, options(name))))
      assert.is(flows.filter(({ queued }) => queued.length === 0).length, 16)
      for (let turn = 0; turn < 1_000 && pulls.size < 20; turn++) await setTimeout(1)
      assert.is(pulls.size, 20)
      for (const end of pulls.values()) end()
      await Promise.all(flows.map(({ result }) => result))
    } finally {
      flowGate.limit = before
    }
  })

  test('a late subscriber :: hears that the flow waits, and nothing once it has begun', () =>
    limited(1, async () => {
      const { engine, pulls } = pullingEngine()
      const first = begin(engine, options('a'))
      const second = begin(engine, options('b'))
      const heard: Queued[] = []
      await quiet()
      second.queued$.subscribe((news) => heard.push(news))
      assert.is(heard.length, 1)
      pulls.get('a:latest')?.()
      await first.result
      await quiet()
      second.queued$.subscribe((news) => heard.push(news))
      assert.is(heard.length, 1)
      pulls.get('b:latest')?.()
      await second.result
    }))

  test('a flow waits for a person :: it holds no place', () =>
    limited(1, async () => {
      const { engine, pulls } = pullingEngine({
        getPluginPrivileges: async () => ({ privileges, hidden: false }),
      })
      const asking = watch(begin(engine, options('a', { grantAllPermissions: false })))
      const denied = watch(
        begin(engine, options('b', { grantAllPermissions: false, consent: () => false })),
      )
      await quiet()
      assert.equal(asking.states, ['checkPrivileges', 'awaitConsent'])
      assert.equal(denied.states, ['checkPrivileges', 'awaitConsent', 'rolledBack'])
      const working = watch(begin(engine, options('c')))
      await quiet()
      assert.ok(pulls.has('c:latest'))
      assert.ok(asking.grant())
      await quiet()
      // It was granted, and waits for the place that another flow has.
      assert.is(asking.states.at(-1), 'pulling.streaming')
      assert.is(asking.queued.length, 1)
      assert.not(pulls.has('a:latest'))
      pulls.get('c:latest')?.()
      await working.result
      await quiet()
      pulls.get('a:latest')?.()
      await asking.result
    }))

  test('a flow that has begun waits again :: it comes before those that have not', () =>
    limited(1, async () => {
      const { engine, pulls } = pullingEngine({
        getPluginPrivileges: async () => ({ privileges, hidden: false }),
      })
      const asking = watch(begin(engine, options('a', { grantAllPermissions: false })))
      await quiet()
      const working = watch(begin(engine, options('b')))
      const waiting = watch(begin(engine, options('c')))
      await quiet()
      asking.grant()
      await quiet()
      pulls.get('b:latest')?.()
      await working.result
      await quiet()
      assert.equal([pulls.has('a:latest'), waiting.states], [true, []])
      pulls.get('a:latest')?.()
      await asking.result
      await quiet()
      pulls.get('c:latest')?.()
      await waiting.result
    }))

  test('cancelled while it waits :: it ends at once, nothing was sent of it, and the next begins', () =>
    limited(1, async () => {
      const { engine, pulls } = pullingEngine()
      const [first, second, third] = ['a', 'b', 'c'].map((name) =>
        watch(begin(engine, options(name))),
      )
      await quiet()
      const sent = engine.calls.length
      assert.is(second?.cancel(), true)
      const error = await second?.result.catch((failure: unknown) => failure)
      assert.ok(isInstallError(error))
      assert.equal([error.code, error.rollback], ['cancelled', { result: 'nothingToRemove' }])
      assert.equal(second?.states, ['checkPrivileges', 'rolledBack'])
      assert.is(engine.calls.length, sent)
      pulls.get('a:latest')?.()
      await first?.result
      await quiet()
      pulls.get('c:latest')?.()
      await third?.result
    }))

  test('its signal fires while it waits :: it is cancelled', () =>
    limited(1, async () => {
      const { engine, pulls } = pullingEngine()
      const controller = new AbortController()
      const { signal } = controller
      const first = begin(engine, options('a'))
      const second = watch(begin(engine, options('b', { signal })))
      controller.abort()
      const error = await second.result.catch((failure: unknown) => failure)
      assert.ok(isInstallError(error) && error.code === 'cancelled')
      await quiet()
      pulls.get('a:latest')?.()
      await first.result
    }))

  test('it is read while it waits :: it is where a flow begins, and has sent nothing', () =>
    limited(1, async () => {
      const { engine, pulls } = pullingEngine()
      const first = begin(engine, options('a'))
      const second = begin(engine, options('b'))
      assert.is(second.actor.getSnapshot().value, 'checkPrivileges')
      assert.is(second.snapshot().state, 'checkPrivileges')
      assert.equal([second.grant(), second.deny()], [false, false])
      assert.is(second.authenticate({ username: 'a', password: 'b' }), false)
      await quiet()
      assert.not(pulls.has('b:latest'))
      pulls.get('a:latest')?.()
      await first.result
      await quiet()
      pulls.get('b:latest')?.()
      await second.result
    }))

  test('a flow fails :: its place is free again', () =>
    limited(1, async () => {
      const engine = fakeEngine({
        systemPing: async () => {
          throw new EngineError('engine-access-denied', 'no')
        },
      })
      for (const name of ['a', 'b']) {
        const error = await begin(engine, options(name)).result.catch((failed) => failed)
        assert.is(error.code, 'engine-access-denied')
      }
    }))

  test('a child of a machine waits longer than its state may last :: that time does not count, and no timer is left', () =>
    limited(1, async () => {
      const virtual = virtualTime()
      const timers = new Set<unknown>()
      const time: VirtualTime = {
        ...virtual,
        setTimeout(call, ms) {
          const timer = virtual.setTimeout(() => {
            timers.delete(timer)
            call()
          }, ms)
          timers.add(timer)
          return timer
        },
        clearTimeout(timer) {
          timers.delete(timer)
          virtual.clearTimeout(timer)
        },
      }
      const answers: Answers = { systemPing: hang }
      const holder = virtualFlow(answers, { alias: 'a' }, undefined, time)
      const { engine } = pullingEngine({ systemPing: hang })
      const late = options('b', { policy: { timeouts: { checkPrivileges: 60_000 } } })
      const logic = makeLogic(installKind, engine, late, () => toInput(late), {
        ...internals,
        time,
      })
      const child = createActor(logic, { clock: time, input: undefined as never }).start()
      const emitted: (Queued | undefined)[] = []
      child.on('queued', ({ queued }) => emitted.push(queued))
      await quiet()
      await time.pass(90_000)
      assert.is(child.getSnapshot().value, 'checkPrivileges')
      assert.is(engine.calls.length, 0)
      holder.cancel()
      await quiet()
      assert.is(emitted.at(-1), undefined)
      assert.ok(engine.calls.length > 0)
      assert.ok(timers.size > 0)
      child.stop()
      await quiet()
      assert.is(timers.size, 0)
    }))
})
