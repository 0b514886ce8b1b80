import { EngineError } from '../../../machines/errors.ts'
import type { EngineClient } from '../http/connectEngine.ts'
import { MAX_TIMEOUT } from '../http/timeouts.ts'
import { assertPlainName } from './plainName.ts'
import type { NameInput } from './pluginInspect.ts'

export interface PluginEnableInput extends NameInput {
  /** Whole seconds; 0 leaves it to the engine. */
  timeout: number
}

/**
 * `POST /plugins/{name}/enable`: answered once the plugin has opened its socket, or the engine has
 * given up waiting for it, which takes 12.6 s whatever `timeout` says (recordings `enable.slow-*`).
 * Aborting does not stop the engine: the plugin may end enabled.
 */
export async function pluginEnable(
  client: EngineClient,
  { name, timeout }: PluginEnableInput,
  signal: AbortSignal,
): Promise<void> {
  const operation = 'pluginEnable'
  assertPlainName(name, operation)
  // An engine answers 500 to anything but digits (recordings `enable.float-timeout`, `enable.no-timeout`).
  if (!Number.isSafeInteger(timeout) || timeout < 0) {
    throw new EngineError(
      'invalid-option',
      `the timeout to enable ${name} is ${String(timeout)}: it must be whole seconds, 0 or more`,
      { operation },
    )
  }
  const path = `/plugins/${name}/enable?timeout=${timeout}`
  const answerWithin = Math.min(client.timeouts.enable + timeout * 1_000, MAX_TIMEOUT)
  const answer = await client.send(
    { operation, subject: name, method: 'POST', path, answerWithin },
    signal,
  )
  await answer.nothing()
}
