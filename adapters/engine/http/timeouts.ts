import { EngineError } from '../../../machines/errors.ts'

/** Every bound is in milliseconds. */
export interface Timeouts {
  /** Until the engine has taken the connection. Default 10 000. */
  connect: number
  /** Until the engine has begun to answer, and again until a short answer is whole. Default 120 000. */
  answer: number
  /**
   * In place of `answer`, where that is longer, for what the engine answers by itself: `systemPing`,
   * `systemVersion`, `pluginInspect` and `pluginList`. Default 20 000, through SSH 40 000.
   */
  inspect: number
  /**
   * In place of `answer` for `pluginEnable`, which the engine answers when the plugin has opened its
   * socket; the `timeout` of the call comes on top. Default 300 000.
   */
  enable: number
  /**
   * In place of `answer` for `pluginPull` and `pluginUpgrade`. An engine that has just removed a plugin, for whomever, lets
   * no new pull begin before those that run have ended, and says nothing meanwhile. Default 3 600 000.
   */
  pull: number
  /** Longest time in which the stream of a pull or an upgrade tells nothing new. Default 300 000. */
  idle: number
}

const DEFAULTS: Timeouts = {
  connect: 10_000,
  answer: 120_000,
  inspect: 20_000,
  enable: 300_000,
  pull: 3_600_000,
  idle: 300_000,
}

/** A Node.js timer of more fires at once. */
export const MAX_TIMEOUT = 2 ** 31 - 1

/** @throws EngineError `invalid-option` for a bound that no timer can keep */
export function completeTimeouts(given: Partial<Timeouts> = {}): Timeouts {
  const timeouts = { ...DEFAULTS }
  for (const name of Object.keys(DEFAULTS) as (keyof Timeouts)[]) {
    const value = given[name]
    if (value === undefined) continue
    if (!(Number.isFinite(value) && value > 0 && value <= MAX_TIMEOUT)) {
      throw new EngineError(
        'invalid-option',
        `timeouts.${name} is ${String(value)}: it must be milliseconds, more than 0 and at most ${MAX_TIMEOUT}`,
      )
    }
    timeouts[name] = value
  }
  return timeouts
}
