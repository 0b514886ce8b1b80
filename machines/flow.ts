import { fromPromise } from 'xstate'
import type { CredentialsRequest } from './engine.ts'
import type { Queued } from './gate.ts'
import type { Progress } from './progress.ts'
import type { Retry } from './retry.ts'

/** Events that a running flow emits for its host; none of them changes a state. */
export type FlowEmitted =
  | { type: 'progress'; progress: Progress }
  | { type: 'retry'; retry: Retry }
  /** `undefined`: it does not wait any more. */
  | { type: 'queued'; queued: Queued | undefined }

/** The facts that a chart has of the credentials that it asks for. */
export type AuthRequest = Omit<CredentialsRequest, 'reason'>

/** The error of an actor that rejected. */
export function errorOf(event: object): unknown {
  return 'error' in event ? event.error : undefined
}

/** An actor of a chart that loads without any adapter: the host of the chart provides what it does. */
export function slot<Output, Input>(name: string) {
  return fromPromise<Output, Input>(() => Promise.reject(new Error(`${name} is not provided`)))
}
