import * as assert from 'uvu/assert'
import { catalogue } from '../../../machines/catalogue.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { RolloutKind } from '../../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../../machines/rollout/records.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import { withSecretsHidden } from '../../../src/rollout/withSecretsHidden.ts'
import { engines } from '../../support/rolloutStage.ts'
import { suite } from '../../support/suite.ts'
import { onTarget } from '../../support/targetStage.ts'

const OLD = 'acme/plain:1.0'
const NEW = 'acme/plain:2.0'
/** The value that the plugin had before, and that which the rollout gives it. */
const BEFORE = 'passw0rdpassw0rd'
const GIVEN = 'hunter2hunter2'
/** The value of another setting, which is not secret. */
const PLAIN = 'production'
const options = { signal: new AbortController().signal }

function versionOf(description: string, of: 'env' | 'args') {
  const name = { Name: 'TOKEN', Settable: ['value'] }
  const mode = { Name: 'MODE', Settable: ['value'], Value: PLAIN }
  const env = of === 'env' ? [{ ...name, Value: '' }, mode] : [mode]
  const args = of === 'args' && { Args: { ...name, Description: '' } }
  return definePlugin({ config: { Description: description, Env: env, ...args } })
}

interface Case {
  kind: Exclude<RolloutKind, 'remove'>
  of?: 'env' | 'args'
  /** The operation that fails, and the step in which it does. */
  fails?: string
  during?: 'do' | 'undo'
  /** How many calls of that operation the step makes before one fails. */
  after?: number
}

/** Installs or upgrades, and takes it back on a worker without the secret. Nothing that is stored may hold a value. */
async function recordsOf({ kind, of = 'env', fails, during, after = 0 }: Case) {
  const stored: string[] = []
  const store = (...given: unknown[]) => void stored.push(JSON.stringify(given))
  let action: 'do' | 'undo' | undefined
  let count = 0
  const fleet = engines((_, id) => {
    if (action !== during || id !== fails) return
    count += 1
    if (count <= after) return
    // An engine knows the values that its plugin has had up to now.
    const old = kind === 'upgrade' && during === 'do' ? `, after TOKEN=${BEFORE}` : ''
    const engineMessage = `it failed with MODE=${PLAIN} TOKEN=${GIVEN}${old}`
    const details = { engineMessage, next: engineMessage, status: 500 }
    throw new EngineError('engine-failed', engineMessage, details)
  })
  const { engine, publish } = fleet.of(0)
  publish(OLD, versionOf('older', of))
  publish(NEW, versionOf('newer', of))
  if (kind === 'upgrade') {
    const settings = [`TOKEN=${BEFORE}`]
    await installPlugin(engine, { reference: OLD, grantAllPermissions: true, settings }).result
  }
  const settings = [{ name: 'TOKEN', from: 'env' as const, variable: 'PLANTED' }]
  const name = kind === 'upgrade' ? OLD : NEW
  const records: TargetRecord[] = []
  await onTarget(
    {
      fleet,
      log: { create: store, save: store, record: store, remove: () => {} },
      plan: { kind, privileges: [], plugin: { reference: NEW, name, settings } },
      options: {
        async secret() {
          assert.is(action, 'do', 'an undo needs no secret')
          return GIVEN
        },
      },
    },
    async ({ step, runner }) => {
      for (action of ['do', 'undo'] as const) {
        records.push(await step(action))
      }
      stored.push(JSON.stringify(await runner.records('r1')))
    },
  )
  assert.ok(stored.length > 5)
  for (const text of stored) {
    assert.not.match(text, GIVEN)
    assert.not.match(text, BEFORE)
  }
  const [done, undone] = records
  assert.ok(done && undone)
  return { done, undone, count }
}

suite('secret settings of a rollout', (test) => {
  for (const kind of ['install', 'upgrade'] as const) {
    for (const of of ['env', 'args'] as const) {
      test(`${kind} with a secret in ${of}, and undo :: no value is stored`, async () => {
        const { done, undone } = await recordsOf({ kind, of })
        assert.equal([done.state, undone.state], ['done', 'undone'])
      })
    }
  }

  for (const [kind, fails, of] of [
    ['install', 'pluginSet', 'env'],
    ['install', 'pluginEnable', 'args'],
    ['upgrade', 'pluginDisable', 'env'],
    ['upgrade', 'pluginUpgrade', 'args'],
    ['upgrade', 'pluginSet', 'env'],
  ] as const) {
    test(`${kind} whose ${fails} fails with values of ${of} in its words :: the rest of them is stored`, async () => {
      const { done } = await recordsOf({ kind, of, fails, during: 'do' })
      assert.is(done.state, 'failed')
      assert.match(String(done.message), `it failed with MODE=${PLAIN} TOKEN=…`)
    })
  }

  for (const [kind, fails, of] of [
    ['install', 'pluginDisable', 'env'],
    ['install', 'pluginDelete', 'args'],
    ['upgrade', 'pluginUpgrade', 'env'],
  ] as const) {
    test(`undo of an ${kind} whose ${fails} fails with values of ${of} in its words :: the rest of them is stored`, async () => {
      const { undone } = await recordsOf({ kind, of, fails, during: 'undo' })
      assert.is(undone.state, 'undoFailed')
      assert.match(String(undone.message), 'it failed with')
    })
  }

  test('words of an engine that refuses to show the plugin are not stored', async () => {
    for (const during of ['do', 'undo'] as const) {
      const { done, undone } = await recordsOf({ kind: 'install', fails: 'pluginInspect', during })
      const { state, code, message } = during === 'do' ? done : undone
      assert.equal([state, code], [during === 'do' ? 'failed' : 'undoFailed', 'engine-failed'])
      assert.not.match(String(message), 'it failed with')
    }
  })

  test('an engine that refuses to show the plugin after its change :: no value is stored', async () => {
    for (const during of ['do', 'undo'] as const) {
      const look = { kind: 'install', fails: 'pluginInspect', during } as const
      const { count } = await recordsOf({ ...look, after: Number.POSITIVE_INFINITY })
      const { done, undone } = await recordsOf({ ...look, after: count - 1 })
      const { state, message } = during === 'do' ? done : undone
      assert.is(state, during === 'do' ? 'failed' : 'undoFailed')
      assert.match(String(message), `it failed with MODE=${PLAIN} TOKEN=…`)
    }
  })

  test('an error without words of an engine stays as it is', async () => {
    const thrown = new EngineError('engine-unreachable', 'no engine answers', { next: 'start it' })
    const engine = withSecretsHidden({ host: 'h', call: () => Promise.reject(thrown) }, [
      'TOKEN.value',
    ])
    const error = await engine.call('systemPing', {}, options).catch((caught) => caught)
    assert.is(error, thrown)
  })

  test('words of an engine that come before the plugin was shown are left out', async () => {
    const details = { engineMessage: GIVEN, next: GIVEN, status: 500 }
    const engine = withSecretsHidden(
      { host: 'h', call: () => Promise.reject(new EngineError('engine-failed', GIVEN, details)) },
      ['TOKEN.value'],
    )
    const error = await engine.call('systemPing', {}, options).catch((caught) => caught)
    assert.is(error.message, catalogue['engine-failed'].summary)
    assert.equal(error.details, { status: 500 })
  })
})
