import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import type { InstallErrorCode } from '../../../../machines/catalogue.ts'
import type { CallOptions, PrivilegesLookUp } from '../../../../machines/engine.ts'
import { EngineError } from '../../../../machines/errors.ts'
import type { PluginPrivilege } from '../../../../machines/plugin.ts'
import type { LookUpRequest } from '../../../../machines/plugin-install/inputs.ts'
import { lookUpPlugin } from '../../../../machines/plugin-install/steps/lookUpPlugin.ts'
import type { Resumed } from '../../../../machines/plugin-install/types.ts'
import {
  type Answers,
  fakeEngine,
  inspections,
  noAuth,
  rejection,
} from '../../../support/fakePorts.ts'
import {
  agreed,
  digest,
  hostNetwork,
  otherDigest,
  pluginId,
  sampleConfig,
  samplePlugin,
  withMount,
} from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'

const request: LookUpRequest = {
  reference: 'acme/probe:1.0',
  settings: [],
  enableTimeout: 0,
  disabled: false,
  ifPresent: 'fail',
  names: {
    remote: 'docker.io/acme/probe:1.0',
    name: 'acme/probe:1.0',
    registry: 'docker.io',
  },
}
const hidden: PrivilegesLookUp = { privileges: [], hidden: true }
const asks = (...privileges: PluginPrivilege[]): PrivilegesLookUp => ({ privileges, hidden: false })
const engineVersion = { apiVersion: '1.41', version: '20.10.24' }

/** As for a reference or an alias that is invalid. */
const unnamed = { names: undefined } as unknown as Partial<LookUpRequest>

const pause = async () => {}
const hasSecret = () => true

function lookUp(answers: Answers, change: Partial<LookUpRequest> = {}) {
  const engine = fakeEngine(answers)
  const { signal } = new AbortController()
  return {
    engine,
    found: lookUpPlugin(
      { engine, auth: noAuth, pause, hasSecret },
      { ...request, ...change },
      signal,
    ),
  }
}

async function codeOf(found: Promise<unknown>): Promise<string> {
  return found.then(
    () => 'found',
    (error: EngineError) => error.code,
  )
}

function refuse(code: InstallErrorCode) {
  return () => Promise.reject(new EngineError(code, `the sample of ${code}`))
}

suite('lookUpPlugin', (test) => {
  test('asks for something :: the list, and the digest', async () => {
    const { found } = lookUp({ getPluginPrivileges: async () => asks(hostNetwork) })
    assert.equal(await found, {
      privileges: [hostNetwork],
      digest,
      engine: engineVersion,
    })
  })

  test('asks for nothing', async () => {
    assert.equal((await lookUp({}).found).privileges, [])
  })

  test('the look-ups run at the same time', async () => {
    const under: string[] = []
    let release = () => {}
    const all = new Promise<void>((done) => {
      release = done
    })
    const arrive = async (name: string) => {
      under.push(name)
      if (under.length === 3) release()
      await all
    }
    const { found } = lookUp({
      getPluginPrivileges: () => arrive('privileges').then(() => asks()),
      distributionInspect: () => arrive('distribution').then(() => ({ digest })),
      pluginInspect: () => arrive('inspect').then(() => undefined),
    })
    await found
    assert.is(under.length, 3)
  })

  test('the name is taken :: already-exists, and the other look-ups are given up', async () => {
    let aborted = 0
    const never = (_: unknown, { signal }: CallOptions) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted++
          reject(new EngineError('cancelled', 'given up'))
        })
      })
    const enabled = samplePlugin({ Enabled: true })
    for (const present of [enabled, samplePlugin({ PluginReference: '' })]) {
      const { found } = lookUp({
        getPluginPrivileges: never,
        distributionInspect: never,
        pluginInspect: async () => present,
      })
      const error = await rejection(found)
      assert.is(error.code, 'already-exists')
      assert.match(error.message, present.Enabled ? '(enabled, from acme/probe:1.0)' : '(disabled)')
    }
    assert.is(aborted, 4)
  })

  test('an empty list :: the look-up of the content tells why', async () => {
    const codes = ['unauthorized', 'not-found', 'registry-unreachable', 'timed-out'] as const
    for (const code of codes) {
      const { found } = lookUp({
        getPluginPrivileges: async () => hidden,
        distributionInspect: refuse(code),
      })
      assert.is(await codeOf(found), code)
    }
  })

  test('an empty list :: where nothing tells why, the pull is the judge', async () => {
    for (const code of [
      'engine-failed',
      'engine-unsupported',
      'engine-protocol',
      'engine-access-denied',
    ] as const) {
      const { found } = lookUp({
        getPluginPrivileges: async () => hidden,
        distributionInspect: refuse(code),
      })
      assert.equal(await found, { privileges: [], engine: engineVersion })
    }
    const { found } = lookUp({ getPluginPrivileges: async () => hidden })
    assert.equal((await found).digest, digest)
  })

  test('an engine that hides why it gives nothing :: the pull is the judge', async () => {
    const masked = async () => {
      throw new EngineError('registry-unreachable', 'over http', { masked: true })
    }
    for (const getPluginPrivileges of [async () => hidden, masked]) {
      const { found } = lookUp({ getPluginPrivileges, distributionInspect: masked })
      assert.equal(await found, { privileges: [], engine: engineVersion })
    }
    const other = lookUp({ getPluginPrivileges: masked, distributionInspect: refuse('not-found') })
    assert.is(await codeOf(other.found), 'not-found')
  })

  test('an empty list, and a content that can be read a moment later :: looked at again', async () => {
    const lists = [hidden, asks(hostNetwork)]
    const { engine, found } = lookUp({ getPluginPrivileges: async () => lists.shift() ?? hidden })
    assert.equal((await found).privileges, [hostNetwork])
    assert.is(engine.calls.filter((call) => call.startsWith('getPluginPrivileges')).length, 2)
    const ends = [async () => hidden, refuse('unauthorized')]
    const failing = lookUp({ getPluginPrivileges: () => (ends.shift() ?? refuse('timed-out'))() })
    assert.is(await codeOf(failing.found), 'unauthorized')
  })

  test('privileges that cannot be had :: the content is not waited for', async () => {
    const { found } = lookUp({
      getPluginPrivileges: refuse('unauthorized'),
      distributionInspect: () => new Promise(() => {}),
    })
    assert.is(await codeOf(found), 'unauthorized')
  })

  test('a list that came :: the content need not be known', async () => {
    const { found } = lookUp({
      getPluginPrivileges: async () => asks(hostNetwork),
      distributionInspect: refuse('unauthorized'),
    })
    assert.is((await found).digest, undefined)
  })

  test('a digest is expected :: any other content ends the run before the pull', async () => {
    const found = (expected: string) =>
      lookUp({ getPluginPrivileges: async () => asks(hostNetwork) }, { digest: expected }).found
    assert.is((await found(digest)).digest, digest)
    const error = await rejection(found(otherDigest))
    assert.is(error.code, 'digest-changed')
    assert.is(error.details.operation, 'distributionInspect')
    assert.equal(error.details.difference, { digests: { granted: otherDigest, found: digest } })
    const unknown = lookUp(
      {
        getPluginPrivileges: async () => asks(hostNetwork),
        distributionInspect: refuse('engine-failed'),
      },
      { digest },
    )
    assert.is((await unknown.found).digest, undefined, 'the pull is compared')
  })

  test('failures :: of the engine itself, and of the privileges', async () => {
    assert.is(
      await codeOf(lookUp({ systemPing: refuse('engine-unreachable') }).found),
      'engine-unreachable',
    )
    assert.is(
      await codeOf(lookUp({ pluginInspect: refuse('engine-failed') }).found),
      'engine-failed',
    )
    assert.is(
      await codeOf(lookUp({ getPluginPrivileges: refuse('not-a-plugin') }).found),
      'not-a-plugin',
    )
  })

  test('failures :: of no plugin, the look-up of the content tells more', async () => {
    const index = () => Promise.reject(new EngineError('not-a-plugin', 'it is an index'))
    const message = (answers: Answers) =>
      lookUp({ getPluginPrivileges: refuse('not-a-plugin'), ...answers }).found.then(
        () => 'found',
        (error: EngineError) => error.message,
      )
    assert.is(await message({ distributionInspect: index }), 'it is an index')
    assert.is(
      await message({ distributionInspect: refuse('not-found') }),
      'the sample of not-a-plugin',
    )
    assert.is(await message({}), 'the sample of not-a-plugin')
  })

  test('bad input :: refused before any request', async () => {
    const rows: [change: Partial<LookUpRequest>, code: string, words: string][] = [
      [
        { ...unnamed, reference: 'Acme/Probe' },
        'invalid-reference',
        '"Acme/Probe" is not a plugin reference',
      ],
      [{ ...unnamed, alias: 'My Probe' }, 'invalid-reference', '"My Probe" is not an alias'],
      [{ ...unnamed, alias: `a@${digest}` }, 'invalid-reference', 'it has a digest'],
      [{ enableTimeout: 1.5 }, 'invalid-option', 'seconds, 0 or more, not 1.5'],
      [{ enableTimeout: -1 }, 'invalid-option', 'not -1'],
    ]
    for (const [change, code, words] of rows) {
      const { engine, found } = lookUp({}, change)
      const error = await rejection(found)
      assert.is(error.code, code)
      assert.match(error.message, words)
      assert.equal(engine.calls, [])
    }
  })

  test('resumed :: a plugin that appears a moment after the cut is found, and is this run’s own', async () => {
    const resumed: Resumed = { ownership: 'uncertain', enableRequested: false, consent: agreed }
    const engine = { pluginInspect: inspections(undefined, samplePlugin()) }
    const { present, privileges } = await lookUp(engine, { resumed }).found
    assert.ok(present?.own)
    assert.equal(privileges, [hostNetwork])
  })

  test('resumed, with the ID of its plugin :: the events of the engine are not asked', async () => {
    const pullBegan = new Date().toISOString()
    const known = {
      id: pluginId,
      ownership: 'uncertain',
      consent: agreed,
      enableRequested: false,
      pullBegan,
    } as const
    const { id: _, ...unknown } = known
    for (const [resumed, times] of [
      [known, 0],
      [unknown, 1],
    ] as const) {
      let asked = 0
      const systemInfo = async () => {
        asked += 1
        return { id: 'engine', systemTime: Date.now() }
      }
      const pluginInspect = async () => samplePlugin()
      await lookUp({ pluginInspect, systemInfo, systemEvents: async () => [] }, { resumed }).found
      assert.is(asked, times)
    }
  })

  test('resumed, and one of its name was removed since its pull began :: another client’s plugin is not taken for its own', async () => {
    const pullBegan = new Date().toISOString()
    for (const ownership of ['uncertain', 'created'] as const) {
      const resumed = { ownership, enableRequested: false, consent: agreed, pullBegan }
      const { engine, found } = lookUp(
        {
          pluginInspect: async () => samplePlugin(),
          systemInfo: async () => ({ id: 'engine', systemTime: Date.now() }),
          systemEvents: async () => [{ action: 'remove', name: 'acme/probe:1.0' }],
        },
        { resumed },
      )
      assert.is(await codeOf(found), 'already-exists', ownership)
      assert.ok(engine.calls.some((call) => call.startsWith('systemEvents')))
    }
  })

  test('resumed :: nothing there, so it starts again', async () => {
    const resumed: Resumed = { ownership: 'created', enableRequested: false, id: pluginId }
    assert.is((await lookUp({}, { resumed }).found).present, undefined)
  })

  test('present, a secret hides a part of a privilege :: consent is not asked for what cannot be read', async () => {
    const [mount] = withMount.Mounts ?? []
    assert.ok(mount)
    const Config = sampleConfig({ Mounts: [{ ...mount, Source: '/srv/…' }] })
    const pluginInspect = async () => samplePlugin({ Config })
    const error = await rejection(lookUp({ pluginInspect }, { ifPresent: 'finish' }).found)
    assert.is(error.code, 'invalid-option')
    assert.match(error.message, '"mount: /srv/…"')
  })

  test('present :: whether a secret setting is applied is asked', async () => {
    const engine = { pluginInspect: async () => samplePlugin({ Enabled: true }) }
    const settings = [{ name: 'PASSWORD.value', secret: true }] as const
    const { present } = await lookUp(engine, { ifPresent: 'keep', settings }).found
    assert.ok(present?.asWanted)
  })

  test('the credentials are loaded before a request needs them', async () => {
    const engine = fakeEngine()
    const loaded: unknown[] = []
    const auth = {
      ...noAuth,
      async load(registry: string, signal: AbortSignal) {
        loaded.push([registry, signal, engine.calls.filter((call) => call !== 'systemPing')])
        return undefined
      },
    }
    const { signal } = new AbortController()
    await lookUpPlugin({ engine, auth, pause, hasSecret }, request, signal)
    assert.equal(loaded, [['docker.io', signal, []]])
  })

  test('an end of any kind :: the signal of the run is let go of', async () => {
    for (const pluginInspect of [inspections(undefined), inspections(samplePlugin())]) {
      const { signal } = new AbortController()
      const engine = fakeEngine({ pluginInspect })
      await lookUpPlugin({ engine, auth: noAuth, pause, hasSecret }, request, signal).catch(
        () => {},
      )
      assert.equal(getEventListeners(signal, 'abort'), [])
    }
  })

  test('a cancel reaches the look-ups', async () => {
    const stop = new AbortController()
    const engine = fakeEngine({
      pluginInspect: (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new EngineError('cancelled', 'cancelled')))
          queueMicrotask(() => stop.abort())
        }),
    })
    assert.is(
      await codeOf(lookUpPlugin({ engine, auth: noAuth, pause, hasSecret }, request, stop.signal)),
      'cancelled',
    )
  })
})
