import type { Failure } from '../../../machines/errors.ts'
import type {
  InstallContext,
  InstallOutput,
  PluginLookUp,
  RollbackReport,
} from '../../../machines/plugin-install/types.ts'
import { keyOf } from '../../../machines/settings.ts'

/**
 * The parts of a flow's context that an inspector gets to see: field by field, so that a field which comes
 * later stays hidden until it is named here. Left out are account names, the values of settings,
 * the plugin's config, and everything in somebody's own words: an engine's, a policy's, a person's.
 */
export function shownContext(context: InstallContext) {
  const { input, names, lookUp, consent, consentRequest, plugin, failure, rollback } = context
  return {
    // `names` shows the reference once it is valid: until then it may be any text.
    input: {
      settings: input.settings.map(keyOf),
      ...pick(input, 'disabled', 'grantAllPermissions', 'ifPresent', 'onFailure', 'enableTimeout'),
      credentialsAttempts: input.credentialsAttempts,
      timeouts: { ...input.timeouts },
    },
    ...(names && { names: pick(names, 'remote', 'name', 'registry') }),
    ...pick(context, 'ownership', 'enableRequested', 'asksPerson', 'credentialsAttempt'),
    ...pick(context, 'changes', 'pulledDigest'),
    ...(lookUp && { lookUp: shownLookUp(lookUp) }),
    ...(consentRequest && { consentRequest: pick(consentRequest, 'id') }),
    ...(consent && {
      consent: { ...pick(consent, 'by', 'at'), request: pick(consent.request, 'id') },
    }),
    ...(plugin && { plugin: pick(plugin, 'Id', 'Name', 'Enabled') }),
    ...(failure && { failure: shownFailure(failure) }),
    ...(rollback && { rollback: shownRollback(rollback) }),
  }
}

export function shownOutput(output: InstallOutput) {
  const { state } = output
  if (state === 'done') {
    return { state, plugin: pick(output.plugin, 'id', 'name', 'digest', 'enabled', 'changed') }
  }
  const { failure, rollback } = output
  return { state, failure: shownFailure(failure), rollback: shownRollback(rollback) }
}

function shownLookUp(lookUp: PluginLookUp) {
  const { privileges, engine, present } = lookUp
  return {
    ...pick(lookUp, 'digest'),
    privileges: privileges.map(({ Name, Value }) => ({ Name, Value: [...Value] })),
    engine: pick(engine, 'apiVersion'),
    ...(present && { present: pick(present, 'asWanted', 'own') }),
  }
}

export function shownFailure(failure: Failure) {
  return pick(failure, 'code', 'state', 'retryable', 'operation', 'status', 'inStream')
}

function shownRollback(rollback: RollbackReport) {
  if (rollback.result === 'nothingToRemove') return pick(rollback, 'result')
  return pick<typeof rollback, 'result' | 'name' | 'id'>(rollback, 'result', 'name', 'id')
}

/** Some fields of an object, without those that are absent. */
export function pick<Value extends object, Key extends keyof Value>(
  value: Value,
  ...keys: readonly Key[]
): Pick<Value, Key> {
  const found = keys.filter((key) => value[key] !== undefined).map((key) => [key, value[key]])
  return Object.fromEntries(found)
}
