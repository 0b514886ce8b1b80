import { EngineError } from '../../machines/errors.ts'
import { quoted } from '../../machines/quoted.ts'
import { defaultHost, takesTls } from '../engine/http/dockerHost.ts'
import type { TlsOptions } from '../engine/http/tlsOptions.ts'
import type { Env } from '../process/env.ts'
import { configFolder } from './configFolder.ts'
import { unusable } from './configSource.ts'
import { readContext } from './contextStore.ts'
import { customHeaders } from './customHeaders.ts'
import { type EngineConfig, readEngineConfig } from './engineConfig.ts'
import { readTlsFiles } from './tlsFiles.ts'

/** An engine as somebody names it; whatever is absent is found where Docker's own command finds it. */
export interface EngineNaming {
  host?: string
  context?: string
  tls?: TlsOptions
}

/** What has decided for an engine, in the order in which they are asked. */
export type SelectedBy =
  | 'host'
  | 'context'
  | 'DOCKER_HOST'
  | 'DOCKER_CONTEXT'
  | 'currentContext'
  | 'default'

/** The name of a context, and who has named it. `default` is what the host and the variables say. */
export interface Selection {
  context: string
  by: SelectedBy
}

export interface SelectedEngine extends Selection {
  /** As `parseHost` takes it. */
  host: string
  tls?: TlsOptions
  /** Of Docker's configuration, for every request. */
  headers: Readonly<Record<string, string>>
}

/** The context of the variables: it is in no store. */
export const DEFAULT = 'default'
/** Where Docker's own command looks for an engine with TLS when no host is named. */
const DEFAULT_TLS_HOST = 'tcp://localhost:2376'

/**
 * The engine to use, with Docker's own precedence: host, context, `DOCKER_HOST`, `DOCKER_CONTEXT`,
 * `currentContext` of `config.json`, the default socket.
 *
 * @throws EngineError `invalid-option` when two engines are named, for a context that is not there and
 * for TLS files that are not; `invalid-configuration` for a file of Docker's that cannot be used
 */
export function selectEngine(
  naming: EngineNaming,
  env: Env,
  platform: NodeJS.Platform = process.platform,
): SelectedEngine {
  const config = readEngineConfig(env)
  const selection = selectContext(naming, env, config)
  const found =
    selection.context === DEFAULT
      ? fromEnvironment(naming, env, platform)
      : fromStore(selection, naming, env, config, platform)
  return { ...selection, ...found, headers: customHeaders(env, config) }
}

/** Which context is in force, whether or not it is there. */
export function selectContext(
  { host, context }: EngineNaming,
  env: Env,
  { currentContext }: EngineConfig,
): Selection {
  if (host !== undefined && context !== undefined) {
    throw new EngineError('invalid-option', 'a host and a context name two engines')
  }
  if (context !== undefined) return { context, by: 'context' }
  if (host !== undefined) return { context: DEFAULT, by: 'host' }
  if (env.DOCKER_HOST) return { context: DEFAULT, by: 'DOCKER_HOST' }
  if (env.DOCKER_CONTEXT) return { context: env.DOCKER_CONTEXT, by: 'DOCKER_CONTEXT' }
  if (currentContext) return { context: currentContext, by: 'currentContext' }
  return { context: DEFAULT, by: 'default' }
}

type Found = Pick<SelectedEngine, 'host' | 'tls'>

function fromEnvironment(naming: EngineNaming, env: Env, platform: NodeJS.Platform): Found {
  const named = naming.host ?? (env.DOCKER_HOST || undefined)
  if (naming.tls) return { host: named ?? DEFAULT_TLS_HOST, tls: naming.tls }
  // On a socket, the variables for TLS mean nothing.
  const tls = named === undefined || takesTls(named) ? readTlsFiles({}, env) : undefined
  const host = named ?? (tls ? DEFAULT_TLS_HOST : defaultHost(platform))
  return { host, ...(tls ? { tls } : {}) }
}

function fromStore(
  { context, by }: Selection,
  naming: EngineNaming,
  env: Env,
  config: EngineConfig,
  platform: NodeJS.Platform,
): Found {
  if (naming.tls) {
    throw new EngineError(
      'invalid-option',
      `the Docker context ${quoted(context)} says itself how TLS is spoken: leave the other options for it out`,
    )
  }
  const found = readContext(configFolder(env), context)
  if (!found) throw noContext(context, by, config)
  const host = found.host || defaultHost(platform)
  return { host, ...(found.tls && takesTls(host) ? { tls: found.tls } : {}) }
}

function noContext(context: string, by: SelectedBy, config: EngineConfig): EngineError {
  const what = `no Docker context ${quoted(context, 100)}`
  const next = '"docker context ls" lists those that are there'
  if (by === 'currentContext')
    return unusable(config.name, `has a currentContext that is not there: ${what}; ${next}`)
  const who = by === 'DOCKER_CONTEXT' ? ', which DOCKER_CONTEXT names' : ''
  return new EngineError('invalid-option', `there is ${what}${who}; ${next}`)
}
