import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import type { OperationId } from '../../../machines/engine.ts'
import { oneLine } from '../../../machines/text.ts'

/** The facts of a call that a message for a person needs. */
export interface CallContext {
  operation: OperationId
  /** The reference or the plugin; of a call about the engine itself, its host. */
  subject: string
  /** The plugin's name on the engine, where `subject` is a reference at a registry. */
  localName?: string
  host: string
  /** Credentials went along. */
  hasCredentials?: boolean
}

/** `{subject}`, `{name}`, `{host}` and more are filled in; a sentence that ends in `: ` wants the engine's words. */
export const SENTENCES = {
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
  'plugin-gone': 'the files of {name} are gone from the engine: ',
  'plugin-enabled': '{name} is enabled, and the engine upgrades only a disabled plugin: ',
  'in-use': '{name} is in use: ',
  'engine-leftover': 'an earlier upgrade of {name} that was cut short is in the way: ',
  'upgrade-failed': 'the engine could not upgrade {name} to {subject}: ',
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

/** The operations whose answer is the stream of a pull. */
export const PULLS: readonly OperationId[] = ['pluginPull', 'pluginUpgrade']

/** The codes that words of an engine can have. */
export type SpokenCode = keyof typeof SENTENCES

/** The meaning of some words of an engine. Absent conditions hold always. */
export interface ErrorPhrase {
  code: SpokenCode
  words: RegExp
  operations?: readonly OperationId[]
  statuses?: readonly number[]
  /** `true`: only as the last line of a stream; `false`: only as an answer with a status. */
  inStream?: boolean
  /** It passes by itself, and often soon, without a change by anybody. */
  transient?: true
  /** They are those of an attempt over http, and hide what the registry said over https. */
  masked?: true
  /** The words say that the plugin is enabled already, or that the engine is starting it. */
  alreadyEnabled?: 'done' | 'starting'
  /** `true`: only where credentials went along; `false`: only where none did. */
  withCredentials?: boolean
  /** In place of the sentence that the code has. A named group of `words` is filled in as well. */
  says?: string
  /** In place of the next step that the code has, filled in likewise. */
  next?: string
  /** Recordings that show it, or where else it was read. */
  seen: readonly [string, ...string[]]
}

/** Phrases of the answers to these operations alone. */
export function during(
  operations: readonly OperationId[],
  phrases: readonly Omit<ErrorPhrase, 'operations'>[],
): ErrorPhrase[] {
  return phrases.map((phrase) => ({ ...phrase, operations }))
}

/** The names that people have for the operations that a policy of an engine may forbid. */
const DEEDS: Readonly<Record<OperationId, string>> = {
  containerList: 'list the containers of',
  distributionInspect: 'look up',
  getPluginPrivileges: 'look up',
  networkList: 'list the networks of',
  nodeList: 'list the nodes of',
  pluginDelete: 'remove',
  pluginDisable: 'disable',
  pluginEnable: 'enable',
  pluginInspect: 'look at',
  pluginList: 'list the plugins of',
  pluginPull: 'install',
  pluginSet: 'change the settings of',
  pluginUpgrade: 'upgrade a plugin to',
  systemAuth: 'log in for',
  systemEvents: 'ask for the events of',
  systemInfo: 'ask for the ID of',
  systemPing: 'ask for the version of',
  systemVersion: 'ask for the version of',
  volumeList: 'list the volumes of',
}

/**
 * One line that names what was concerned; a template that ends in `: ` gets the words as well.
 *
 * @param found in the words, by name; what was not found stands there as it does in the template
 */
export function sentence(
  template: string,
  context: CallContext,
  words = '',
  found: Readonly<Record<string, string | undefined>> = {},
): string {
  const { operation, subject, host, localName = subject } = context
  const parts: Record<string, string | undefined> = {
    ...found,
    operation,
    deed: DEEDS[operation],
    subject,
    host,
    name: localName,
    registry: registryOf(subject),
  }
  const line = template.replace(/\{(\w+)\}/g, (whole, part: string) =>
    oneLine(parts[part] ?? whole),
  )
  return line.endsWith(': ') ? `${line}${words}` : line
}

/** As Docker reads it: what is before the first slash, where it cannot be a part of a name. */
function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io'
}
