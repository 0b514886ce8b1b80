import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import type { InstallErrorCode } from '../../machines/catalogue.ts'
import { type EngineError, isEngineError } from '../../machines/errors.ts'

/** A secret that is sent with a request and must not be found in anything that comes of it. */
export const PLANTED = 'planted-Secret-9f8e7d'

/** The value of `X-Registry-Auth` that carries it. */
export const PLANTED_HEADER = Buffer.from(
  JSON.stringify({ username: 'alice', password: PLANTED, serveraddress: 'registry.example' }),
).toString('base64url')

/** Fails unless the call is refused with this code, in one line, and tells no secret. */
export async function refusedWith(
  code: InstallErrorCode,
  call: () => Promise<unknown>,
  words?: RegExp,
): Promise<EngineError> {
  const outcome = await call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  assert.ok('error' in outcome, `expected ${code}, but the call gave ${inspect(outcome)}`)
  const { error } = outcome
  assert.ok(isEngineError(error), `expected an EngineError, but it was ${inspect(error)}`)
  assert.is(error.code, code, error.message)
  assert.match(error.message, /^[^\p{Cc}\u2028\u2029]{1,900}$/u, 'the message is not one line')
  if (words) assert.match(error.message, words)
  assertTellsNothing(error)
  return error
}

/** Looks for the planted secret in everything that printing or serialising a value shows. */
export function assertTellsNothing(value: unknown): void {
  const shown = inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true })
  const serialised = JSON.stringify(value) ?? ''
  const stack = value instanceof Error ? (value.stack ?? '') : ''
  for (const text of [shown, serialised, stack]) {
    for (const secret of [
      PLANTED,
      PLANTED_HEADER,
      Buffer.from(`alice:${PLANTED}`).toString('base64'),
    ]) {
      assert.not.ok(text.includes(secret), 'a secret shows')
    }
  }
}
