import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import { EngineError, type EngineErrorDetails } from '../../../machines/errors.ts'
import { oneLine } from '../../../machines/oneLine.ts'
import { findPhrase } from './findPhrase.ts'
import type { Concern, Operation } from './operation.ts'

/** `{subject}`, `{name}` and `{host}` are filled in; a sentence that ends in `: ` wants the engine's words. */
const SENTENCES = {
  'engine-protocol': 'what answers at {host} is no Docker Engine: ',
  'engine-access-denied': 'the engine does not let this user do {operation} of {subject}: ',
  'engine-unsupported': 'the engine at {host} cannot do {operation}: ',
  'engine-failed': 'the engine failed at {operation} of {subject}: ',
  'invalid-reference': 'the engine does not take {subject} as a name: ',
  'invalid-setting': 'the engine cannot read a setting of {subject}: ',
  'invalid-option': 'the engine does not take an option of {operation} of {subject}: ',
  unauthorized: 'the registry wants credentials, or other ones, for {subject}',
  'not-found': 'the registry has no {subject}',
  'registry-unreachable': 'the engine cannot reach the registry of {subject}: ',
  'not-a-plugin': '{subject} is no plugin that the engine can use: ',
  'already-exists': 'a plugin named {name} is on the engine already',
  'privileges-changed': '{subject} asks for other privileges than were granted',
  'corrupt-layer': 'the content of {subject} at the registry is damaged: ',
  'incomplete-layer': 'a layer of {subject} ended too early: ',
  'pull-failed': 'the engine could not pull {subject}: ',
  'disk-full': 'the engine has no room left on its disk for {subject}: ',
  'unknown-setting': '{subject} has no such setting: ',
  'setting-not-settable': '{subject} does not let a setting be changed: ',
  'set-failed': 'the engine did not take the settings of {subject}: ',
  'mount-source-missing': 'a host directory that {subject} mounts is not there: ',
  'plugin-did-not-listen': '{subject} was started but never opened its socket',
  'enable-failed': 'the engine could not start {subject}: ',
} as const satisfies Partial<Record<InstallErrorCode, string>>

/** The codes that words of an engine can have. */
export type SpokenCode = keyof typeof SENTENCES

/** Characters; also bounds what the patterns are matched against. */
const MAX_WORDS = 8_192

const FALLBACKS: Partial<Record<Operation, SpokenCode>> = {
  pluginPull: 'pull-failed',
  pluginSet: 'set-failed',
  pluginEnable: 'enable-failed',
}

/** How an engine said it. */
export interface Utterance {
  /** Its own words, where it had any. */
  words: string
  status?: number
  inStream?: true
}

/** Turns an engine's words about a failure into the one error that a port rejects with. */
export function explain(concern: Concern, said: Utterance): EngineError {
  const { operation } = concern
  const { status, inStream } = said
  const words = said.words.slice(0, MAX_WORDS)
  const phrase = findPhrase(words, {
    operation,
    inStream: inStream === true,
    ...(status === undefined ? {} : { status }),
  })
  const code = phrase?.code ?? FALLBACKS[operation] ?? 'engine-failed'
  const details: EngineErrorDetails = {
    operation,
    ...(status === undefined ? {} : { status }),
    ...(words === '' ? {} : { engineMessage: words }),
    ...(inStream === undefined ? {} : { inStream }),
  }
  const line =
    oneLine(words) ||
    (status === undefined ? 'it gave no words' : `it answered with status ${status} and no words`)
  return new EngineError(code, sentence(phrase?.says ?? SENTENCES[code], concern, line), details)
}

/** One line that names what was concerned; a template that ends in `: ` gets the words as well. */
export function sentence(template: string, concern: Concern, words = ''): string {
  const { operation, subject, host, localName = subject } = concern
  const parts = { operation, subject, host, name: localName }
  const line = template.replace(
    /\{(operation|subject|host|name)\}/g,
    (_, part: keyof typeof parts) => oneLine(parts[part]),
  )
  return line.endsWith(': ') ? `${line}${words}` : line
}
