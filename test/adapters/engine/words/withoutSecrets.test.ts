import * as assert from 'uvu/assert'
import { cleanerOf } from '../../../../adapters/engine/words/withoutSecrets.ts'
import type { EngineError } from '../../../../machines/errors.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const header = (config: unknown) => Buffer.from(JSON.stringify(config)).toString('base64url')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const words = (text: string, ...registryAuths: string[]) => cleanerOf(registryAuths, []).words(text)

suite('withoutSecrets', (test) => {
  test('no credentials :: nothing to hide', () => {
    assert.is(words('words'), 'words')
    assert.equal(cleanerOf([], []).data(['words']), ['words'])
  })

  test('the header, with and without its padding, and in the other alphabet', () => {
    assert.is(words('a YWJjZA== b YWJjZA c', 'YWJjZA=='), 'a … b … c')
    assert.is(words('a _-_-_-_- b /+/+/+/+ c', '_-_-_-_-'), 'a … b … c')
  })

  for (const field of ['password', 'identitytoken', 'registrytoken', 'auth']) {
    test(`the ${field}`, () => {
      const auth = header({ username: 'alice', [field]: 's3cret"&' })
      const quoted = [
        's3cret"&',
        's3cret\\"&',
        's3cret\\"\\u0026',
        encodeURIComponent('s3cret"&'),
        base64('s3cret"&'),
        base64('alice:s3cret"&'),
      ]
      for (const quote of quoted)
        assert.match(words(`alice <${quote}>`, auth), /^alice <[\w+/]{0,8}…[\w+/]{0,2}=*>$/)
    })
  }

  test('those of earlier requests, and other secrets', () => {
    const [one, two] = ['first-1', 'second-2'].map((password) => header({ password }))
    const clean = cleanerOf([String(one), String(two)], ['third-3'])
    assert.is(clean.words('first-1 second-2 third-3'), '… … …')
  })

  test('a secret that is too short to be distinguished from words', () => {
    assert.is(words('a cat', header({ password: 'cat' })), 'a cat')
    assert.is(words('a cat Y2F0', header({ username: '', password: 'cat' })), 'a cat Y2F0')
  })

  test('headers that hold nothing', () => {
    for (const value of [null, 7, 'words', [], { password: 7 }]) {
      assert.is(words('words', header(value)), 'words')
    }
    assert.is(words('words', '%%%%'), 'words')
  })

  test('data :: every text in it, and its names; what is no text is as it was', () => {
    const { data } = cleanerOf([], ['a-long-secret'])
    const value = [{ 'a-long-secret': ['<a-long-secret>', 7, null, true] }]
    assert.equal(data(value), [{ '…': ['<…>', 7, null, true] }])
    const odd = JSON.parse('{"__proto__":"a-long-secret"}')
    assert.equal(Object.entries(data(odd)), [['__proto__', '…']])
  })

  test('data :: a short one may be a name or a path, and is left', () => {
    const { data, words } = cleanerOf([header({ password: '/var/lib' })], [])
    assert.is(words('/var/lib/x'), '…/x')
    assert.equal(data({ Value: ['/var/lib/x'] }), { Value: ['/var/lib/x'] })
  })
})

suite('a whole answer', (test) => {
  const { data, dataInTurns } = cleanerOf([], ['hunter two! (2026)'])

  test('is cleaned as one of its texts is, and everything else goes on meanwhile', async () => {
    const long = `${'QUJD'.repeat(100_000)} hunter+two%21+%282026%29`
    const answer = {
      Name: 'hunter two! (2026)',
      List: [long, 'short'],
      Deep: { 'hunter two! (2026)': 1 },
    }
    let turns = 0
    const timer = setInterval(() => turns++)
    const cleaned = await dataInTurns(answer)
    clearInterval(timer)
    assert.equal(cleaned, data(answer))
    assert.match(String(cleaned.List[0]), / …$/)
    assert.is(cleaned.Name, '…')
    assert.ok(turns >= 3, `${turns} turns`)
  })

  test('stays the same where nothing in it is secret', async () => {
    const answer = { Name: 'acme/probe:1.0', Values: ['/var/lib/acme/data'] }
    assert.is(await dataInTurns(answer), answer)
  })
})

suite('secrets that were sent before', (test) => {
  test('is taken out of the answers to later requests, as far back as is remembered', () => {
    const sent: string[] = []
    return withEngine(
      (request, response) => {
        sent.push(String(request.headers['x-registry-auth']))
        answerJSON(response, 500, { message: `they were ${sent.join(' ')}` })
      },
      async (connection) => {
        const letters = [...'abcdefghijklmnopq']
        const auths = letters.map((letter) => header({ password: letter.repeat(12) }))
        let error: EngineError | undefined
        for (const registryAuth of [...auths, ...auths.slice(-1)]) {
          error = await refusedWith('engine-failed', () =>
            callOn(connection, 'getPluginPrivileges', { remote: 'acme/volume' }, { registryAuth }),
          )
        }
        const [first, ...others] = String(error?.details.engineMessage).split(' ').slice(2)
        assert.is(first, auths[0], 'it is longer ago than is remembered')
        assert.equal([...new Set(others)], ['…'])
        assert.is(others.length, 17)
      },
    )
  })
})
