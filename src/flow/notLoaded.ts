import { EngineError } from '../../machines/errors.ts'

/** What a call rejects with whose part of this package is not to be had. */
export function notLoaded(error: unknown): never {
  const { code, name } = error as { code?: unknown; name?: unknown }
  throw new EngineError(
    'host-failed',
    `a part of docker-plugin-flow could not be loaded (${String(code ?? name)}): was it replaced while this process ran?`,
  )
}
