import { AxiosError } from 'axios'
import * as assert from 'uvu/assert'
import { installMachine } from '../../../../src/flow/installLogic.ts'
import { onGround } from '../../../adapters/docker/credentialGround.ts'
import { captureOutput } from '../../../support/captureOutput.ts'
import { serveEngine } from '../../../support/engineServer.ts'
import { searchFor } from '../../../support/findSecrets.ts'
import { suite } from '../../../support/suite.ts'
import { type CredentialSource, plant, sources } from './credentialSources.ts'
import { common, plantedInstall } from './plantedInstall.ts'
import { type Quoting, quotingEngine, stages } from './quotingEngine.ts'

/** The one that the engine fails in all ways on; the others have the same way to it. */
const THOROUGH = ['person']
const QUICK: readonly Quoting[] = [{}, { fails: 'pull' }, { lies: true }]
const ALL: readonly Quoting[] = [...QUICK, ...stages.map((fails) => ({ fails }))]

function secretsOf(chosen: readonly CredentialSource[]): Record<string, string> {
  return Object.assign({ ...common }, ...chosen.map(({ secrets }) => secrets))
}

/** All that the engine was sent, as it is and decoded from base64. */
function textOf({ headers, body }: { headers: object; body: string }): string {
  const values = Object.values(headers).map(String)
  return [...values, ...values.map((text) => `${Buffer.from(text, 'base64url')}`), body].join('\n')
}

suite('planted secrets', (test) => {
  const secrets = secretsOf(sources)
  const search = searchFor(secrets, [installMachine, Buffer.prototype])
  const ends: string[] = []
  let sent = ''

  for (const source of sources) {
    const quotings = THOROUGH.includes(source.name) ? ALL : QUICK
    test(`${source.name} :: is sent, and found nowhere, whatever the engine quotes`, async () => {
      const before = search.found.length
      for (const quoting of quotings) {
        const accepts = Object.values(source.secrets).at(-1)
        const server = await serveEngine(quotingEngine({ ...quoting, accepts }))
        try {
          await onGround(async (ground) => {
            const HttpHeaders = { 'X-Configured': common['HttpHeaders of Docker'] }
            const config = (given: object) => ground.config({ HttpHeaders, ...given })
            config({})
            const own = { ...ground, config: config as typeof ground.config }
            const { value, written } = await captureOutput(() =>
              plantedInstall(server.host, own, source, search),
            )
            ends.push(value)
            search.look('log', [written])
            assert.is(written, '', 'a library writes no log')
          })
          sent += server.requests.map(textOf).join('\n')
        } finally {
          await server.close()
        }
      }
      assert.equal([...new Set(search.found.slice(before))], [])
      for (const [name, secret] of Object.entries({ ...common, ...source.secrets })) {
        const written = [secret, JSON.stringify(secret).slice(1, -1)]
        assert.ok(
          written.some((text) => sent.includes(text)),
          `${name} was not sent`,
        )
      }
    })
  }

  test('it was looked for everywhere, in installs that ended in every way', () => {
    const sinks =
      'actor consent consent$ context credentials$ engine error flow flowEvents inspect journal log plan progress$ result retry$ snapshot transition$'
    assert.equal([...search.looked.keys()].sort(), sinks.split(' '))
    for (const [sink, values] of search.looked) assert.ok(values > 0, sink)
    const codes =
      'done enable-failed engine-failed invalid-option privileges-not-enforced pull-failed set-failed'
    assert.equal([...new Set(ends)].sort(), codes.split(' '))
    assert.ok(Object.keys(secrets).length >= 17)
  })
})

suite('searchFor', (test) => {
  const secret = plant('here')
  const hidden = Object.defineProperty({}, 'hidden', { value: secret, enumerable: false })
  const config = { headers: { 'X-Registry-Auth': secret } } as never
  const circle: unknown[] = [secret]
  circle.push(circle)
  const places: [name: string, value: unknown][] = [
    ['a text', secret],
    ['a name', { [secret]: 1 }],
    ['deep inside', { a: [{ b: new Map([[1, new Set([secret])]]) }] }],
    ['a hidden property', hidden],
    ['a symbol', { [Symbol(secret)]: 1 }],
    ['a property of a symbol', { [Symbol('a')]: secret }],
    [
      'a getter',
      {
        get a() {
          return secret
        },
      },
    ],
    ['the cause of an error', new Error('a', { cause: new Error(secret) })],
    ['the stack of an error', Object.assign(new Error('a'), { stack: `Error: ${secret}` })],
    ['the request of an AxiosError', new AxiosError('a', 'b', config)],
    ['a property of a function', Object.assign(() => {}, { secret })],
    ['the prototype', Object.create({ secret })],
    ['a buffer', Buffer.from(secret.replace('é', 'e'))],
    ['a circle', circle],
    ['JSON', JSON.stringify({ a: secret })],
    ['JSON in JSON', JSON.stringify(JSON.stringify({ a: secret }))],
    ['an address', `http://a/?b=${encodeURIComponent(secret)}`],
    ['base64', Buffer.from(`alice:${secret}`).toString('base64')],
    ['base64url', Buffer.from(JSON.stringify({ secret })).toString('base64url')],
    ['the snapshot of an actor', { getSnapshot: () => ({ context: secret }) }],
  ]
  for (const [name, value] of places) {
    test(`${name} :: is looked at`, () => {
      const planted = { it: name === 'a buffer' ? secret.replace('é', 'e') : secret }
      for (const way of ['look', 'walk'] as const) {
        const search = searchFor(planted)
        search[way]('here', [value])
        assert.equal([...search.found], ['it in here'])
        assert.is(search.looked.get('here'), 1)
        const other = searchFor({ it: plant('elsewhere') })
        other[way]('here', [value])
        assert.equal([...other.found], [])
      }
    })
  }
})
