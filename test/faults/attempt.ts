import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { InstallErrorCode } from '../../machines/catalogue.ts'
import type { ConsentRequest } from '../../machines/consent.ts'
import type { RollbackReport } from '../../machines/plugin-install/types.ts'
import { connect } from '../../src/flow/connect.ts'
import { isInstallError } from '../../src/flow/errors.ts'
import { installPlugin } from '../../src/flow/install.ts'
import type { PolicyOptions } from '../../src/flow/retry/policy.ts'
import type { InstallOptions } from '../../src/flow/types.ts'
import { startRecordedEngine, type WireFault } from './recordedEngine.ts'
import { REFERENCE, SETTINGS } from './recordedInstall.ts'

/** How a flow ended, and what the engine holds then. */
export interface End {
  /** `no end`: not within `LIMIT_MS`. `thrown`: with an error that is no `InstallError`. */
  code: InstallErrorCode | 'done' | 'no end' | 'thrown'
  /** In which state it failed. */
  state?: string
  message: string
  rollback?: RollbackReport
  engine: 'nothing' | 'disabled' | 'disabled set' | 'enabled' | 'enabled set'
  /** Whether the engine was asked to enable it, ever. */
  enableWasAsked: boolean
  /** The request that was agreed to, where there was one. */
  consent?: ConsentRequest
  ms: number
}

export interface Attempt {
  story: 'succeeds' | 'fails'
  faults: readonly WireFault[]
  /** How long the flow waits for an answer, in milliseconds. */
  patience?: number
  options?: Partial<InstallOptions>
}

/** No flow takes longer, with the timeouts and the retries that it has here. */
export const LIMIT_MS = 50_000

/** Answers that come are here long before. */
const PATIENCE_MS = 15_000

/** Each call once, so that its own end shows; and the rollback's attempts close to each other. */
const once: PolicyOptions = {
  retry: { attempts: 1 },
  rollback: { attempts: 4, baseMs: 50, jitter: 0 },
}

/** Where there is no file of Docker's. */
const env = { DOCKER_CONFIG: join(import.meta.dirname, 'no', 'such', 'folder') }

/** Runs one whole flow against the recorded engine. */
export async function attempt({ story, faults, patience, options }: Attempt): Promise<End> {
  const server = await startRecordedEngine(story, faults)
  const within = patience ?? PATIENCE_MS
  const timeouts = { answer: within, enable: within, pull: within, idle: within }
  const connected = connect({ host: server.host, env, timeouts })
  try {
    const engine = { ...connected, configured: async () => undefined }
    const began = performance.now()
    const end = await endOf(engine, options)
    const ms = performance.now() - began
    await server.settled()
    const enableWasAsked = server.requests.some((line) => /\/enable\?/.test(line))
    return { ...end, ms, enableWasAsked, engine: shown(server.plugin()) }
  } finally {
    connected.close()
    await server.close()
  }
}

async function endOf(
  engine: Parameters<typeof installPlugin>[0],
  options: Partial<InstallOptions> = {},
): Promise<Omit<End, 'engine' | 'enableWasAsked' | 'ms'>> {
  let consent: ConsentRequest | undefined
  const flow = installPlugin(engine, {
    reference: REFERENCE,
    settings: SETTINGS,
    policy: once,
    credentials: () => undefined,
    consent: (request) => {
      consent = request
      return true
    },
    ...options,
  })
  const ended = flow.result.then(
    () => ({ code: 'done', message: '' }) as const,
    (error: unknown) => {
      if (!isInstallError(error)) return { code: 'thrown', message: String(error) } as const
      const { code, state, message, rollback } = error
      return { code, state, message, rollback }
    },
  )
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<{ code: 'no end'; message: string }>((resolve) => {
    const late = () => resolve({ code: 'no end', message: `in ${flow.snapshot().state}` })
    timer = setTimeout(late, LIMIT_MS)
  })
  const end = await Promise.race([ended, limit])
  clearTimeout(timer)
  return { ...end, ...(consent && { consent }) }
}

function shown(plugin: { enabled: boolean; set: boolean } | undefined): End['engine'] {
  if (!plugin) return 'nothing'
  if (plugin.enabled) return plugin.set ? 'enabled set' : 'enabled'
  return plugin.set ? 'disabled set' : 'disabled'
}
