import type { ConsentRequest } from '../../machines/consent.ts'
import type { CredentialsRequest } from '../../machines/engine.ts'
import type { Queued } from '../../machines/gate.ts'
import type { Progress } from '../../machines/progress.ts'
import type { Retry } from '../../machines/retry.ts'
import { Observed } from './observed.ts'
import type { Ignored } from './types.ts'

export interface Values<Request> {
  progress: Progress
  retry: Retry
  queued: Queued
  ignored: Ignored
  consent: Request
  credentials: CredentialsRequest
}

export const NAMES = ['progress', 'retry', 'queued', 'ignored', 'consent', 'credentials'] as const

/** The observables of a flow besides its transitions. Thousands of flows wait at once, and most show nothing of it. */
export type Shown<Request> = { [Name in keyof Values<Request>]?: Observed<Values<Request>[Name]> }

export function observed<Request, Name extends keyof Values<Request>>(
  shown: Shown<Request>,
  name: Name,
): Observed<Values<Request>[Name]> {
  const known =
    shown[name] ?? new Observed<Values<Request>[Name]>(name !== 'retry' && name !== 'ignored')
  shown[name] = known as Shown<Request>[Name]
  return known
}

/** Shows what is there for a while; `undefined`: it is gone, or was never there. */
export function show<Name extends keyof Values<never>>(
  shown: Shown<ConsentRequest>,
  name: Name,
  value: Values<ConsentRequest>[Name] | undefined,
): void {
  if (value === undefined) shown[name]?.show(value)
  else observed(shown, name).show(value)
}
