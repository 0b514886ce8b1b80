import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import type { Engine } from '../../../../machines/engine.ts'
import { EngineError } from '../../../../machines/errors.ts'
import type { JSONMessage } from '../../../../machines/plugin.ts'
import { createRedaction } from '../../../../src/flow/secrets/redaction.ts'
import { PLANTED } from '../../../support/engineFailure.ts'
import { fakeEngine, rejection } from '../../../support/fakePorts.ts'
import { parsed, samplePlugin } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'

const options = { signal: new AbortController().signal }
const PASSWORD = { name: 'PASSWORD', secret: true } as const
const secrets = () => createRedaction(new Map([[PASSWORD.name, PLANTED]]))

function withSettings(settings: Partial<ReturnType<typeof samplePlugin>['Settings']>) {
  const plugin = samplePlugin()
  return { ...plugin, Settings: { ...plugin.Settings, ...settings } }
}

async function lookAt(plugin: ReturnType<typeof samplePlugin>, kept = secrets()) {
  const engine = kept.withRedaction(fakeEngine({ pluginInspect: async () => plugin }))
  const seen = await engine.call('pluginInspect', { name: 'a' }, options)
  assert.ok(seen)
  return { seen, has: kept.has(seen, PASSWORD) }
}

const quoting = () => {
  throw new EngineError('set-failed', `bad "PASSWORD=${PLANTED}"`, {
    operation: 'pluginSet',
    status: 500,
    engineMessage: `cannot set ${JSON.stringify({ a: PLANTED })}`,
  })
}

suite('createRedaction', (test) => {
  test('fills the values in, in their order', () => {
    const filled = secrets().fill([...parsed('A=1'), PASSWORD, ...parsed('B=2')])
    assert.equal(filled, ['A=1', `PASSWORD=${PLANTED}`, 'B=2'])
  })

  test('one whose value it does not know :: is refused by its name', () => {
    const other = { name: 'OTHER', secret: true } as const
    assert.throws(() => secrets().fill([other]), /"OTHER" is not known/)
  })

  test('printed, it shows nothing; forgotten, it knows nothing', () => {
    const kept = secrets()
    const guarded = kept.withRedaction(fakeEngine())
    const shown = inspect([kept, guarded], { depth: 9, showHidden: true })
    assert.not.match(shown, PLANTED)
    kept.forget()
    assert.throws(() => kept.fill([PASSWORD]), /not known/)
  })

  test('without secrets errors and answers are as they are', async () => {
    const plugin = samplePlugin()
    const fails = new EngineError('set-failed', 'no')
    const engine = createRedaction().withRedaction(
      fakeEngine({ pluginInspect: async () => plugin, pluginSet: () => Promise.reject(fails) }),
    )
    assert.is(await engine.call('pluginInspect', { name: 'a' }, options), plugin)
    const call = engine.call('pluginSet', { name: 'a', settings: [] }, options)
    assert.is(await rejection(call), fails)
  })

  const shown: [name: string, settings: object, has: boolean][] = [
    ['the value', { Env: ['A=1', `PASSWORD=${PLANTED}`] }, true],
    ['another value', { Env: ['PASSWORD=another-secret'] }, false],
    ['none', { Env: null, Args: null }, false],
  ]
  for (const [name, settings, expected] of shown) {
    test(`a plugin that has ${name} :: is compared, and does not show it`, async () => {
      const { seen, has } = await lookAt(withSettings(settings))
      assert.is(has, expected)
      assert.not.match(inspect(seen, { depth: 9 }), PLANTED)
      assert.not.match(inspect(seen, { depth: 9 }), 'another-secret')
    })
  }

  test('the value in args :: is compared, and does not show', async () => {
    const kept = createRedaction(
      new Map([
        ['args.value', `--token ${PLANTED}`],
        ['OTHER', 'other-Secret'],
      ]),
    )
    const plugin = withSettings({ Args: ['--token', PLANTED], Env: ['X=other-Secret'] })
    const engine = kept.withRedaction(fakeEngine({ pluginInspect: async () => plugin }))
    const seen = await engine.call('pluginInspect', { name: 'a' }, options)
    assert.ok(seen)
    assert.ok(kept.has(seen, { name: 'args', field: 'value', secret: true }))
    assert.not.ok(kept.has(seen, { name: 'OTHER', secret: true }), 'it is that of X')
    assert.equal(seen.Settings.Args, ['…', '…'])
    assert.equal(seen.Settings.Env, ['X=…'])
  })

  test('a plugin that it has not looked up has nothing', () => {
    assert.not.ok(secrets().has(samplePlugin(), PASSWORD))
  })

  test('a missing plugin stays undefined', async () => {
    assert.is(
      await secrets().withRedaction(fakeEngine()).call('pluginInspect', { name: 'a' }, options),
      undefined,
    )
  })

  const named = { name: 'a' }
  const calls: Record<string, (engine: Engine) => Promise<unknown>> = {
    systemPing: (engine) => engine.call('systemPing', {}, options),
    getPluginPrivileges: (engine) => engine.call('getPluginPrivileges', { remote: 'a' }, options),
    distributionInspect: (engine) => engine.call('distributionInspect', { remote: 'a' }, options),
    pluginInspect: (engine) => engine.call('pluginInspect', named, options),
    pluginPull: (engine) =>
      engine.call('pluginPull', { ...named, remote: 'a', privileges: [] }, options),
    pluginSet: (engine) =>
      engine.call('pluginSet', { ...named, settings: [`PASSWORD=${PLANTED}`] }, options),
    pluginEnable: (engine) => engine.call('pluginEnable', { ...named, timeout: 0 }, options),
    pluginDelete: (engine) => engine.call('pluginDelete', named, options),
  }
  for (const [operation, call] of Object.entries(calls)) {
    test(`${operation} :: an error that quotes the value has another's words without it`, async () => {
      const engine = secrets().withRedaction(fakeEngine({ [operation]: async () => quoting() }))
      const error = await rejection(call(engine))
      assert.not.match(inspect(error, { depth: 9, showHidden: true }), PLANTED)
      assert.is(error.code, 'set-failed')
      assert.is(error.message, 'bad "PASSWORD=…"')
      const engineMessage = 'cannot set {"a":"…"}'
      assert.equal(error.details, { operation: 'pluginSet', status: 500, engineMessage })
    })

    test(`${operation} :: is passed on as it was called`, async () => {
      const engine = fakeEngine()
      const guarded = secrets().withRedaction(engine)
      await call(guarded)
      await call(engine)
      const [one, other] = engine.calls
      assert.is(one, other)
    })
  }

  test('an error of a host’s own engine keeps its name, and not its causes', async () => {
    class OwnError extends Error {
      override readonly name = 'OwnError'
      readonly request = PLANTED
    }
    const broken = async () => {
      throw new OwnError(`no ${PLANTED}`, { cause: PLANTED })
    }
    const error = await rejection(
      secrets()
        .withRedaction(fakeEngine({ pluginEnable: broken }))
        .call('pluginEnable', { name: 'a', timeout: 0 }, options),
    )
    assert.equal([error.name, error.message], ['OwnError', 'no …'])
    assert.not.match(inspect(error, { depth: 9, showHidden: true }), PLANTED)
    assert.is(secrets().redactError(7), 7)
  })

  test('progress :: lines that quote the value', async () => {
    const lines: JSONMessage[] = [
      { id: PLANTED, status: `Pulling ${PLANTED}`, progress: PLANTED, aux: PLANTED },
      { progressDetail: { current: 1, total: 2 } },
    ]
    const engine = secrets().withRedaction(
      fakeEngine({
        pluginPull: async (_, { onMessage }) => {
          for (const line of lines) onMessage?.(line)
          return {}
        },
      }),
    )
    const seen: JSONMessage[] = []
    const onMessage = (message: JSONMessage) => seen.push(message)
    const input = { remote: 'a', name: 'a', privileges: [] }
    await engine.call('pluginPull', input, { ...options, onMessage })
    assert.equal(seen, [
      { id: '…', status: 'Pulling …', progress: '…' },
      { progressDetail: { current: 1, total: 2 } },
    ])
  })
})
