import { EngineError } from '../../../machines/errors.ts'
import { type Operation, plainName } from './operation.ts'

/**
 * `POST /plugins/{name}/enable`: answered once the plugin has opened its socket, or the engine has
 * given up waiting for it, which takes 12.6 s whatever `timeout` says (recordings `enable.slow-*`).
 * Aborting does not stop the engine: the plugin may end enabled.
 */
export const pluginEnable: Operation<'pluginEnable'> = {
  kind: 'change',
  method: 'POST',
  path: ({ name, timeout }) =>
    `/plugins/${plainName(name)}/enable?timeout=${seconds(name, timeout)}`,
  subject: ({ name }) => name,
  answerWithin: ({ enable }, { timeout }) => enable + timeout * 1_000,
}

/** An engine answers 500 to anything but digits (recordings `enable.float-timeout`, `enable.no-timeout`). */
function seconds(name: string, timeout: number): number {
  if (Number.isSafeInteger(timeout) && timeout >= 0) return timeout
  throw new EngineError(
    'invalid-option',
    `the timeout to enable ${name} is ${String(timeout)}: it must be whole seconds, 0 or more`,
  )
}
