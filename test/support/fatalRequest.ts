import type { Lies } from '../engine/world/lyingProxy.ts'

/** Which request a client dies at, among those that it sends. */
export type Moment = (method: string, path: string, earlier: readonly string[]) => boolean

export const isPull: Moment = (_, path) => path.startsWith('/plugins/pull')
export const isSet: Moment = (_, path) => path.endsWith('/set')
export const isEnable: Moment = (_, path) => path.includes('/enable?')
export const isRemoval: Moment = (method) => method === 'DELETE'
/** The look at what the pull has installed. */
export const isVerification: Moment = (_, path, earlier) =>
  path.endsWith('/json') && earlier.some((line) => line.startsWith('POST /plugins/pull'))

/**
 * Kills at the first request that is the one: the engine has not seen it, or has answered it and
 * no one hears that.
 */
export function fatalRequest(isIt: Moment, seen: 'unseen' | 'answered', kill: () => void): Lies {
  const earlier: string[] = []
  let over = false
  const dies = (method: string, path: string) => {
    const now = !over && isIt(method, path, earlier)
    earlier.push(`${method} ${path}`)
    if (!now) return false
    over = true
    kill()
    return true
  }
  return seen === 'answered'
    ? { cut: (method, path) => (dies(method, path) ? 'answer' : undefined) }
    : { hold: (method, path) => (dies(method, path) ? new Promise(() => {}) : undefined) }
}
