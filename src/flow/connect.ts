import type { DockerWarning, Warn } from '../../adapters/docker/configFile.ts'
import { selectEngine } from '../../adapters/docker/selectEngine.ts'
import {
  type EngineTarget,
  engineTarget,
  type TlsOptions,
} from '../../adapters/engine/http/engineTarget.ts'
import type { Timeouts } from '../../adapters/engine/http/timeouts.ts'
import type { HttpEngine } from '../../adapters/engine/httpEngine.ts'
import { defined } from '../../machines/defined.ts'
import type { CallOptions, InputOf, OperationId } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import { ADDRESS } from './engineKey.ts'
import { sizeLimits } from './limits.ts'
import { loadOnce } from './loadOnce.ts'
import type { Engine } from './types.ts'

const engines = loadOnce(() => import('../../adapters/engine/httpEngine.ts'))
const dockerConfig = loadOnce(() => import('../../adapters/docker/dockerConfig.ts'))

export interface ConnectOptions {
  /**
   * `unix:///path`, `tcp://host:port`, `http://host:port/prefix`, `https://host:port/prefix`,
   * `ssh://user@host:port` or, on Windows, `npipe:////./pipe/name`. Default: as Docker's own command finds
   * it, by `DOCKER_HOST`, `DOCKER_CONTEXT`, the context in use, and the default socket.
   */
  host?: string
  /** Name of a Docker context, in place of `host`. */
  context?: string
  /** TLS on `tcp://`, and how it is spoken on `https://`. Default: as Docker's variables ask for it. */
  tls?: TlsOptions
  /** Sent with every request, besides those of Docker's configuration. They appear in nothing that is shown. */
  headers?: Readonly<Record<string, string>>
  /**
   * An engine on `tcp://`, `http://` or `https://` is reached through the proxy that `HTTP_PROXY`, or with
   * TLS `HTTPS_PROXY`, of `env` names, by a tunnel (`CONNECT`), unless `NO_PROXY` excepts it or it is on
   * this host. Every other way to an engine is as it is without: a context may lead anywhere. Default
   * `false`: no proxy of the environment is used.
   */
  proxy?: boolean
  /** Where variables are read, and what `ssh` and credential helpers run in. Default `process.env`. */
  env?: NodeJS.ProcessEnv
  timeouts?: Partial<Timeouts>
  /**
   * Called with each part of Docker's configuration that cannot be used and is passed over, once: an
   * unreadable `config.json`, a credential helper that fails. Default: nothing is reported.
   */
  onWarning?: (warning: DockerWarning) => void
}

/** An engine that `connect()` made. */
export interface ConnectedEngine extends Engine {
  readonly host: string
  /** The Docker context that it is of, where it is of one. */
  readonly context?: string
  /** Releases the sockets. Flows that still run on it fail. */
  close(): void
}

/**
 * Names the engine that plugins are installed on. Nothing is sent before a flow starts; credentials
 * come from Docker's own configuration and the credential helpers that it names.
 *
 * @throws EngineError `invalid-option` when the host is not an address of an engine, the context is not
 * there, or an option cannot be used; `invalid-configuration` for a file of Docker's that cannot be
 */
export function connect(options: ConnectOptions = {}): ConnectedEngine {
  const env = options.env ?? process.env
  sizeLimits()
  const warn = onceEach(options.onWarning)
  const { context, host, tls, headers } = selectEngine(options, env, warn)
  const isDefault = context === 'default'
  const target = engineTarget({
    host,
    env,
    ...(isDefault ? {} : { name: (address) => `${address} (context ${context})` }),
    headers: withHeaders(headers, options.headers),
    ...defined({ tls, proxy: options.proxy, timeouts: options.timeouts }),
  })
  const { opened, close } = openLater(target)
  const { host: address } = target.address
  const connected = {
    host: address,
    [ADDRESS]: address,
    ...(isDefault ? {} : { context }),
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, callOptions: CallOptions) {
      return (await opened()).call(id, input, callOptions)
    },
    async configured(registry: string, signal: AbortSignal) {
      const { readDockerConfig } = await dockerConfig()
      return readDockerConfig(env, registry, signal, { warn })
    },
    close,
  }
  return connected
}

/**
 * An engine, opened with its first call: to load what speaks with one takes longer than all the rest,
 * and many a host that is about to call none connects.
 */
function openLater(target: EngineTarget) {
  let engine: Promise<HttpEngine> | undefined
  let closes = 0
  return {
    async opened(): Promise<HttpEngine> {
      const before = closes
      engine ??= engines().then(({ httpEngine }) => httpEngine(target))
      const opened = await engine
      // There was no socket yet whose end would have told the call.
      if (closes > before) throw closed(target.host)
      return opened
    },
    close() {
      closes++
      void engine?.then(
        (opened) => opened.close(),
        () => {},
      )
    },
  }
}

function closed(host: string): EngineError {
  return new EngineError('engine-unreachable', `the connection to ${host} was closed`)
}

/** A flow reads the configuration more than once. */
function onceEach(warn: Warn = () => {}): Warn {
  const seen = new Set<string>()
  return (warning) => {
    if (!seen.has(warning.message)) warn(warning)
    seen.add(warning.message)
  }
}

type Headers = Readonly<Record<string, string>>

/** Names are the same in whatever case. */
function withHeaders(configured: Headers, given: Headers = {}): Headers {
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()))
  const kept = Object.entries(configured).filter(([name]) => !names.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...given }
}
