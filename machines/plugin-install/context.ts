import type { ConsentRequest } from '../consent.ts'
import { defined } from '../defined.ts'
import { isEngineError } from '../errors.ts'
import { resolveNames } from '../reference.ts'
import { describeSettings } from '../settings.ts'
import type { InstallContext, InstallInput, PluginLookUp, Resumed } from './types.ts'

/** The context of a new run, or of a run that an earlier process began. */
export function initialContext({ input }: { input: InstallInput }): InstallContext {
  const names = resolveNames(input)
  const resumed: Partial<Resumed> = input.resumed ?? {}
  const { ownership = 'nothing', enableRequested = false } = resumed
  const { consent, pulledDigest, failure, pullBegan } = resumed
  return {
    input,
    ...(isEngineError(names) ? {} : { names }),
    ownership,
    enableRequested,
    ...defined({ consent, pullBegan, pulledDigest, failure }),
    asksPerson: false,
    credentialsAttempt: 0,
    changes: 0,
  }
}

/**
 * A part of the context that must be there: a state is only reached with what it needs, and the chart's
 * tests walk every way into it.
 */
export function required<K extends keyof InstallContext>(
  context: InstallContext,
  key: K,
): NonNullable<InstallContext[K]> {
  const value = context[key]
  if (value === undefined || value === null) throw new Error(`the flow has no ${key} yet`)
  return value
}

/** The content that the run must install, where the host or the reference names one. */
export function expectedDigest({
  input,
  names,
}: Pick<InstallContext, 'input' | 'names'>): string | undefined {
  return input.digest ?? /@(.+)$/.exec(names?.remote ?? '')?.[1]
}

/** The request for consent, once the look-ups are done. */
export function makeConsentRequest(
  context: InstallContext,
  { digest, privileges }: PluginLookUp,
): ConsentRequest {
  const { input, consentRequest } = context
  return defined({
    id: (consentRequest?.id ?? 0) + 1,
    reference: input.reference,
    name: required(context, 'names').name,
    digest,
    privileges,
    settings: describeSettings(input.settings),
  })
}
