import { EngineError } from '../../machines/errors.ts'
import { quoted } from '../../machines/text.ts'
import { completeHost, defaultHost, takesTls } from '../engine/http/dockerHost.ts'
import type { TlsOptions } from '../engine/http/engineTarget.ts'
import {
  type ConfigSource,
  configFolder,
  readConfigFile,
  textIn,
  unlessUnusable,
  unusable,
  type Warn,
} from './configFile.ts'
import { listContexts, readContext, readTlsFiles } from './contextStore.ts'
import { customHeaders } from './customHeaders.ts'

/** How an engine was named; the rest is found where Docker's own command finds it. */
export interface EngineNaming {
  host?: string
  context?: string
  tls?: TlsOptions
}

/** The source that an engine was chosen by, in the order of precedence. */
export type SelectedBy =
  | 'host'
  | 'context'
  | 'DOCKER_HOST'
  | 'DOCKER_CONTEXT'
  | 'currentContext'
  | 'default'

/** The name of a context, and what named it. `default` stands for the host and the variables. */
export interface Selection {
  context: string
  by: SelectedBy
}

export interface SelectedEngine extends Selection {
  /** As `parseHost` takes it. */
  host: string
  tls?: TlsOptions
  /** From Docker's configuration, for every request. */
  headers: Readonly<Record<string, string>>
}

/** The context that stands for the variables; it is not in the store. */
const DEFAULT = 'default'
/** The address of Docker's own command when TLS is asked for and no host is named. */
const DEFAULT_TLS_HOST = 'tcp://localhost:2376'

/**
 * The engine to use, with Docker's own precedence: host, context, `DOCKER_HOST`, `DOCKER_CONTEXT`,
 * `currentContext` of `config.json`, the default socket.
 *
 * @throws EngineError `invalid-option` when two engines are named, or a context or TLS file does not
 * exist; `invalid-configuration` for a file of Docker's that cannot be used
 */
export function selectEngine(
  naming: EngineNaming,
  env: NodeJS.ProcessEnv,
  warn: Warn,
  platform: NodeJS.Platform = process.platform,
): SelectedEngine {
  const config = readConfigFile(env, warn)
  const selection = selectContext(naming, env, config, warn)
  const found =
    selection.context === DEFAULT
      ? fromEnvironment(naming, env, platform)
      : fromStore(selection, naming, env, config, platform)
  return { ...selection, ...found, headers: customHeaders(env, config, warn) }
}

/** The context in use, whether or not it exists. */
function selectContext(
  { host, context }: EngineNaming,
  env: NodeJS.ProcessEnv,
  { name, fields }: ConfigSource,
  warn: Warn,
): Selection {
  if (host !== undefined && context !== undefined) {
    throw new EngineError('invalid-option', 'a host and a context name two different engines')
  }
  if (context !== undefined) return { context, by: 'context' }
  if (host !== undefined) return { context: DEFAULT, by: 'host' }
  if (env.DOCKER_HOST?.trim()) return { context: DEFAULT, by: 'DOCKER_HOST' }
  if (env.DOCKER_CONTEXT) return { context: env.DOCKER_CONTEXT, by: 'DOCKER_CONTEXT' }
  const currentContext = unlessUnusable(warn, '', () => textIn(fields, 'currentContext', name))
  if (currentContext) return { context: currentContext, by: 'currentContext' }
  return { context: DEFAULT, by: 'default' }
}

type Found = Pick<SelectedEngine, 'host' | 'tls'>

function fromEnvironment(
  naming: EngineNaming,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Found {
  const given = naming.host ?? env.DOCKER_HOST ?? ''
  const named = given.trim() === '' ? undefined : completeHost(given)
  if (naming.tls) return { host: named ?? DEFAULT_TLS_HOST, tls: naming.tls }
  // The variables for TLS do not apply to a socket.
  const tls = named === undefined || takesTls(named) ? readTlsFiles({}, env) : undefined
  const host = named ?? (tls ? DEFAULT_TLS_HOST : defaultHost(platform))
  return { host, ...(tls ? { tls } : {}) }
}

function fromStore(
  { context, by }: Selection,
  naming: EngineNaming,
  env: NodeJS.ProcessEnv,
  config: ConfigSource,
  platform: NodeJS.Platform,
): Found {
  if (naming.tls) {
    throw new EngineError(
      'invalid-option',
      `the Docker context ${quoted(context)} has its own TLS settings: leave out the other TLS options`,
    )
  }
  const found = readContext(configFolder(env), context)
  if (!found) throw noContext(context, by, config)
  const host = found.host || defaultHost(platform)
  return { host, ...(found.tls && takesTls(host) ? { tls: found.tls } : {}) }
}

function noContext(context: string, by: SelectedBy, config: ConfigSource): EngineError {
  const what = `no Docker context ${quoted(context, 100)}`
  const next = '"docker context ls" lists the existing ones'
  if (by === 'currentContext')
    return unusable(config.name, `has a currentContext that does not exist: ${what}; ${next}`)
  const who = by === 'DOCKER_CONTEXT' ? ', which DOCKER_CONTEXT names' : ''
  return new EngineError('invalid-option', `there is ${what}${who}; ${next}`)
}

/** A context by which an engine can be chosen, or the reason why it cannot. */
export interface SelectableContext {
  name: string
  description: string
  /** Empty when there is an error. */
  host: string
  error: string
}

/** Every context, and the one in use, which is listed even if it does not exist. */
export interface Selectable {
  contexts: SelectableContext[]
  inForce: Selection
}

/** Lists the contexts of Docker's configuration and of the variables, in no particular order. */
export function listSelectable(
  env: NodeJS.ProcessEnv,
  warn: Warn,
  platform: NodeJS.Platform = process.platform,
): Selectable {
  const inForce = selectContext({}, env, readConfigFile(env, warn), warn)
  const stored = listContexts(configFolder(env)).map(
    (context): SelectableContext =>
      'error' in context
        ? { ...NONE, ...context }
        : {
            name: context.name,
            description: context.description,
            host: context.host || defaultHost(platform),
            error: '',
          },
  )
  const contexts = [ofEnvironment(env, platform), ...stored]
  if (!contexts.some(({ name }) => name === inForce.context)) {
    contexts.push({ ...NONE, name: inForce.context, error: 'it does not exist' })
  }
  return { contexts, inForce }
}

const NONE = { description: '', host: '', error: '' }

function ofEnvironment(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): SelectableContext {
  const context = { ...NONE, name: DEFAULT, description: 'What DOCKER_HOST says' }
  try {
    return { ...context, host: selectEngine({ context: DEFAULT }, env, () => {}, platform).host }
  } catch (error) {
    return { ...context, error: (error as Error).message }
  }
}
