import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import type { RegistryAccess } from '../../../adapters/embedded/definePlugin.ts'
import type { ConsentRequest } from '../../../machines/consent.ts'
import { isEngineError } from '../../../machines/errors.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { connect } from '../../../src/flow/connect.ts'
import { isInstallError } from '../../../src/flow/errors.ts'
import type { FlowDependencies, FlowWork } from '../../../src/flow/flowTools.ts'
import { createImplementations } from '../../../src/flow/implementations.ts'
import { toInput } from '../../../src/flow/input.ts'
import { resumeInstall, startInstall } from '../../../src/flow/install.ts'
import type { InstallOptions, PluginInstall, ResumeOptions } from '../../../src/flow/types.ts'
import { onStage, type Stage } from '../../support/embedded.ts'
import { PLANTED, refusedWith } from '../../support/engineFailure.ts'
import { parsed } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const reference = 'acme/volumes'
const secret = { value: PLANTED, secret: true } as const
const options: InstallOptions = {
  reference,
  settings: { USER: 'me', PASSWORD: secret },
  grantAllPermissions: true,
}

/** An engine that knows a plugin with a setting of each kind. */
function onVolumes(
  act: (stage: Stage) => Promise<void>,
  registry: { auth?: RegistryAccess } = {},
): Promise<void> {
  const volumes = definePlugin({
    config: {
      Env: ['USER', 'PASSWORD'].map((Name) => ({ Name, Settable: ['value'] })),
      Mounts: [{ Name: 'state', Source: '/var/lib/acme', Settable: ['source'] }],
      Args: { Name: 'args', Settable: ['value'], Value: [] },
    },
  })
  const repositories = { [reference]: { latest: volumes } }
  return onStage(act, { registries: { 'docker.io': { ...registry, repositories } } })
}

async function failureOf(flow: PluginInstall) {
  const error: unknown = await flow.result.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  )
  if (!isInstallError(error)) throw error
  return error
}

/** The snapshot that a process which died while it was setting left. */
async function leftInConfiguring(stage: Stage): Promise<InstallSnapshot> {
  const written: InstallSnapshot[] = []
  await stage.install({ ...options, journal: (snapshot) => void written.push(snapshot) }).result
  const left = written.find(({ state }) => state === 'configuring')
  assert.ok(left)
  await stage.call('POST', `/plugins/${left.run.id}/disable`)
  return JSON.parse(JSON.stringify(left))
}

async function resume(stage: Stage, left: InstallSnapshot, more: ResumeOptions): Promise<string> {
  const engine = connect({ host: stage.embedded.host, env: {} })
  try {
    await resumeInstall(engine, left, more).result
    return 'done'
  } catch (error) {
    if (!isInstallError(error)) throw error
    return `${error.code}, ${error.rollback.result}`
  } finally {
    engine.close()
  }
}

const envOf = ({ embedded }: Stage) => embedded.plugins()[0]?.Settings.Env

suite('secret settings', (test) => {
  for (const [what, name, value] of [
    ['the password of the registry', 'PASSWORD', PLANTED],
    ['a text with the password of the registry in it', 'PASSWORD', `me:${PLANTED}@example.com`],
    ['arguments with the password of the registry', 'args', `--password ${PLANTED}`],
  ] as const) {
    test(`a value is ${what} :: it is set, and found in the answers, which are without it`, () => {
      const account = { username: 'me', password: PLANTED }
      const settings = { [name]: { value, secret: true } } as const
      return onVolumes(
        async (stage) => {
          await stage.install({ ...options, settings, credentials: () => account }).result
          const { Env = [], Args = [] } = stage.embedded.plugins()[0]?.Settings ?? {}
          assert.ok(Env?.includes(`${name}=${value}`) || Args?.join(' ') === value)
        },
        { auth: { kind: 'basic', accounts: { me: PLANTED } } },
      )
    })
  }

  test('are set on the engine, in their order, and known by their names', () =>
    onVolumes(async (stage) => {
      const asked: ConsentRequest[] = []
      const consent = (request: ConsentRequest) => asked.push(request) > 0
      const flow = stage.install({ ...options, grantAllPermissions: false, consent })
      const plugin = await flow.result
      assert.equal(envOf(stage), ['USER=me', `PASSWORD=${PLANTED}`])
      assert.equal(plugin.settings, [...parsed('USER=me'), { name: 'PASSWORD', secret: true }])
      assert.equal(asked[0]?.settings, [
        { name: 'USER', value: 'me', widens: false },
        { name: 'PASSWORD', secret: true, widens: false },
      ])
      assert.equal(flow.snapshot().input.settings, plugin.settings)
      const seen = [plugin, flow, flow.snapshot(), flow.actor.getSnapshot(), asked]
      assert.not.match(inspect(seen, { depth: 12, showHidden: true }), PLANTED)
    }))

  test('the flow has ended :: its process holds no value any more, and no credentials', () =>
    onVolumes(async ({ engine }) => {
      const begun = toInput(options)
      const works: FlowWork<unknown>[] = []
      const load = async (dependencies: FlowDependencies) => {
        const work = createImplementations(dependencies)
        work.submit('docker.io', { username: 'me', password: 'planted-4b1d' })
        works.push(work)
        return work
      }
      const flow = startInstall(engine, options, begun, { load })
      await flow.result
      assert.is(begun.values.size, 0)
      const [work] = works
      assert.ok(work)
      assert.is(work.auth.header('docker.io'), undefined)
      const settings = begun.input.settings
      assert.throws(() => work.redaction.fill(settings), /the value of .* "PASSWORD" is not known/)
    }))

  test('one that hides a part of what is asked for :: is refused before anything is sent', () =>
    onVolumes(async (stage) => {
      const settings = { PASSWORD: { ...secret, value: '/var/lib/acme' } }
      for (const policy of [{ grantAllPermissions: true }, { grantAllPermissions: false }]) {
        const error = await failureOf(stage.install({ ...options, settings, ...policy }))
        assert.is(error.code, 'invalid-option')
        assert.match(error.message, /^the plugin asks for "mount: …"/)
      }
      assert.equal(
        stage.requests().filter((request) => !request.startsWith('GET ')),
        [],
      )
    }))

  test('one that hides a part of what a plugin that is there asks for :: is refused as well', () =>
    onVolumes(async (stage) => {
      await stage.install({ ...options, settings: ['USER=me'], disabled: true }).result
      const settings = { PASSWORD: { ...secret, value: '/var/lib/acme' } }
      const again = {
        ...options,
        settings,
        ifPresent: 'finish' as const,
        grantAllPermissions: true,
      }
      const error = await failureOf(stage.install(again))
      assert.is(error.code, 'invalid-option')
    }))

  test('one that is empty, and one that looks like a path', () =>
    onVolumes(async (stage) => {
      const settings = [
        { setting: 'USER=', secret: true },
        { setting: 'PASSWORD=/a/b', secret: true },
      ] as const
      await stage.install({ ...options, settings }).result
      assert.equal(envOf(stage), ['USER=', 'PASSWORD=/a/b'])
    }))

  test('keep :: the value on the engine is compared with the one that is wanted', () =>
    onVolumes(async (stage) => {
      await stage.install(options).result
      const again = await stage.install({ ...options, ifPresent: 'keep' }).result
      assert.not(again.changed)
      const settings = { PASSWORD: { ...secret, value: 'another-one' } }
      const flow = stage.install({ ...options, settings, ifPresent: 'keep' })
      const error = await failureOf(flow)
      assert.is(error.code, 'already-exists')
      assert.match(error.message, 'its setting PASSWORD is another')
      assert.not.match(inspect([error, flow], { depth: 12, showHidden: true }), PLANTED)
    }))

  test('finish :: what was left disabled gets the value', () =>
    onVolumes(async (stage) => {
      await stage.install({ ...options, settings: [], disabled: true }).result
      const finished = await stage.install({ ...options, ifPresent: 'finish' }).result
      assert.ok(finished.changed)
      assert.equal(envOf(stage), ['USER=me', `PASSWORD=${PLANTED}`])
    }))

  test('plan :: tells the name, and compares the value', () =>
    onVolumes(async (stage) => {
      const plan = await stage.plan(options)
      assert.equal(plan.request.settings[1], { name: 'PASSWORD', secret: true, widens: false })
      assert.not.match(inspect(plan, { depth: 12 }), PLANTED)
      await stage.install(options).result
      assert.ok((await stage.plan({ ...options, ifPresent: 'keep' })).present)
    }))

  for (const field of ['state.source', 'fuse.path']) {
    test(`${field} :: what is consented to cannot be secret`, () =>
      onVolumes(async (stage) => {
        const begin = async () => stage.install({ ...options, settings: { [field]: secret } })
        const error = await refusedWith('invalid-setting', begin)
        assert.match(error.message, `the setting "${field}" cannot be secret`)
        assert.equal(stage.requests(), [])
      }))
  }

  test('a mount without its field :: is taken back, and was never set', () =>
    onVolumes(async (stage) => {
      const error = await failureOf(stage.install({ ...options, settings: { state: secret } }))
      assert.equal([error.code, error.rollback.result], ['setting-not-shown', 'removed'])
      assert.not.ok(stage.requests().some((request) => request.endsWith('/set')))
    }))

  test('an unknown one :: is refused by its name, and taken back', () =>
    onVolumes(async (stage) => {
      const error = await failureOf(stage.install({ ...options, settings: { BAD: secret } }))
      assert.equal([error.code, error.rollback.result], ['unknown-setting', 'removed'])
      assert.match(error.message, '"BAD"')
    }))

  test('invalid settings :: throws, and nothing is sent', () =>
    onVolumes(async (stage) => {
      const settings = { PASSWORD: { secret: true } } as never
      const calls = [
        async () => stage.install({ reference, settings }),
        async () => stage.plan({ reference, settings }),
      ]
      for (const call of calls) await refusedWith('invalid-setting', call)
      assert.equal(stage.requests(), [])
    }))
})

suite('secret settings :: resumed', (test) => {
  test('with the value it goes on, and the value is set again', () =>
    onVolumes(async (stage) => {
      const left = await leftInConfiguring(stage)
      assert.not.match(JSON.stringify(left), PLANTED)
      const secretSettings = { PASSWORD: `${PLANTED}2` }
      assert.is(await resume(stage, left, { secretSettings }), 'done')
      assert.equal(envOf(stage), ['USER=me', `PASSWORD=${PLANTED}2`])
    }))

  test('without the value it throws and changes nothing; taking back is possible', () =>
    onVolumes(async (stage) => {
      const left = await leftInConfiguring(stage)
      const before = stage.requests().length
      for (const secretSettings of [undefined, {}, { OTHER: 'x' }]) {
        const error: unknown = await resume(stage, left, {
          ...(secretSettings && { secretSettings }),
        }).catch((error: unknown) => error)
        assert.ok(isEngineError(error))
        assert.is(error.code, 'invalid-option')
        assert.match(error.message, 'hand in PASSWORD (secretSettings)')
      }
      assert.is(stage.requests().length, before)
      assert.is(await resume(stage, left, { rollBack: true }), 'cancelled, removed')
      assert.equal(stage.embedded.plugins(), [])
    }))

  test('a run that was being taken back, and one that has ended, need no value', () =>
    onVolumes(async (stage) => {
      const left = await leftInConfiguring(stage)
      const flow = stage.install({ ...options, alias: 'b' })
      await flow.result
      assert.is(await resume(stage, flow.snapshot(), {}), 'done')
      const failed = await failureOf(
        stage.install({ ...options, settings: { BAD: '1' }, alias: 'c' }),
      )
      const failing = { ...left, run: { ...left.run, failure: failed.failure } }
      assert.is(await resume(stage, failing, {}), 'unknown-setting, removed')
    }))

  for (const item of [7, null, {}, 'A=1', { name: 'A', value: 1 }, { name: 7, secret: true }]) {
    test(`${JSON.stringify(item)} among the settings of a snapshot :: is damage`, async () => {
      const input = { reference, settings: [item] }
      const run = { ownership: 'nothing', enableRequested: false }
      const engine = connect({ host: 'unix:///nowhere', env: {} })
      const snapshot = { version: 2, state: 'pulling', input, run } as never
      assert.throws(() => resumeInstall(engine, snapshot), /the snapshot is damaged/)
    })
  }
})
