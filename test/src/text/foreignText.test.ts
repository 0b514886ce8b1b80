import * as assert from 'uvu/assert'
import { helperWords } from '../../../adapters/docker/askHelper.ts'
import { operations } from '../../../adapters/engine/api/operations.ts'
import { parseHost } from '../../../adapters/engine/http/dockerHost.ts'
import { explain } from '../../../adapters/engine/words/explain.ts'
import type { OperationId } from '../../../machines/engine.ts'
import { parseReference } from '../../../machines/reference.ts'
import { parseSetting } from '../../../machines/settings.ts'
import { oneLine, quoted } from '../../../machines/text.ts'
import { compareNaturally } from '../../../src/command/listing.ts'
import { fitText } from '../../../src/command/views/terminal.ts'
import { explainRequest } from '../../../src/privileges/explainPrivilege.ts'
import { asWord, asWords, clip, inOrder, visible, visibleJson } from '../../../src/text/visible.ts'
import { processorMs } from '../../support/processorMs.ts'
import { suite } from '../../support/suite.ts'

const LENGTH = 50_000
/** Far more than time in proportion to the length takes, and less than any that grows with its square. */
const MOST_MS = 750

/** Words of patterns, over and over: a pattern that tries each beginning up to the end takes the square. */
const REPEATED = [
  ...['a', 'A', ' ', '\n', '-', '/', ':', '=', '@', '[', '"', '\\', '?', '1', '\u05d0', '\u0301'],
  ...['a-', 'a__', 'a.', 'a/', 'a1', 'a:', '//', '{{', '\u{1f469}\u200d', '/blobs/', 'dial unix '],
  ...['mounting ', 'plugin ', 'manifest for ', 'repository ', '"https:', 'setting ', 'Path '],
  ...['error applying layer ', 'Encountered remote ', 'connect to host ', 'client version '],
  ...['"secret":"', 'could not fetch content descriptor '],
]
const hostile = REPEATED.flatMap((words) => {
  const text = words.repeat(LENGTH / words.length)
  return [text, `${text}x`, `a@${text}`, `plugin ${text}`]
})

const readers: readonly (readonly [name: string, read: (text: string) => unknown])[] = [
  ['oneLine', oneLine],
  ['quoted', quoted],
  ['visible', visible],
  ['inOrder', inOrder],
  ['visibleJson', (text) => visibleJson(text)],
  ['clip', (text) => clip(text, 40)],
  ['asWord', asWord],
  ['asWords', asWords],
  ['fitText', (text) => fitText(text, 80, '…')],
  ['compareNaturally', (text) => compareNaturally(text, `${text}x`)],
  ['parseReference', parseReference],
  ['parseSetting', parseSetting],
  ['helperWords', (text) => helperWords(text, text, {})],
  ['explainRequest', (text) => explainRequest([asked('mount', text), asked(text, text)], [])],
  ...['unix', 'tcp', 'ssh', 'npipe'].map(
    (scheme) =>
      [`parseHost ${scheme}`, (text: string) => parseHost(`${scheme}://${text}`)] as const,
  ),
  ...(Object.keys(operations) as OperationId[]).map(
    (operation) => [`explain ${operation}`, (text: string) => explainAs(operation, text)] as const,
  ),
]

suite('text from outside', (test) => {
  for (const [name, read] of readers) {
    test(`${name} :: takes time in proportion to it, whatever it is`, () => {
      for (const text of hostile) {
        const ms = processorMs(() => {
          try {
            read(text)
          } catch {
            // A refusal is an answer too.
          }
        })
        assert.ok(ms < MOST_MS, `${JSON.stringify(text.slice(0, 40))}: ${ms} ms`)
      }
    })
  }
})

function asked(Name: string, value: string) {
  return { Name, Description: value, Value: [value] }
}

function explainAs(operation: OperationId, words: string): void {
  for (const how of [{ status: 500 }, { status: 404 }, { inStream: true }] as const) {
    explain({ operation, subject: words, host: words }, { words, ...how })
  }
}
