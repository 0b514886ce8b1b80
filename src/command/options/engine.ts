import { resolve } from 'node:path'
import type { TlsFlags } from '../../../adapters/docker/contextStore.ts'
import { defined } from '../../../machines/defined.ts'
import { type OptionValues, optionGroup } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'
import { givenOptions } from './values.ts'

/** The options that name the engine, the same for every command that talks to one. */
export const engineOptions = optionGroup('Engine', {
  host: {
    type: 'string',
    short: 'H',
    value: 'HOST',
    help: 'Engine to use: unix:///PATH, tcp://HOST:PORT, ssh://USER@HOST:PORT, http(s)://HOST:PORT/PREFIX or npipe:////./pipe/NAME (default: DOCKER_HOST, else the context in use)',
  },
  context: {
    type: 'string',
    value: 'NAME',
    help: 'Docker context to use (default: DOCKER_CONTEXT, else the one chosen by docker context use)',
  },
  tls: { type: 'boolean', help: 'Use TLS without verifying the engine' },
  tlsverify: { type: 'boolean', help: 'Use TLS, and verify the engine with the CA' },
  tlscacert: {
    type: 'string',
    value: 'FILE',
    completes: 'files',
    help: 'CA of the engine certificate (default: ca.pem in DOCKER_CERT_PATH, else in ~/.docker)',
  },
  tlscert: {
    type: 'string',
    value: 'FILE',
    completes: 'files',
    help: 'Client certificate (default: cert.pem there)',
  },
  tlskey: {
    type: 'string',
    value: 'FILE',
    completes: 'files',
    help: 'Key of the client certificate (default: key.pem there)',
  },
  proxy: {
    type: 'boolean',
    help: 'Use the proxy in HTTP_PROXY or HTTPS_PROXY for tcp, http and https; NO_PROXY applies',
  },
})

/** The same with the simulated engine. */
export const embeddableOptions = optionGroup('Engine', {
  ...engineOptions,
  engine: {
    type: 'string',
    value: 'embedded',
    choices: ['embedded'],
    help: 'Simulated engine inside this command: nothing is downloaded, run or kept',
  },
})

/** The engine that was named; without options it is found as Docker's command finds it. */
export interface EngineSelection {
  host?: string
  context?: string
  /** Absent without any TLS option. Paths of files are absolute. */
  tls?: TlsFlags
  /** Use the proxy that the environment names. */
  proxy?: true
}

type EngineValues = OptionValues<typeof engineOptions>

/** @throws UsageError */
export function readEngineOptions(values: EngineValues): EngineSelection {
  const { host, proxy } = values
  const context = values.context || undefined
  if (host !== undefined && context !== undefined) {
    throw new UsageError('--host and --context cannot be combined')
  }
  const tls = readTlsFlags(values)
  if (context !== undefined && tls) {
    throw new UsageError('a context has its own TLS settings: leave out the --tls options')
  }
  return defined({ host, context, tls, proxy: proxy || undefined })
}

/** @throws UsageError */
export function readEmbeddableOptions(
  values: OptionValues<typeof embeddableOptions>,
): EngineSelection & { embedded: boolean } {
  const { engine } = values
  if (engine === undefined) return { ...readEngineOptions(values), embedded: false }
  if (engine !== 'embedded') {
    throw new UsageError(`--engine must be "embedded", not "${engine}"`)
  }
  const [other] = givenOptions(engineOptions, values)
  if (other) throw new UsageError(`--engine embedded is inside this command: leave out --${other}`)
  return { embedded: true }
}

export function namesEngine({ host, context, tls }: EngineSelection): boolean {
  return host !== undefined || context !== undefined || tls !== undefined
}

function readTlsFlags(values: EngineValues): TlsFlags | undefined {
  // As in Docker's own command, --tlsverify=false asks for TLS without verifying, and --tls=false for nothing.
  const { tlsverify } = values
  const tls = values.tls || tlsverify === false || undefined
  const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(path))
  const flags: TlsFlags = defined({
    tls,
    tlsverify: tlsverify || undefined,
    tlscacert: absolute(values.tlscacert),
    tlscert: absolute(values.tlscert),
    tlskey: absolute(values.tlskey),
  })
  return Object.keys(flags).length > 0 ? flags : undefined
}
