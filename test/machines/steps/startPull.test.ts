import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import type { PullProgress } from '../../../machines/cutPull.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { JSONMessage } from '../../../machines/plugin.ts'
import { startPull } from '../../../machines/steps/startPull.ts'
import { type Answers, fakeEngine, rejection } from '../../support/fakePorts.ts'
import { digest } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const request = { remote: 'docker.io/acme/probe:1.0', name: 'acme/probe:1.0', privileges: [] }
const nothingYet: PullProgress = { layers: [], bytesPerSecond: 0 }
const downloading: PullProgress = {
  layers: [{ phase: 'downloading', current: 1, total: 1000 }],
  bytesPerSecond: 1,
}
const extracting: PullProgress = {
  layers: [{ phase: 'extracting', current: 1000, total: 1000 }],
  bytesPerSecond: 0,
}

function pull(answers: Answers, progress: PullProgress = nothingYet, clock = () => 0) {
  const stop = new AbortController()
  const heard: JSONMessage[] = []
  const pauses: number[] = []
  const ports = {
    engine: fakeEngine(answers),
    progress: { add: (message: JSONMessage) => void heard.push(message), now: () => progress },
    clock,
    pause: async (ms: number) => void pauses.push(ms),
  }
  return { ...startPull(ports, request, stop.signal), ports, stop, heard, pauses }
}

function refuse(code: InstallErrorCode, status?: number) {
  const details = status === undefined ? {} : { status }
  return () => Promise.reject(new EngineError(code, `the sample of ${code}`, details))
}

/** A pull that runs until its own signal, or the test, ends it. */
function running() {
  let finish = (_: { digest: string }) => {}
  let closed = false
  const pluginPull: Answers['pluginPull'] = (_, { signal }) =>
    new Promise((resolve, reject) => {
      finish = resolve
      signal.addEventListener('abort', () => {
        closed = true
        reject(new EngineError('cancelled', 'cancelled'))
      })
    })
  return { pluginPull, finish: () => finish({ digest }), isClosed: () => closed }
}

async function codeOf(result: Promise<unknown>): Promise<string> {
  return result.then(
    () => 'pulled',
    (error) => error.code ?? error.name,
  )
}

suite('startPull', (test) => {
  test('a pull that ends well', async () => {
    const { result, end, ports } = pull({})
    assert.equal(await result, { digest })
    assert.equal(await end, { ownership: 'created' })
    assert.is(ports.engine.calls.length, 1)
  })

  test('lines go to the progress', async () => {
    const line = { id: 'a', status: 'Waiting' }
    const { result, heard } = pull({
      pluginPull: async (_, { onMessage }) => {
        onMessage?.(line)
        return {}
      },
    })
    await result
    assert.equal(heard, [line])
  })

  test('a refusal creates nothing, and one that tells why stays as it is', async () => {
    const { result, end, ports } = pull({ pluginPull: refuse('corrupt-layer', 500) })
    assert.is(await codeOf(result), 'corrupt-layer')
    assert.equal(await end, { ownership: 'nothing' })
    assert.is(ports.engine.calls.length, 1)
  })

  test('a pull that the engine never saw has created nothing', async () => {
    const unsent = new EngineError('engine-unreachable', 'no connection', { unsent: true })
    const { result, end } = pull({ pluginPull: () => Promise.reject(unsent) }, extracting)
    assert.is(await codeOf(result), 'engine-unreachable')
    assert.equal(await end, { ownership: 'nothing' })
  })

  test('a refusal that hides why :: the look-up of the content tells', async () => {
    const rows: [InstallErrorCode | 'readable', InstallErrorCode][] = [
      ['unauthorized', 'unauthorized'],
      ['not-found', 'not-found'],
      ['registry-unreachable', 'registry-unreachable'],
      ['engine-failed', 'registry-unreachable'],
      ['readable', 'registry-unreachable'],
    ]
    for (const [truth, expected] of rows) {
      const { result } = pull({
        pluginPull: refuse('registry-unreachable', 500),
        ...(truth === 'readable' ? {} : { distributionInspect: refuse(truth) }),
      })
      assert.is(await codeOf(result), expected, truth)
    }
  })

  test('pull and look-up are masked :: the login tells wrong credentials from right ones', async () => {
    const masked = new EngineError('registry-unreachable', 'over http', { masked: true })
    const unsent = new EngineError('unauthorized', 'no credentials', { unsent: true })
    const refused = new EngineError('unauthorized', 'incorrect username or password')
    const down = new EngineError('registry-unreachable', 'down')
    const [answers, asIs] = [/does not accept the credentials/, /^over http$/]
    const rows: [Error | undefined, InstallErrorCode, message: RegExp, next?: RegExp][] = [
      [undefined, 'registry-unreachable', asIs, /accepts the credentials/],
      [masked, 'unauthorized', answers],
      [refused, 'unauthorized', /^incorrect username or password$/],
      [unsent, 'registry-unreachable', asIs],
      [down, 'registry-unreachable', asIs],
      [new TypeError('odd'), 'registry-unreachable', asIs],
    ]
    for (const [login, code, message, next] of rows) {
      const { result } = pull({
        pluginPull: () => Promise.reject(masked),
        distributionInspect: () => Promise.reject(masked),
        systemAuth: () => (login ? Promise.reject(login) : Promise.resolve()),
      })
      const error = await rejection(result)
      assert.is(error.code, code)
      assert.match(error.message, message)
      if (next) assert.match(error.details.next ?? '', next)
      else assert.is(error.details.next, undefined)
    }
  })

  test('only one of pull and look-up is masked :: no login is tried', async () => {
    const masked = new EngineError('registry-unreachable', 'over http', { masked: true })
    const plain = new EngineError('registry-unreachable', 'down')
    for (const [pulled, looked] of [
      [masked, plain],
      [plain, masked],
    ] as const) {
      const { result, ports } = pull({
        pluginPull: () => Promise.reject(pulled),
        distributionInspect: () => Promise.reject(looked),
      })
      assert.is(await rejection(result), pulled)
      assert.not(ports.engine.calls.some((call) => call.startsWith('systemAuth')))
    }
  })

  test('other privileges were granted :: the look-up tells which, as far as it can look', async () => {
    const asked = { Name: 'mount', Description: 'host path to mount', Value: ['/'] }
    const cases = [
      { looked: { privileges: [asked], hidden: false }, expected: { added: [asked], removed: [] } },
      { looked: { privileges: [], hidden: false }, expected: undefined },
      { looked: { privileges: [asked], hidden: true }, expected: undefined },
    ]
    for (const { looked, expected } of cases) {
      const { result } = pull({
        pluginPull: refuse('privileges-changed', 200),
        getPluginPrivileges: async () => looked,
      })
      const { code, details } = await rejection(result)
      assert.is(code, 'privileges-changed')
      assert.is(details.status, 200)
      assert.equal(details.difference, expected)
    }
    const { result } = pull({
      pluginPull: refuse('privileges-changed', 200),
      getPluginPrivileges: refuse('engine-unreachable'),
    })
    assert.is(await codeOf(result), 'privileges-changed')
  })

  test('an error that is no engine’s passes through, whatever its code', async () => {
    for (const code of [undefined, 'privileges-changed', 'registry-unreachable']) {
      const odd = Object.assign(new TypeError('odd'), { code })
      const { result, end, ports } = pull({ pluginPull: () => Promise.reject(odd) }, downloading)
      assert.is(await rejection(result), odd)
      assert.equal(await end, { ownership: 'uncertain', hadContent: 'no' })
      assert.is(ports.engine.calls.length, 1)
    }
  })

  test('the look-up of the content fails with an error that is no engine’s :: it tells nothing', async () => {
    const odd = Object.assign(new TypeError('odd'), { code: 'unauthorized' })
    const { result } = pull({
      pluginPull: refuse('registry-unreachable', 500),
      distributionInspect: () => Promise.reject(odd),
    })
    assert.is(await codeOf(result), 'registry-unreachable')
  })

  test('cut :: uncertain while the engine downloads, late once it may have everything', async () => {
    const cut = { pluginPull: refuse('pull-interrupted') }
    const early = pull(cut, downloading)
    const late = pull(cut, extracting)
    assert.is(await codeOf(early.result), 'pull-interrupted')
    assert.equal(await early.end, { ownership: 'uncertain', hadContent: 'no' })
    assert.is(await codeOf(late.result), 'pull-interrupted')
    assert.equal(await late.end, { ownership: 'uncertain', hadContent: 'yes' })
  })

  test('answered by something on the way :: what the engine does is not known', async () => {
    for (const code of ['engine-unreachable', 'engine-protocol'] as const) {
      const { result, end } = pull({ pluginPull: refuse(code, 504) }, downloading)
      assert.is(await codeOf(result), code)
      assert.equal(await end, { ownership: 'uncertain', hadContent: 'perhaps' }, code)
    }
  })

  test('given up while the engine downloads :: its connection is closed at once', async () => {
    const run = running()
    const { stop, result, end, pauses } = pull(run, downloading)
    stop.abort()
    assert.is(await codeOf(result), 'cancelled')
    assert.equal(await end, { ownership: 'uncertain', hadContent: 'no' })
    assert.equal(pauses, [])
  })

  test('given up while the engine extracts :: listened to, until it is known how it ends', async () => {
    const run = running()
    const { stop, end, result } = pull(run, extracting)
    stop.abort()
    await Promise.resolve()
    assert.not(run.isClosed())
    run.finish()
    assert.equal(await end, { ownership: 'created' })
    assert.equal(await result, { digest })
  })

  test('given up while the engine extracts, and it never ends :: listened to for 30 seconds', async () => {
    const run = running()
    const { stop, end, result, pauses } = pull(run, extracting)
    stop.abort()
    assert.is(await codeOf(result), 'cancelled')
    assert.equal(await end, { ownership: 'uncertain', hadContent: 'yes' })
    assert.is(
      pauses.reduce((sum, ms) => sum + ms, 0),
      30_000,
    )
  })

  test('cut just after a line :: the engine may have everything; long after the last, it hangs', async () => {
    for (const [quiet, hadContent] of [
      [0, 'perhaps'],
      [60_000, 'no'],
    ] as const) {
      let now = 0
      const pluginPull: Answers['pluginPull'] = async (_, { onMessage }) => {
        now += 60_000
        onMessage?.({ id: 'a', status: 'Waiting' })
        now += quiet
        throw new EngineError('pull-interrupted', 'cut')
      }
      const { result, end } = pull({ pluginPull }, nothingYet, () => now)
      assert.is(await codeOf(result), 'pull-interrupted')
      assert.equal(await end, { ownership: 'uncertain', hadContent })
    }
  })

  test('given up, and ended meanwhile :: listened to no longer', async () => {
    const run = running()
    const { stop, result, pauses } = pull(run, extracting)
    stop.abort()
    run.finish()
    await result
    await setImmediate()
    assert.ok(pauses.length < 10, `${pauses.length} pauses`)
    assert.ok(run.isClosed())
  })

  test('ended :: giving up afterwards is not heard', async () => {
    const { stop, result } = pull({})
    assert.is(getEventListeners(stop.signal, 'abort').length, 1)
    await result
    assert.is(getEventListeners(stop.signal, 'abort').length, 0)
  })
})
