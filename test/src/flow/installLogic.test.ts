import * as assert from 'uvu/assert'
import { createActor, createMachine, setup, waitFor } from 'xstate'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import type { InstallOutput } from '../../../machines/plugin-install/types.ts'
import { authenticate, installLogic, makeSnapshot } from '../../../src/actors.ts'
import { resumeInstall } from '../../../src/flow/install.ts'
import type { Engine } from '../../../src/flow/types.ts'
import { onStage } from '../../support/embedded.ts'
import { type Answers, engineOf, fakeEngine } from '../../support/fakePorts.ts'
import { rememberingEngine } from '../../support/rememberingEngine.ts'
import { digest } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { hang, settled } from '../../support/virtualFlow.ts'

const options = { reference: 'acme/probe:1.0', grantAllPermissions: true }

/** A parent that installs on three engines at once, and tells how each install ended. */
function parentOf(engines: readonly [Engine, Engine, Engine]) {
  const [first, second, third] = engines.map((engine) => installLogic(engine, options))
  const ends: Record<string, InstallOutput> = {}
  const region = (src: 'first' | 'second' | 'third') => ({
    initial: 'installing',
    states: {
      installing: { invoke: { src, id: src, onDone: 'ended', onError: 'broken' } },
      ended: { type: 'final' as const },
      broken: {},
    },
  })
  const logics = { first, second, third } as Record<string, NonNullable<typeof first>>
  const machine = setup({ actors: logics }).createMachine({
    type: 'parallel',
    states: { first: region('first'), second: region('second'), third: region('third') },
  })
  const parent = createActor(machine, {
    inspect(event) {
      if (event.type !== '@xstate.event' || !event.event.type.startsWith('xstate.done.actor.'))
        return
      const { actorId, output } = event.event as unknown as {
        actorId: string
        output: InstallOutput
      }
      if (['first', 'second', 'third'].includes(actorId)) ends[actorId] = output
    },
  })
  return { parent, ends }
}

const statesOf = (ends: Record<string, InstallOutput>) =>
  ['first', 'second', 'third'].map((child) => ends[child]?.state)

suite('installLogic', (test) => {
  test('stopped in the middle of a pull :: its newest progress comes before its end', async () => {
    const told: string[] = []
    const answers: Answers = {
      ...rememberingEngine(),
      pluginPull: (input, options) => {
        const progressDetail = { current: 1, total: 2 }
        options.onMessage?.({ id: '0123456789ab', status: 'Downloading', progressDetail })
        child.stop()
        return hang(input, options)
      },
    }
    const child = createActor(installLogic(engineOf(answers), options))
    child.on('progress', () => told.push('progress'))
    const ended = new Promise<void>((resolve) => child.subscribe({ complete: resolve }))
    child.subscribe({ complete: () => told.push('end') })
    child.start()
    await ended
    assert.equal(told, ['progress', 'end'])
  })

  test('a parent of three installs at once :: each on its own engine', async () => {
    const engines = [rememberingEngine(), rememberingEngine(), rememberingEngine()] as const
    const { parent, ends } = parentOf([
      engineOf(engines[0]),
      engineOf(engines[1]),
      engineOf(engines[2]),
    ])
    parent.start()
    await waitFor(parent, ({ status }) => status === 'done')
    assert.equal(statesOf(ends), ['done', 'done', 'done'])
    assert.ok(engines.every((engine) => engine.plugin()?.Enabled))
  })

  test('one failing child of three :: is taken back, and the others are installed', async () => {
    const engines = [rememberingEngine(), rememberingEngine(), rememberingEngine()] as const
    const pluginEnable: Answers['pluginEnable'] = async () => {
      throw new TypeError('the moon is full')
    }
    const { parent, ends } = parentOf([
      engineOf(engines[0]),
      engineOf({ ...engines[1], pluginEnable }),
      engineOf(engines[2]),
    ])
    parent.start()
    await waitFor(parent, ({ status }) => status === 'done')
    assert.equal(statesOf(ends), ['done', 'rolledBack', 'done'])
    assert.equal(
      engines.map((engine) => engine.plugin()?.Enabled),
      [true, undefined, true],
    )
    const failed = ends.second
    assert.ok(failed?.state === 'rolledBack')
    assert.is(failed.failure.code, 'host-failed')
    assert.match(failed.failure.message, 'TypeError: the moon is full')
  })

  test('a parent that is stopped in mid-pull :: closes the connection and reports what is left', async () => {
    let aborted = false
    let begun = () => {}
    const pulls = new Promise<void>((resolve) => {
      begun = resolve
    })
    const engine = fakeEngine({
      pluginPull(input, call) {
        call.signal.addEventListener('abort', () => {
          aborted = true
        })
        call.onMessage?.({
          id: 'a',
          status: 'Downloading',
          progressDetail: { current: 1, total: 9e9 },
        })
        begun()
        return hang(input, call)
      },
    })
    const written: InstallSnapshot[] = []
    const install = installLogic(engine, {
      ...options,
      journal: (snapshot) => void written.push(snapshot),
    })
    const parent = createActor(createMachine({ invoke: { src: install, id: 'install' } }))
    parent.start()
    await pulls
    const child = parent.getSnapshot().children.install
    assert.ok(child)
    parent.stop()
    await settled()
    assert.ok(aborted)
    const last = written.at(-1)
    assert.equal([last?.state, last?.run.ownership], ['pulling.streaming', 'uncertain'])
    assert.not.ok(last?.outcome)
    assert.equal(makeSnapshot(child.getSnapshot() as never), last)
    assert.not.ok(engine.calls.some((call) => call.startsWith('pluginDelete')))

    const resumed = resumeInstall(engine, last as InstallSnapshot, { rollBack: true })
    const error = await resumed.result.catch((error: unknown) => error)
    assert.match(JSON.stringify(error), 'nothingToRemove')
  })

  test('two children with credentials of their own :: neither sees those of the other', async () => {
    const seen: Record<string, Set<string | undefined>> = { ada: new Set(), bob: new Set() }
    const logicOf = (username: string) => {
      const engine: Engine = {
        ...fakeEngine(),
        call(id, input, call) {
          if ('remote' in input) seen[username]?.add(call.registryAuth)
          return engineOf({
            ...rememberingEngine(),
            distributionInspect: async () => ({ digest }),
          }).call(id, input, call)
        },
        configured: async () => ({ username, password: `secret of ${username}` }),
      }
      return installLogic(engine, options)
    }
    const parent = createActor(
      createMachine({
        invoke: [
          { src: logicOf('ada'), id: 'ada' },
          { src: logicOf('bob'), id: 'bob' },
        ],
      }),
    )
    parent.start()
    const children = Object.values(parent.getSnapshot().children)
    assert.is(children.length, 2)
    for (const child of children) {
      if (child) await waitFor(child, ({ status }) => status === 'done')
    }
    parent.stop()
    for (const name of ['ada', 'bob']) {
      const sent = [...(seen[name] ?? [])].map((header) =>
        Buffer.from(String(header), 'base64url').toString(),
      )
      assert.is(sent.length, 1)
      assert.match(sent[0] ?? '', `secret of ${name}`)
    }
  })

  test('the parent answers :: it grants, cancels, and hands credentials in', () =>
    onStage(async ({ embedded }) => {
      const { connect } = await import('../../../src/index.ts')
      const engine = connect({ host: embedded.host, env: { DOCKER_CONFIG: '/nonexistent' } })
      const parent = createActor(
        setup({
          actors: { install: installLogic(engine, { reference: 'acme/private' }) },
        }).createMachine({
          context: {},
          initial: 'installing',
          states: {
            installing: {
              invoke: { src: 'install', id: 'install', input: { reference: 'vieux/sshfs' } },
            },
          },
        }),
      )
      parent.start()
      const child = parent.getSnapshot().children.install
      assert.ok(child)
      const emitted: string[] = []
      child.on('*', ({ type }) => emitted.push(type))
      assert.not.ok(authenticate(child, { username: 'demo', password: 'demo' }))
      await waitFor(child, ({ context }) => context.asksPerson)
      child.send({ type: 'consent.grant', who: 'the parent' })
      const end = await waitFor(child, ({ status }) => status === 'done')
      assert.is(end.output?.state, 'done')
      assert.is(embedded.plugins()[0]?.Name, 'vieux/sshfs:latest')
      assert.ok(emitted.includes('progress'))
      engine.close()
    }))

  test('a parent that is persisted and restored :: the engine is looked at before anything is sent', async () => {
    const engine = rememberingEngine()
    let begun = () => {}
    const enables = new Promise<void>((resolve) => {
      begun = resolve
    })
    const pluginEnable: Answers['pluginEnable'] = (...call) => {
      begun()
      return hang(...call)
    }
    const first = fakeEngine({ ...engine, pluginEnable })
    const machineOn = (on: Engine) =>
      setup({ actors: { install: installLogic(on, options) } }).createMachine({
        invoke: { src: 'install', id: 'install' },
      })
    const parent = createActor(machineOn(first))
    parent.start()
    await enables
    const persisted = JSON.parse(JSON.stringify(parent.getPersistedSnapshot()))
    parent.stop()
    const second = fakeEngine(engine as Answers)
    const restored = createActor(machineOn(second), { snapshot: persisted })
    restored.start()
    const child = restored.getSnapshot().children.install
    assert.ok(child)
    const end = await waitFor(child, ({ status }) => status === 'done')
    assert.is(end.output?.state, 'done')
    assert.ok(engine.plugin()?.Enabled)
    assert.not.ok(second.calls.some((call) => call.startsWith('pluginPull')))
  })
})
