import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { engineTarget } from '../../../../adapters/engine/http/engineTarget.ts'
import {
  checkHeaders,
  isReservedHeader,
  secretsInHeaders,
} from '../../../../adapters/engine/http/requestHeaders.ts'
import { type HttpEngine, httpEngine } from '../../../../adapters/engine/httpEngine.ts'
import { isEngineError } from '../../../../machines/errors.ts'
import {
  assertTellsNothing,
  PLANTED,
  PLANTED_HEADER,
  refusedWith,
} from '../../../support/engineFailure.ts'
import { afterPing, answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { connectTo } from '../connectTo.ts'
import {
  answerLines,
  inputs,
  never,
  operationIds,
  willing,
  withHttpEngine,
} from '../engineFixture.ts'

suite('checkHeaders', (test) => {
  test('values that HTTP allows', () => {
    checkHeaders({
      'X-Panel-Token': 'a b\tc',
      Authorization: `Bearer ${PLANTED}`,
      'x!#$&': '',
      'X-Latin': 'ä',
    })
  })

  const BROKEN: [name: string, value: unknown][] = [
    ['', 'x'],
    ['a b', PLANTED],
    ['ä', PLANTED],
    ['X-A:', PLANTED],
    ['X-A', `${PLANTED}\r\nX-B: c`],
    ['X-A', `${PLANTED}\0`],
    ['X-A', `${PLANTED} 漢`],
    ['X-A', 7],
    ['X-A', undefined],
    ['X-A', [PLANTED]],
  ]
  for (const [name, value] of BROKEN) {
    test(`${JSON.stringify(name)} ${JSON.stringify(value)} :: is refused`, async () => {
      const headers = { good: 'x', [name]: value } as Record<string, string>
      const error = await refusedWith('invalid-option', async () =>
        connectTo({ host: 'tcp://engine', headers }),
      )
      const why = 'HTTP does not take its name or its value'
      assert.is(error.message, `the header ${JSON.stringify(name)} cannot be sent: ${why}`)
    })
  }

  for (const name of ['Host', 'content-length', 'X-Registry-Auth', 'User-Agent', 'Expect']) {
    test(`${name} :: is the connection's own`, async () => {
      assert.ok(isReservedHeader(name))
      const error = await refusedWith('invalid-option', async () =>
        checkHeaders({ [name]: PLANTED }),
      )
      const why = 'the connection sets it itself'
      assert.is(error.message, `the header "${name}" cannot be sent: ${why}`)
    })
  }
})

suite('secretsInHeaders', (test) => {
  const basic = (account: string) => `Basic ${Buffer.from(account).toString('base64')}`

  test('the value, and what counts in it', () => {
    assert.equal(secretsInHeaders({}), [])
    assert.equal(secretsInHeaders({ a: 'let-me-in', b: 'cat', c: '' }), ['let-me-in'])
    assert.equal(secretsInHeaders({ a: 'Bearer  abcdef' }), ['Bearer  abcdef', 'abcdef'])
    assert.equal(secretsInHeaders({ a: basic('me:a:b-c') }), [
      basic('me:a:b-c'),
      basic('me:a:b-c').slice('Basic '.length),
      'a:b-c',
    ])
  })
})

suite('headers of a connection', (test) => {
  const headers = {
    'X-Panel-Token': PLANTED,
    Authorization: `Basic ${Buffer.from(`alice:${PLANTED}`).toString('base64')}`,
  }

  /** One call after another, as a flow makes them. */
  const callAll = async (engine: HttpEngine) => {
    const outcomes: unknown[] = []
    for (const id of operationIds) {
      const options = { signal: never, registryAuth: PLANTED_HEADER }
      outcomes.push(await engine.call(id, inputs[id], options).catch((error: unknown) => error))
    }
    return outcomes
  }

  test('arrive with every request, below the path before the API', async () => {
    await withHttpEngine(
      (request, response, message) => {
        const url = request.url.replace('/api/endpoints/1/docker', '')
        return willing({ ...request, url }, response, message)
      },
      async (_, server) => {
        const host = `${server.host.replace('tcp', 'http')}/api/endpoints/1/docker/`
        const engine = httpEngine(engineTarget({ host, headers }))
        const outcomes = await callAll(engine)
        engine.close()
        assert.equal(outcomes.filter(isEngineError), [])
        assert.is(server.requests.length, outcomes.length)
        for (const { url, headers: sent } of server.requests) {
          assert.match(url, /^\/api\/endpoints\/1\/docker\/(?:v1\.41\/|_ping$|version$)/)
          assert.is(sent['x-panel-token'], PLANTED)
          assert.is(sent.authorization, headers.Authorization)
          assert.is(sent['user-agent'], 'docker-plugin-flow')
        }
      },
      { tcp: true },
    )
  })

  const quoting = `token ${PLANTED}, that is ${headers.Authorization}`
  const refusals = [400, 401, 403, 404, 407, 500, 502]
  for (const status of refusals) {
    test(`are not shown after an answer that quotes them :: ${status}`, async () => {
      await withHttpEngine(
        afterPing((_, response) => answerJSON(response, status, { message: quoting })),
        async (engine) => {
          const outcomes = await callAll(engine)
          assert.ok(outcomes.filter(isEngineError).length > 5, inspect(outcomes))
          assertTellsNothing(outcomes)
          assertTellsNothing(engine)
        },
        { headers },
      )
    })
  }

  test('are not shown after a ping that quotes them', async () => {
    await withHttpEngine(
      (_, response) => answerJSON(response, 401, { message: quoting }),
      async (engine) => assertTellsNothing(await callAll(engine)),
      { headers },
    )
  })

  test('are not shown after a pull that quotes them in its stream', async () => {
    const line = { errorDetail: { message: quoting }, error: quoting }
    await withHttpEngine(
      afterPing(answerLines({ status: 'a' }, line)),
      async (engine) => assertTellsNothing(await callAll(engine)),
      { headers },
    )
  })

  test('are not shown when no engine answers', async () => {
    const engine = httpEngine(engineTarget({ host: 'unix:///nosuch/engine.sock', headers }))
    assertTellsNothing(await callAll(engine))
    assertTellsNothing(engine)
  })
})
