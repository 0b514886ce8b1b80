import { EngineError } from '../../machines/errors.ts'
import { makeFailure } from '../../machines/failure.ts'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { InstallInput, Resumed } from '../../machines/plugin-install/types.ts'
import { isDigest } from '../../machines/reference.ts'
import { completePolicy } from './retry/policy.ts'
import { type ParsedSettings, parseSettings } from './secrets/parseSettings.ts'
import type { InstallOptions, ResumeOptions } from './types.ts'

/**
 * The input of the machine, with the defaults filled in, and apart from it the values of secret settings.
 *
 * @throws EngineError `invalid-setting` where a setting is invalid, `invalid-option` where the policy is
 */
export function toInput(
  options: InstallOptions,
): Pick<ParsedSettings, 'values'> & { input: InstallInput } {
  const { reference, alias } = options
  const { settings, values } = parseSettings(options.settings)
  const input: InstallInput = {
    reference,
    settings,
    disabled: options.disabled ?? false,
    grantAllPermissions: options.grantAllPermissions ?? false,
    ifPresent: options.ifPresent ?? 'fail',
    onFailure: options.onFailure ?? 'remove',
    enableTimeout: options.enableTimeout ?? 0,
    credentialsAttempts: options.credentialsAttempts ?? 3,
    timeouts: completePolicy(options.policy).timeouts,
  }
  if (alias !== undefined) input.alias = alias
  if (options.digest !== undefined) input.digest = readDigest(options.digest)
  return { input, values }
}

export function readDigest(digest: string): string {
  if (isDigest(digest)) return digest
  throw new EngineError('invalid-option', `"${digest}" is not a digest (sha256:…)`)
}

/** After so long, a plugin that a run has not seen itself may be another one. */
const CLAIM_MS = 15 * 60_000

/** The run as it was asked for, with what is known of it. A snapshot holds no policy. */
export function toResumedInput(
  { input, run, state }: InstallSnapshot,
  { rollBack, policy, isOwn = false }: Pick<ResumeOptions, 'rollBack' | 'policy' | 'isOwn'>,
): InstallInput & { resumed: Resumed } {
  const failure = makeFailure('cancelled', state.split('.')[0] ?? state)
  const { pullBegan, ...rest } = run
  const age = Date.now() - Date.parse(pullBegan ?? '')
  const isFresh = isOwn || (age >= 0 && age < CLAIM_MS)
  const resumed: Resumed = {
    ...rest,
    // The engine's events are asked since then: a caller who knows better is believed.
    ...(pullBegan !== undefined && !isOwn && { pullBegan }),
    ...(rollBack && !run.failure && { failure }),
    ...(run.id === undefined && !isFresh && { claimExpired: true }),
  }
  return { ...input, timeouts: completePolicy(policy).timeouts, resumed }
}
