import * as assert from 'uvu/assert'
import { errorPhrases } from '../../../../adapters/engine/words/errorPhrases.ts'
import { type EngineMessage, explain } from '../../../../adapters/engine/words/explain.ts'
import { sentence } from '../../../../adapters/engine/words/sentences.ts'
import { catalogue } from '../../../../machines/catalogue.ts'
import type { OperationId } from '../../../../machines/engine.ts'
import { processorMs } from '../../../support/processorMs.ts'
import { readRecording, recordedBody, scenarios } from '../../../support/recordingServer.ts'
import { suite } from '../../../support/suite.ts'

const recorded = new Set(
  [
    'privileges',
    'pull',
    'set',
    'enable',
    'disable',
    'inspect',
    'remove',
    'upgrade',
    'version',
  ].flatMap((kind) => scenarios(kind)),
)

/** The words of a recorded failure, in an answer or in the last line of a stream. */
function wordsOf(scenario: string): string {
  const body = recordedBody(readRecording(scenario)).toString('utf8').trim()
  const last = body.split('\r\n').at(-1) ?? ''
  if (!last.startsWith('{')) return last
  const { message, error } = JSON.parse(last) as { message?: string; error?: string }
  return message ?? error ?? ''
}

const about = { subject: 'acme/probe:1.0', host: 'tcp://engine:2375' }

suite('errorPhrases', (test) => {
  for (const [index, phrase] of errorPhrases.entries()) {
    test(`${index} ${phrase.code} ${phrase.words.source.slice(0, 40)}`, () => {
      assert.ok(phrase.code in catalogue)
      assert.ok(phrase.seen.length > 0)
      for (const scenario of phrase.seen.filter((each) => recorded.has(each))) {
        assert.match(wordsOf(scenario), phrase.words)
      }
      // A name that looks like a recording must be one.
      for (const seen of phrase.seen.filter((each) => /^[a-z]+\.[a-z0-9-]+$/.test(each))) {
        assert.ok(recorded.has(seen), `${seen} is no recording`)
      }
    })
  }

  test('no pattern keeps a place between calls', () => {
    for (const { words } of errorPhrases) assert.not.match(words.flags, /[gy]/)
  })

  test('words made to be slow :: are not', () => {
    const traps = [
      '/blobs/',
      'plugin ',
      'mounting ',
      'dial unix ',
      'error applying layer ',
      '"https:',
      'Encountered remote ',
      'repository ',
      'manifest for ',
    ]
    const took = processorMs(() => {
      for (const trap of traps) {
        const words = trap.repeat(8_192 / trap.length)
        for (const operation of ['pluginPull', 'pluginUpgrade', 'pluginEnable'] as const) {
          explain({ operation, ...about }, { words, inStream: true })
        }
      }
    })
    assert.ok(took < 2_000, `${took} ms`)
  })
})

suite('explain :: transient', (test) => {
  const isTransient = (operation: OperationId, message: EngineMessage) =>
    explain({ operation, ...about }, message).details.transient
  const operation = 'distributionInspect'
  const rows: [words: string, passes: boolean][] = [
    [wordsOf('pull.unreachable'), true],
    ['Get "https://r.example/v2/": EOF', true],
    ['Get "https://r.example/v2/": net/http: TLS handshake timeout', true],
    ['Get "https://r.example/v2/": read: connection reset by peer', true],
    ['context deadline exceeded', true],
    // Engine 20.10.24 says this after 25 s of a registry that takes the connection and is silent.
    [
      'Get "http://127.0.0.1:5055/v2/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      true,
    ],
    ['received unexpected HTTP status: 503 Service Unavailable', true],
    ['dial tcp: lookup r.example on 127.0.0.53:53: server misbehaving', true],
    [wordsOf('pull.unresolvable'), false],
    ['Get "https://r.example/v2/": x509: certificate signed by unknown authority', false],
    ['Get "https://r.example/v2/": tls: handshake failure', false],
    ['Get "https://r.example/v2/": dial tcp 192.0.2.1:443: connect: no route to host', false],
    ['toomanyrequests: You have reached your pull rate limit.', false],
    ['http: server gave HTTP response to HTTPS client', false],
    ['401 Unauthorized', false],
    ['manifest unknown', false],
    ['the moon is full', false],
  ]
  for (const [words, passes] of rows) {
    test(`${words} :: ${passes ? 'passes by itself' : 'stays'}`, () => {
      assert.is(isTransient(operation, { words, status: 500 }), passes ? true : undefined)
    })
  }

  test('other calls, no words', () => {
    const words = '503 Service Unavailable'
    assert.is(isTransient('pluginEnable', { words, status: 500 }), undefined)
    assert.is(isTransient(operation, { words: '', status: 500 }), undefined)
  })
})

suite('sentence', (test) => {
  test('a part that was not found stands as in the template', () => {
    const context = { ...about, operation: 'pluginEnable' } as const
    const line = sentence('{subject} at {path} and {other}', context, '', { path: '/a' })
    assert.is(line, 'acme/probe:1.0 at /a and {other}')
  })
})
