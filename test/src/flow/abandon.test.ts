import * as assert from 'uvu/assert'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { isInstallError } from '../../../src/flow/errors.ts'
import { resumeInstall } from '../../../src/flow/install.ts'
import { engineOf } from '../../support/fakePorts.ts'
import { rememberingEngine } from '../../support/rememberingEngine.ts'
import { pluginId, samplePlugin } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { run, virtualFlow } from '../../support/virtualFlow.ts'

const CHANGES = ['pluginPull', 'pluginSet', 'pluginEnable', 'pluginDelete']
const options = { grantAllPermissions: true, settings: ['DEBUG=1'] }

suite('a run that has lost its right to act', (test) => {
  for (const [state, sent, result] of [
    ['pulling.streaming', [], 'nothingToRemove'],
    ['configuring', ['pluginPull'], 'failed'],
    ['enabling', ['pluginPull', 'pluginSet'], 'failed'],
  ] as const) {
    test(`${state} :: sends nothing more, not even to take back`, async () => {
      const flow = virtualFlow(rememberingEngine(), {
        ...options,
        journal: (snapshot) => (snapshot.state === state ? 'abandon' : undefined),
      })
      await run(flow)
      const error = await flow.result.catch((error: unknown) => error)
      assert.ok(isInstallError(error))
      assert.is(error.code, 'abandoned')
      assert.is(error.rollback.result, result)
      const changes = flow.engine.calls.map((call) => call.split(' ')[0] ?? '')
      assert.equal(
        changes.filter((call) => CHANGES.includes(call)),
        sent,
      )
    })
  }

  test('rollingBack :: does not remove what another process drives', async () => {
    const flow = virtualFlow(
      { ...rememberingEngine(), pluginEnable: () => Promise.reject(new Error('no')) },
      {
        ...options,
        journal: ({ state }) => (state === 'rollingBack' ? 'abandon' : undefined),
      },
    )
    await run(flow)
    const error = await flow.result.catch((error: unknown) => error)
    assert.ok(isInstallError(error))
    assert.is(error.code, 'host-failed')
    assert.is(error.rollback.result, 'failed')
    assert.match(JSON.stringify(error.rollback), pluginId)
    assert.not(flow.engine.calls.some((call) => call.startsWith('pluginDelete')))
  })
})

suite('a run that is too old to tell its plugin from another', (test) => {
  const daysAgo = new Date(Date.now() - 3 * 24 * 3_600_000).toISOString()
  // When the test runs: a whole run of the suites may take longer than a claim lasts.
  const minutesAgo = () => new Date(Date.now() - 2 * 60_000).toISOString()
  const left = (pullBegan: string | undefined): InstallSnapshot => ({
    version: 2,
    state: 'pulling.streaming',
    input: {
      reference: 'acme/probe:1.0',
      settings: [],
      disabled: false,
      grantAllPermissions: true,
      ifPresent: 'fail',
      onFailure: 'remove',
      enableTimeout: 0,
      credentialsAttempts: 3,
    },
    run: {
      ownership: 'uncertain',
      enableRequested: false,
      ...(pullBegan === undefined ? {} : { pullBegan }),
    },
  })
  const removal = {
    systemInfo: async () => ({ id: 'engine', systemTime: Date.now() }),
    systemEvents: async () => [{ action: 'remove', name: samplePlugin().Name }],
  }
  const rollBack = async (snapshot: InstallSnapshot, isOwn = false, events = {}) => {
    const engine = { ...rememberingEngine(), ...events }
    await engine.pluginPull(
      { remote: 'r', name: 'n', privileges: [] },
      { signal: new AbortController().signal },
    )
    const flow = resumeInstall(engineOf(engine), snapshot, { rollBack: true, isOwn })
    const error = await flow.result.catch((error: unknown) => error)
    assert.ok(isInstallError(error))
    return { result: error.rollback.result, plugin: engine.plugin() }
  }

  for (const began of [daysAgo, undefined, 'no date']) {
    test(`a rollback of a run of ${began} :: leaves the plugin, and says so`, async () => {
      assert.equal(await rollBack(left(began)), { result: 'failed', plugin: samplePlugin() })
    })
  }

  test('a rollback soon after, or of a plugin that is said to be its own :: removes it', async () => {
    assert.equal(await rollBack(left(minutesAgo())), { result: 'removed', plugin: undefined })
    assert.equal(await rollBack(left(daysAgo), true), { result: 'removed', plugin: undefined })
  })

  test('a rollback soon after a removal by another client :: leaves the plugin, unless it is said to be its own', async () => {
    const recent = left(minutesAgo())
    const kept = { result: 'failed', plugin: samplePlugin() }
    assert.equal(await rollBack(recent, false, removal), kept)
    assert.equal(await rollBack(recent, true, removal), { result: 'removed', plugin: undefined })
  })

  for (const [when, began, events] of [
    ['days after', daysAgo, {}],
    ['soon after, and after a removal by another client', minutesAgo(), removal],
  ] as const)
    test(`going on ${when} :: the plugin is not enabled`, async () => {
      const engine = { ...rememberingEngine(), ...events }
      await engine.pluginPull(
        { remote: 'r', name: 'n', privileges: [] },
        { signal: new AbortController().signal },
      )
      const flow = resumeInstall(engineOf(engine), left(began))
      const error = await flow.result.catch((error: unknown) => error)
      assert.ok(isInstallError(error))
      assert.is(error.code, 'already-exists')
      assert.equal(engine.plugin(), samplePlugin())
    })
})
