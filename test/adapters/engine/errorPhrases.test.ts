import * as assert from 'uvu/assert'
import { errorPhrases } from '../../../adapters/engine/errorPhrases.ts'
import { findPhrase, isAmbiguous } from '../../../adapters/engine/findPhrase.ts'
import { catalogue } from '../../../machines/errors.ts'
import { readRecording, recordedBody, scenarios } from '../../support/recordingServer.ts'
import { suite } from '../../support/suite.ts'

const recorded = new Set(
  ['privileges', 'pull', 'set', 'enable', 'disable', 'inspect', 'remove', 'version'].flatMap(
    scenarios,
  ),
)

/** The words of a recorded failure, in an answer or in the last line of a stream. */
function wordsOf(scenario: string): string {
  const body = recordedBody(readRecording(scenario)).toString('utf8').trim()
  const last = body.split('\r\n').at(-1) ?? ''
  if (!last.startsWith('{')) return last
  const { message, error } = JSON.parse(last) as { message?: string; error?: string }
  return message ?? error ?? ''
}

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
    const started = performance.now()
    for (const trap of traps) {
      const words = trap.repeat(8_192 / trap.length)
      for (const operation of ['pluginPull', 'pluginEnable'] as const) {
        findPhrase(words, { operation, inStream: true })
      }
    }
    assert.ok(performance.now() - started < 2_000, `${performance.now() - started} ms`)
  })
})

suite('isAmbiguous', (test) => {
  const engineMessage =
    'Head "https://r/v2/a/manifests/1": http: server gave HTTP response to HTTPS client'

  test('a pull, a lookup', () => {
    for (const operation of ['pluginPull', 'getPluginPrivileges', 'distributionInspect']) {
      assert.is(isAmbiguous({ operation, status: 500, engineMessage }), true)
    }
  })

  test('clear words', () => {
    assert.is(
      isAmbiguous({ operation: 'pluginPull', status: 500, engineMessage: '401 Unauthorized' }),
      false,
    )
  })

  test('other calls, no call, no words', () => {
    assert.is(isAmbiguous({ operation: 'pluginEnable', status: 500, engineMessage }), false)
    assert.is(isAmbiguous({ operation: 'toString', engineMessage }), false)
    assert.is(isAmbiguous({ engineMessage }), false)
    assert.is(isAmbiguous({ operation: 'pluginPull' }), false)
    assert.is(isAmbiguous({}), false)
  })
})
