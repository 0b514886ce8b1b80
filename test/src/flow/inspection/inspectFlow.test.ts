import * as assert from 'uvu/assert'
import { type AnyActorRef, type InspectionEvent, toObserver } from 'xstate'
import type { ConsentRequest } from '../../../../machines/consent.ts'
import { pluginInstallMachine } from '../../../../machines/plugin-install/pluginInstallMachine.ts'
import { connect } from '../../../../src/flow/connect.ts'
import { isInstallError } from '../../../../src/flow/errors.ts'
import { inspectFlow } from '../../../../src/flow/inspection/inspectFlow.ts'
import { resumeInstall } from '../../../../src/flow/install.ts'
import type { InstallOptions, PluginInstall } from '../../../../src/flow/types.ts'
import { onStage } from '../../../support/embedded.ts'
import { suite } from '../../../support/suite.ts'
import { findPlanted, onPlanted, planted } from './planted.ts'
import { reachableTexts } from './reachableTexts.ts'
import { shownStates } from './shownStates.ts'

/** Every event of a flow that is given everything planted. */
async function inspected(options: Partial<InstallOptions> = {}) {
  const events: InspectionEvent[] = []
  let states: string[] = []
  await onPlanted(async (start) => {
    const flow = start({ consent: () => true, ...options, inspect: (event) => events.push(event) })
    await flow.result.catch((error: unknown) => assert.ok(isInstallError(error), String(error)))
    states = flow.states
  })
  const last = events.findLast((event) => event.type === '@xstate.snapshot' && isOfFlow(event))
  assert.ok(
    last && Object(last).snapshot.status === 'done',
    'the result settled before the end was reported',
  )
  return { events, states }
}

suite('inspection', (test) => {
  test('reports the actors, events, steps and snapshots, in the order of the chart', async () => {
    const { events, states } = await inspected()
    assert.equal([...new Set(events.map(({ type }) => type))].sort(), [
      '@xstate.action',
      '@xstate.actor',
      '@xstate.event',
      '@xstate.microstep',
      '@xstate.snapshot',
    ])
    assert.is(states.at(-1), 'done')
    assert.equal(shownStates(events.filter(isOfFlow)), states)
  })

  test('reports what may be seen: names, codes, counts, and how it ended', async () => {
    const { events } = await inspected()
    const last = events.findLast((event) => event.type === '@xstate.snapshot' && isOfFlow(event))
    assert.ok(last?.type === '@xstate.snapshot')
    const { status, context, output } = Object(last.snapshot)
    assert.is(status, 'done')
    assert.equal(context.input.settings, ['TOKEN'])
    assert.equal(context.names.registry, 'registry.example.com')
    assert.equal(context.lookUp.privileges, [{ Name: 'network', Value: ['host'] }])
    assert.is(context.credentialsAttempt, 3)
    assert.equal([output.state, output.plugin.enabled], ['done', true])
    const told = events.flatMap((event) => (event.type === '@xstate.event' ? [event.event] : []))
    assert.equal(
      told.find(({ type }) => type === 'credentials.submit'),
      { type: 'credentials.submit', account: { registry: 'registry.example.com' } },
    )
    assert.equal(
      told.find(({ type }) => type === 'xstate.error.actor.lookUpPlugin'),
      {
        type: 'xstate.error.actor.lookUpPlugin',
        actorId: 'lookUpPlugin',
        error: { code: 'unauthorized' },
      },
    )
  })

  const endings: Record<string, Partial<InstallOptions>> = {
    'it succeeds': {},
    'a policy denies, with a reason': {
      consent: () => ({ granted: false, reason: planted.reason }),
    },
    'a policy throws': {
      consent() {
        throw new Error(planted.reason)
      },
    },
    'the reference is invalid': {
      reference: `https://${planted.username}:${planted.password}@x/y`,
    },
    'a setting is not there': { settings: [`OTHER_${'x'}=${planted.setting}`] },
    'the setting is secret': { settings: { TOKEN: { value: planted.setting, secret: true } } },
    'a policy names itself': { consent: () => ({ granted: true, who: planted.who }) },
  }
  for (const [title, options] of Object.entries(endings)) {
    test(`nothing planted can be reached :: ${title}`, async () => {
      const { events, states } = await inspected(options)
      assert.match(states.at(-1) ?? '', /^(done|rolledBack)$/)
      const texts = reachableTexts(events)
      assert.ok(texts.has('TOKEN') || texts.has('rolledBack'), 'the search finds what is there')
      assert.equal(findPlanted([...texts].join('\n')), [])
    })
  }

  const answers: Record<string, (flow: PluginInstall, request: ConsentRequest) => boolean> = {
    'consent.deny': (flow, request) => flow.deny(planted.reason, request),
    'consent.grant': (flow, request) => flow.grant(request, planted.who),
  }
  for (const [type, answer] of Object.entries(answers)) {
    test(`a person answers, in words :: they are not told with ${type}`, () =>
      onPlanted(async (start) => {
        const events: InspectionEvent[] = []
        const flow = start({ inspect: (event) => events.push(event) })
        flow.consent$.subscribe((request) => answer(flow, request))
        await flow.result.catch(() => {})
        const texts = reachableTexts(events)
        assert.ok(texts.has(type))
        assert.equal(findPlanted([...texts].join('\n')), [])
      }))
  }

  test('stand-ins :: one an actor, to be read and not spoken to', () =>
    onPlanted(async (start) => {
      const events: InspectionEvent[] = []
      const flow = start({ inspect: (event) => events.push(event) })
      const asked = new Promise((resolve) => flow.consent$.subscribe(resolve))
      await asked
      const [first] = events
      const root = first?.actorRef as AnyActorRef
      assert.is(root.getSnapshot().value, flow.actor.getSnapshot().value)
      for (const { actorRef, rootId } of events) {
        const { sessionId, _parent } = actorRef as AnyActorRef
        assert.is(_parent ?? root, root, sessionId)
        assert.is(sessionId === rootId, actorRef === root)
      }
      assert.is(root.getSnapshot().value, 'awaitConsent')
      for (const type of ['consent.grant', 'install.cancel', 'xstate.stop']) root.send({ type })
      assert.is(flow.snapshot().state, 'awaitConsent')
      flow.cancel()
      await flow.result.catch(() => {})
    }))

  test('objects that are handed out can be changed, and the flow runs on', () =>
    onPlanted(async (start) => {
      const flow = start({
        consent: () => true,
        inspect(event) {
          if (event.type === '@xstate.snapshot') emptyAll(event.snapshot)
          if (event.type === '@xstate.event') Object.assign(event.event, { type: 'forged' })
        },
      })
      assert.ok((await Promise.race([flow.result, timeLimit()])).enabled)
    }))

  test('before it has a snapshot an actor is active', async () => {
    const statuses: string[] = []
    await onPlanted(async (start) => {
      const flow = start({
        consent: () => true,
        inspect({ type, actorRef }) {
          if (type === '@xstate.actor') statuses.push(actorRef.getSnapshot().status)
        },
      })
      await flow.result
    })
    assert.ok(statuses.length > 5)
    assert.equal([...new Set(statuses)], ['active'])
  })

  test('an observer that throws stops no flow, and is heard of', () =>
    onPlanted(async (start) => {
      const thrown: unknown[] = []
      const hear = (error: unknown) => thrown.push(error)
      const own = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException').on('uncaughtException', hear)
      try {
        let calls = 0
        const flow = start({
          consent: () => true,
          inspect() {
            calls += 1
            throw new Error('of the inspector')
          },
        })
        await flow.result
        const limit = timeLimit()
        while (thrown.length < calls) {
          await Promise.race([new Promise((resolve) => setImmediate(resolve)), limit])
        }
        assert.ok(calls > 50)
        assert.equal([...new Set(thrown.map(String))], ['Error: of the inspector'])
      } finally {
        process.off('uncaughtException', hear)
        for (const listener of own) process.on('uncaughtException', listener)
      }
    }))

  test('one inspector for several flows :: it is not completed', () =>
    onPlanted(async (start) => {
      const roots = new Set<string>()
      let completed = 0
      const inspect = {
        next: ({ rootId }: InspectionEvent) => void roots.add(rootId),
        complete: () => void completed++,
      }
      for (const consent of [() => false, () => true]) {
        await start({ consent, inspect }).result.catch(() => {})
      }
      assert.equal([roots.size, completed], [2, 0])
    }))

  test('a run that is taken up again is inspected too', () =>
    onStage(async ({ embedded, install }) => {
      const began = install({ reference: 'acme/plain' })
      await began.result
      const engine = connect({ host: embedded.host, env: {} })
      const events: InspectionEvent[] = []
      const inspect = (event: InspectionEvent) => events.push(event)
      const { outcome: _, ...snapshot } = began.snapshot()
      await resumeInstall(engine, snapshot, { inspect }).result
      engine.close()
      assert.is(shownStates(events.filter(isOfFlow)).at(-1), 'done')
    }))

  test('events of a kind that is not known are kept back', () => {
    const told: InspectionEvent[] = []
    const show = inspectFlow(toObserver((event: InspectionEvent) => told.push(event)))
    const logic = pluginInstallMachine
    const actorRef = { id: 'x', sessionId: 'x:0', logic, send() {}, getSnapshot: () => undefined }
    show({ type: '@xstate.actor', rootId: 'x:0', actorRef })
    show({ type: '@xstate.later', rootId: 'x:0', actorRef } as never)
    assert.equal(
      told.map(({ type }) => type),
      ['@xstate.actor'],
    )
  })

  test('the chart is included, for an inspector that draws it', async () => {
    const { events } = await inspected()
    const { logic } = Object(events[0]?.actorRef)
    assert.is(logic.config, pluginInstallMachine.config)
  })
})

/** Rejects when something should long have been there. */
function timeLimit(): Promise<never> {
  const signal = AbortSignal.timeout(60_000)
  const limit = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  limit.catch(() => {})
  return limit
}

function isOfFlow({ actorRef, rootId }: InspectionEvent): boolean {
  return actorRef.sessionId === rootId
}

/** Takes away everything that an object holds, at every depth. */
function emptyAll(value: object): void {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null) emptyAll(inner)
    Reflect.deleteProperty(value, key)
  }
  if (Array.isArray(value)) value.length = 0
}
