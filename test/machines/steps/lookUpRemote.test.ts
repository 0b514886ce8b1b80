import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import type { PrivilegesLookUp } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { PluginPrivilege } from '../../../machines/plugin.ts'
import { lookUpRemote } from '../../../machines/steps/lookUpRemote.ts'
import { type Answers, fakeEngine, rejection } from '../../support/fakePorts.ts'
import { digest, hostNetwork } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const remote = 'docker.io/acme/probe:1.0'
const LIST = `getPluginPrivileges ${remote}`
const CONTENT = `distributionInspect ${remote}`

const masked = new EngineError('registry-unreachable', 'over http', { masked: true })
const index = new EngineError('not-a-plugin', 'it is an index')
/** An error of no engine that has the code of one. */
const odd = (code: string) => Object.assign(new TypeError('odd'), { code })
const sample = (code: InstallErrorCode) => new EngineError(code, `the sample of ${code}`)
const reject = (error: Error) => () => Promise.reject(error)

const asks = (...privileges: PluginPrivilege[]) => ({ privileges, hidden: false })
const hidden = async (): Promise<PrivilegesLookUp> => ({ privileges: [], hidden: true })
/** The ways in which an engine does not tell what the plugin asks for. */
const silent = [hidden, reject(masked)]

/** Another answer to each look at the list. */
function inTurn(...looks: NonNullable<Answers['getPluginPrivileges']>[]): Answers {
  return {
    async getPluginPrivileges(input, options) {
      const look = looks.shift()
      if (!look) throw new Error('looked at once too often')
      return look(input, options)
    },
  }
}

function lookUp(answers: Answers) {
  const engine = fakeEngine(answers)
  const found = lookUpRemote(engine, remote, new AbortController().signal)()
  return { found, calls: engine.calls }
}

suite('lookUpRemote', (test) => {
  test('both look-ups begin at once, with the signal, and each is made once', async () => {
    const { signal } = new AbortController()
    const engine = fakeEngine({
      async getPluginPrivileges(_, options) {
        assert.is(options.signal, signal)
        return asks(hostNetwork)
      },
      async distributionInspect(_, options) {
        assert.is(options.signal, signal)
        return { digest }
      },
    })
    const found = lookUpRemote(engine, remote, signal)
    assert.equal(engine.calls, [LIST, CONTENT])
    assert.equal(await found(), { privileges: [hostNetwork], digest })
    assert.equal(engine.calls, [LIST, CONTENT])
  })

  test('both fail before they are asked for :: nothing rejects until then', async () => {
    const engine = fakeEngine({
      getPluginPrivileges: reject(sample('unauthorized')),
      distributionInspect: reject(sample('not-found')),
    })
    const found = lookUpRemote(engine, remote, new AbortController().signal)
    await setImmediate()
    assert.is((await rejection(found())).code, 'unauthorized')
  })

  test('the list came :: the content need not be known', async () => {
    const { found } = lookUp({
      getPluginPrivileges: async () => asks(hostNetwork),
      distributionInspect: reject(sample('unauthorized')),
    })
    assert.equal(await found, { privileges: [hostNetwork] })
  })

  test('the list cannot be had :: the content is not waited for', async () => {
    for (const error of [sample('unauthorized'), odd('not-a-plugin')]) {
      const { found } = lookUp({
        getPluginPrivileges: reject(error),
        distributionInspect: () => new Promise(() => {}),
      })
      assert.is(await Promise.race([rejection(found), setImmediate()]), error)
    }
  })

  test('it is no plugin :: the look-up of the content may tell more', async () => {
    const list = sample('not-a-plugin')
    const rows: [content: Error | undefined, told: Error][] = [
      [index, index],
      [sample('not-found'), list],
      [odd('not-a-plugin'), list],
      [undefined, list],
    ]
    for (const [content, told] of rows) {
      const { found } = lookUp({
        getPluginPrivileges: reject(list),
        ...(content && { distributionInspect: reject(content) }),
      })
      assert.is(await rejection(found), told)
    }
  })

  test('nothing is told of the list :: the look-up of the content tells why, without a second look', async () => {
    const reasons = [sample('unauthorized'), sample('timed-out'), index, odd('engine-failed')]
    for (const getPluginPrivileges of silent) {
      for (const reason of reasons) {
        const { found, calls } = lookUp({
          getPluginPrivileges,
          distributionInspect: reject(reason),
        })
        assert.is(await rejection(found), reason)
        assert.equal(calls, [LIST, CONTENT])
      }
    }
  })

  test('nothing is told of either :: nothing is asked for, and the pull is the judge', async () => {
    const codes = [
      'engine-access-denied',
      'engine-failed',
      'engine-protocol',
      'engine-unsupported',
    ] as const
    for (const getPluginPrivileges of silent) {
      for (const error of [...codes.map(sample), masked]) {
        const { found } = lookUp({ getPluginPrivileges, distributionInspect: reject(error) })
        assert.equal(await found, { privileges: [] }, error.message)
      }
    }
  })

  test('nothing is told of the list, and the content can be read :: looked at once more', async () => {
    for (const first of silent) {
      for (const [second, privileges] of [
        [async () => asks(hostNetwork), [hostNetwork]],
        [hidden, []],
        [reject(masked), []],
      ] as const) {
        const { found, calls } = lookUp(inTurn(first, second))
        assert.equal(await found, { privileges, digest })
        assert.equal(calls, [LIST, CONTENT, LIST])
      }
    }
  })

  test('the second look fails :: its error is passed on', async () => {
    const { found } = lookUp(inTurn(hidden, reject(sample('unauthorized'))))
    assert.is((await rejection(found)).code, 'unauthorized')
  })

  test('a secret is hidden in the name or a value of a privilege :: refused, and nothing was sent', async () => {
    const rows: [PluginPrivilege, words: string][] = [
      [{ ...hostNetwork, Value: ['a', '/srv/…'] }, '"network: a /srv/…"'],
      [{ ...hostNetwork, Name: 'm…' }, '"m…: host"'],
    ]
    for (const [privilege, words] of rows) {
      const { found } = lookUp({ getPluginPrivileges: async () => asks(hostNetwork, privilege) })
      const error = await rejection(found)
      assert.is(error.code, 'invalid-option')
      assert.match(error.message, words)
      assert.is(error.details.unsent, true)
    }
  })
})
