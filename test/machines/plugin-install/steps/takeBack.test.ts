import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import type { TakeBackRequest } from '../../../../machines/plugin-install/inputs.ts'
import { takeBack } from '../../../../machines/plugin-install/steps/takeBack.ts'
import type { RollbackReport } from '../../../../machines/plugin-install/types.ts'
import type { RetryNotice } from '../../../../machines/retry.ts'
import {
  type FakeEngine,
  fakeEngine,
  inspections,
  rejection,
  unreachable,
} from '../../../support/fakePorts.ts'
import { pluginId as id, samplePlugin } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'

const name = 'acme/probe:1.0'
const removed: RollbackReport = { result: 'removed', name, id }
const nothing: RollbackReport = { result: 'nothingToRemove' }

function take(engine: FakeEngine, request: Partial<TakeBackRequest> = {}) {
  const pauses: number[] = []
  const codes: string[] = []
  const whole: TakeBackRequest = {
    name,
    remote: 'docker.io/acme/probe:1.0',
    ownership: 'created',
    enableRequested: false,
    onFailure: 'remove',
    ...request,
  }
  const ports = {
    engine,
    delays: [200, 400, 800, 1600, 3200],
    remaining: () => Number.POSITIVE_INFINITY,
    pause: async (ms: number) => void pauses.push(ms),
    notify: ({ code }: RetryNotice) => void codes.push(code),
  }
  const report = takeBack(ports, whole, new AbortController().signal)
  return report.then((report) => ({ report, pauses, codes, calls: engine.calls }))
}

suite('takeBack', (test) => {
  test('nothing was created :: no request is sent', async () => {
    const { report, calls } = await take(fakeEngine(), { ownership: 'nothing', id })
    assert.equal(report, nothing)
    assert.equal(calls, [])
  })

  test('created :: removed by its full id, and looked after', async () => {
    const engine = fakeEngine({ pluginInspect: inspections(samplePlugin(), undefined) })
    const { report, calls } = await take(engine, { id })
    assert.equal(report, removed)
    assert.equal(calls, [`pluginInspect ${id}`, `pluginDelete ${id} false`, `pluginInspect ${id}`])
  })

  test('created, its id not seen yet :: found by its name and its reference', async () => {
    const engine = fakeEngine({ pluginInspect: inspections(samplePlugin(), undefined) })
    const { report, calls } = await take(engine)
    assert.equal(report, removed)
    assert.equal(calls.slice(0, 2), [`pluginInspect ${name}`, `pluginDelete ${id} false`])
  })

  test('created, and said once not to be there :: looked for again, and removed', async () => {
    for (const known of [{ id }, {}]) {
      const engine = fakeEngine({
        pluginInspect: inspections(undefined, samplePlugin(), undefined),
      })
      assert.equal((await take(engine, known)).report, removed)
    }
  })

  test('created, and gone when looked for :: somebody else removed it', async () => {
    assert.equal((await take(fakeEngine(), { id })).report, nothing)
  })

  test('enabled by this run :: removed with force', async () => {
    const enabled = samplePlugin({ Enabled: true })
    const engine = fakeEngine({ pluginInspect: inspections(enabled, undefined) })
    const { report, calls } = await take(engine, { id, enableRequested: true })
    assert.equal(report, removed)
    assert.is(calls[1], `pluginDelete ${id} true`)
  })

  test('enabled by somebody else :: not touched, and told', async () => {
    const engine = fakeEngine({ pluginInspect: inspections(samplePlugin({ Enabled: true })) })
    const { report, calls } = await take(engine, { id })
    assert.is(report.result, 'failed')
    assert.match(JSON.stringify(report), 'somebody else has enabled it')
    assert.match(JSON.stringify(report), `docker plugin rm --force ${name}`)
    assert.not(calls.some((call) => call.startsWith('pluginDelete')))
  })

  test('created, its id not seen yet, and enabled by another client :: not touched, and reported', async () => {
    const engine = fakeEngine({ pluginInspect: inspections(samplePlugin({ Enabled: true })) })
    const { report, calls } = await take(engine)
    assert.is(report.result, 'failed')
    assert.match(JSON.stringify(report), 'has enabled it')
    assert.equal(calls, [`pluginInspect ${name}`])
  })

  for (const ownership of ['created', 'uncertain'] as const) {
    for (const seen of [{ id }, {}]) {
      test(`${ownership}, ${'id' in seen ? 'its id' : 'no id'} seen, and another client removed one of its name since the pull began :: not touched, and reported`, async () => {
        const engine = fakeEngine({
          pluginInspect: inspections(samplePlugin()),
          systemInfo: async () => ({ id: 'engine', systemTime: 5_000 }),
          systemEvents: async () => [{ action: 'remove', name }],
        })
        const pullBegan = new Date().toISOString()
        const { report, calls } = await take(engine, { ownership, pullBegan, ...seen })
        assert.is(report.result, 'failed')
        assert.match(JSON.stringify(report), /another client has removed .*"id":"[0-9a-f]{64}"/)
        assert.not(calls.some((call) => call.startsWith('pluginDelete')))
      })
    }
  }

  test('created, removed, and still shown :: its own removal is not taken for that of another client', async () => {
    let removals = 0
    const engine = fakeEngine({
      pluginInspect: inspections(samplePlugin(), samplePlugin(), samplePlugin(), undefined),
      pluginDelete: async () => void removals++,
      systemInfo: async () => ({ id: 'engine', systemTime: 5_000 }),
      systemEvents: async () => (removals > 0 ? [{ action: 'remove', name }] : []),
    })
    const { report } = await take(engine, { id, pullBegan: new Date().toISOString() })
    assert.equal([report, removals], [removed, 2])
  })

  test('created, and the engine is away when its events are asked for :: removed once it is back', async () => {
    let asked = 0
    const engine = fakeEngine({
      pluginInspect: inspections(samplePlugin(), samplePlugin(), undefined),
      systemInfo: async () => {
        if (asked++ === 0) throw unreachable
        return { id: 'engine', systemTime: 5_000 }
      },
      systemEvents: async () => [],
    })
    const { report, codes } = await take(engine, { id, pullBegan: new Date().toISOString() })
    assert.equal([report, codes, asked], [removed, ['engine-unreachable'], 2])
  })

  test('uncertain :: a plugin that appears a moment after the cut is found', async () => {
    const engine = fakeEngine({ pluginInspect: inspections(undefined, samplePlugin(), undefined) })
    const { report, pauses } = await take(engine, { ownership: 'uncertain' })
    assert.equal(report, removed)
    assert.is(pauses.length, 1)
  })

  test('late :: what the engine is still extracting is waited for, and removed', async () => {
    const absent = Array.from({ length: 9 }, () => undefined)
    const pluginInspect = inspections(...absent, samplePlugin(), undefined)
    const request = { ownership: 'uncertain', hadContent: 'yes' } as const
    const { report, pauses } = await take(fakeEngine({ pluginInspect }), request)
    assert.equal(report, removed)
    assert.is(pauses.length, 9)
  })

  test('late :: a plugin that has not come after 20 seconds may still come, and is reported so', async () => {
    const request = { ownership: 'uncertain', hadContent: 'yes' } as const
    const { report, pauses } = await take(fakeEngine(), request)
    assert.is(report.result, 'failed')
    assert.match(JSON.stringify(report), 'may still install it')
    assert.is(
      pauses.reduce((sum, ms) => sum + ms, 0),
      20_000,
    )
  })

  test('perhaps late :: waited for, and not told as left when it does not come', async () => {
    const request = { ownership: 'uncertain', hadContent: 'perhaps' } as const
    const { report, pauses } = await take(fakeEngine(), request)
    assert.equal(report, nothing)
    assert.is(
      pauses.reduce((sum, ms) => sum + ms, 0),
      10_000,
    )
  })

  test('late :: an engine that was away in between installs nothing any more', async () => {
    const pluginInspect = inspections(undefined, unreachable, undefined)
    const request = { ownership: 'uncertain', hadContent: 'yes' } as const
    const { report } = await take(fakeEngine({ pluginInspect }), request)
    assert.equal(report, nothing)
  })

  test('late :: an engine that a proxy did not reach in between may still install it', async () => {
    const unreached = new EngineError('engine-unreachable', 'status 504', { status: 504 })
    const pluginInspect = inspections(undefined, unreached, undefined)
    const request = { ownership: 'uncertain', hadContent: 'yes' } as const
    const { report } = await take(fakeEngine({ pluginInspect }), request)
    assert.is(report.result, 'failed')
    assert.match(JSON.stringify(report), 'may still install it')
  })

  test('late :: a fault of the host in between says nothing of the engine', async () => {
    const fault = Object.assign(new Error('a fault'), { code: 'engine-unreachable' })
    const pluginInspect = inspections(undefined, fault, undefined)
    const request = { ownership: 'uncertain', hadContent: 'yes' } as const
    const { report } = await take(fakeEngine({ pluginInspect }), request)
    assert.match(JSON.stringify(report), 'may still install it')
  })

  test('late :: an engine that denies access for a moment may still install it', async () => {
    for (const code of ['engine-access-denied', 'engine-not-trusted'] as const) {
      const away = new EngineError(code, 'no access', { unsent: true })
      const pluginInspect = inspections(undefined, away, undefined)
      const request = { ownership: 'uncertain', hadContent: 'yes' } as const
      const { report } = await take(fakeEngine({ pluginInspect }), request)
      assert.is(report.result, 'failed', code)
      assert.match(JSON.stringify(report), 'may still install it')
    }
  })

  test('uncertain :: nothing there, nothing removed', async () => {
    const { report, calls } = await take(fakeEngine(), { ownership: 'uncertain' })
    assert.equal(report, nothing)
    assert.equal(calls, [`pluginInspect ${name}`, `pluginInspect ${name}`])
  })

  test('uncertain :: a plugin from elsewhere, or enabled, is somebody else’s', async () => {
    for (const stranger of [
      samplePlugin({ PluginReference: 'acme/probe:2.0' }),
      samplePlugin({ PluginReference: 'example.org/acme/probe:1.0' }),
      samplePlugin({ PluginReference: '' }),
      samplePlugin({ Enabled: true }),
    ]) {
      const engine = fakeEngine({ pluginInspect: inspections(stranger) })
      const { report, calls } = await take(engine, { ownership: 'uncertain' })
      assert.equal(report, nothing)
      assert.not(calls.some((call) => call.startsWith('pluginDelete')))
    }
  })

  test('a reference with a digest :: the repository tells whose it is', async () => {
    const remote = `docker.io/acme/probe@sha256:${'a'.repeat(64)}`
    const engine = fakeEngine({ pluginInspect: inspections(samplePlugin(), undefined) })
    assert.equal((await take(engine, { remote })).report, removed)
  })

  test('a plugin whose reference shows no tag came from latest', async () => {
    const plugin = samplePlugin({ PluginReference: 'acme/probe' })
    const engine = fakeEngine({ pluginInspect: inspections(plugin, undefined) })
    const remote = 'docker.io/acme/probe:latest'
    assert.equal((await take(engine, { remote, ownership: 'uncertain' })).report, removed)
  })

  test('keep :: left as it is, and how to remove it', async () => {
    for (const Enabled of [false, true]) {
      const engine = fakeEngine({ pluginInspect: inspections(samplePlugin({ Enabled })) })
      const { report, calls } = await take(engine, { id, onFailure: 'keep', enableRequested: true })
      const command = `docker plugin rm ${Enabled ? '--force ' : ''}${name}`
      assert.equal(report, { result: 'kept', name, id, enabled: Enabled, command })
      assert.equal(calls, [`pluginInspect ${id}`])
    }
  })

  test('taken up :: was there before, so it is left, whatever the policy', async () => {
    const engine = fakeEngine({ pluginInspect: inspections(samplePlugin()) })
    const { report, calls } = await take(engine, { id, ownership: 'adopted' })
    assert.is(report.result, 'kept')
    assert.equal(calls, [`pluginInspect ${id}`])
  })

  test('an engine that is away for a while :: tried again', async () => {
    const engine = fakeEngine({
      pluginInspect: inspections(unreachable, unreachable, samplePlugin(), undefined),
    })
    const { report, pauses } = await take(engine, { id })
    assert.equal(report, removed)
    assert.equal(pauses, [200, 400])
  })

  test('an answer to the removal that never came :: the next look tells', async () => {
    const engine = fakeEngine({
      pluginInspect: inspections(samplePlugin(), undefined),
      pluginDelete: () => Promise.reject(unreachable),
    })
    assert.equal((await take(engine, { id })).report, removed)
  })

  test('an engine that does not remove it :: failed, with what is left and the command', async () => {
    const busy = new EngineError('engine-failed', 'plugin is in use', { status: 409 })
    const refusing = fakeEngine({
      pluginInspect: inspections(samplePlugin()),
      pluginDelete: () => Promise.reject(busy),
    })
    const { report, pauses } = await take(refusing, { id })
    const command = `docker plugin rm ${name}`
    assert.equal(report, { result: 'failed', name, reason: 'plugin is in use', command, id })
    assert.is(pauses.length, 5)

    const lying = fakeEngine({ pluginInspect: inspections(samplePlugin()) })
    const { report: untrue, codes } = await take(lying, { id })
    assert.match(JSON.stringify(untrue), 'still shows it')
    assert.equal([...new Set(codes)], ['engine-failed'])
  })

  test('an engine that stays away :: failed, the id not known', async () => {
    const engine = fakeEngine({ pluginInspect: () => Promise.reject(new TypeError('odd')) })
    const { report } = await take(engine)
    assert.equal(report, {
      result: 'failed',
      name,
      reason: 'TypeError: odd',
      command: `docker plugin rm ${name}`,
    })
  })

  test('time is up :: no further attempt', async () => {
    const stop = new AbortController()
    const engine = fakeEngine({
      pluginInspect: () => {
        stop.abort()
        return Promise.reject(unreachable)
      },
    })
    const request: TakeBackRequest = {
      name,
      remote: name,
      ownership: 'created',
      enableRequested: false,
      onFailure: 'remove',
    }
    const ports = {
      engine,
      delays: [1, 1],
      remaining: () => 10,
      pause: async () => {},
      notify: () => {},
    }
    const report = takeBack(ports, request, stop.signal)
    assert.is(await rejection(report), unreachable)
    assert.is(engine.calls.length, 1)
  })

  test('a claim that is too old :: what has the name now is neither removed nor called nothing', async () => {
    for (const ownership of ['uncertain', 'created'] as const) {
      const engine = fakeEngine({ pluginInspect: inspections(samplePlugin()) })
      const { report, calls } = await take(engine, { ownership, claimExpired: true })
      assert.is(report.result, 'failed')
      assert.match(JSON.stringify(report), 'too old to tell')
      assert.not(calls.some((call) => call.startsWith('pluginDelete')))
      const { report: none } = await take(fakeEngine(), { ownership, claimExpired: true })
      assert.equal(none, nothing)
    }
  })

  test('a claim that is too old, by its id :: is exact, and removed', async () => {
    const engine = fakeEngine({ pluginInspect: inspections(samplePlugin(), undefined) })
    const { report } = await take(engine, { id, claimExpired: true })
    assert.equal(report, removed)
  })
})
