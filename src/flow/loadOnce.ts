import { EngineError } from '../../machines/errors.ts'

/**
 * Loads a part of this package with its first use, and once: each `import()` of a part that is there takes longer than a
 * whole state of a flow. A part that could not be loaded is tried again.
 */
export function loadOnce<Part>(load: () => Promise<Part>): () => Promise<Part> {
  let loading: Promise<Part> | undefined
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined
      return notLoaded(error)
    })
    return loading
  }
}

function notLoaded(error: unknown): never {
  const { code, name } = error as { code?: unknown; name?: unknown }
  throw new EngineError(
    'host-failed',
    `a part of docker-plugin-flow could not be loaded (${String(code ?? name)}): was it replaced while this process ran?`,
  )
}
