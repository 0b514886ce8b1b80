import type { Failure } from '../../../machines/errors.ts'
import type { PluginPrivilege } from '../../../machines/plugin.ts'
import type {
  InstallContext,
  InstallInput,
  InstallOutput,
  PluginLookUp,
  RollbackReport,
} from '../../../machines/plugin-install/types.ts'
import { keyOf } from '../../../machines/settings.ts'

/**
 * What an inspector gets to see of a flow's context: field by field, so that a field which comes
 * later stays hidden until it is named here. Left out are account names, the values of settings,
 * the plugin's config, and everything in somebody's own words: an engine's, a policy's, a person's.
 */
export function shownContext(context: InstallContext) {
  const { names, lookUp, consent, consentRequest, plugin, failure, rollback } = context
  return {
    input: shownInput(context.input),
    ...(names && { names: { remote: names.remote, name: names.name, registry: names.registry } }),
    ownership: context.ownership,
    enableRequested: context.enableRequested,
    asksPerson: context.asksPerson,
    credentialsAttempt: context.credentialsAttempt,
    changes: context.changes,
    ...(lookUp && { lookUp: shownLookUp(lookUp) }),
    ...(consentRequest && { consentRequest: { id: consentRequest.id } }),
    ...(consent && {
      consent: { by: consent.by, at: consent.at, request: { id: consent.request.id } },
    }),
    ...(context.pulledDigest === undefined ? {} : { pulledDigest: context.pulledDigest }),
    ...(plugin && { plugin: { Id: plugin.Id, Name: plugin.Name, Enabled: plugin.Enabled } }),
    ...(failure && { failure: shownFailure(failure) }),
    ...(rollback && { rollback: shownRollback(rollback) }),
  }
}

export function shownOutput(output: InstallOutput) {
  if (output.state === 'rolledBack') {
    const { state, failure, rollback } = output
    return { state, failure: shownFailure(failure), rollback: shownRollback(rollback) }
  }
  const { id, name, digest, enabled, changed } = output.plugin
  return {
    state: output.state,
    plugin: { id, name, ...(digest === undefined ? {} : { digest }), enabled, changed },
  }
}

/** The reference is told by `names`, once it is known to be one: until then it may be any text. */
function shownInput(input: InstallInput) {
  const { disabled, grantAllPermissions, ifPresent, onFailure, enableTimeout } = input
  return {
    settings: input.settings.map(keyOf),
    disabled,
    grantAllPermissions,
    ifPresent,
    onFailure,
    enableTimeout,
    credentialsAttempts: input.credentialsAttempts,
    timeouts: { ...input.timeouts },
  }
}

function shownLookUp({ digest, privileges, engine, present }: PluginLookUp) {
  return {
    ...(digest === undefined ? {} : { digest }),
    privileges: privileges.map(shownPrivilege),
    engine: { apiVersion: engine.apiVersion },
    ...(present && { present: { asWanted: present.asWanted, own: present.own } }),
  }
}

function shownPrivilege({ Name, Value }: PluginPrivilege) {
  return { Name, Value: [...Value] }
}

function shownFailure({ code, state, operation, status, inStream, retryable }: Failure) {
  return {
    code,
    state,
    retryable,
    ...(operation === undefined ? {} : { operation }),
    ...(status === undefined ? {} : { status }),
    ...(inStream === undefined ? {} : { inStream }),
  }
}

function shownRollback(rollback: RollbackReport) {
  const { result } = rollback
  if (result === 'nothingToRemove') return { result }
  const { name, id } = rollback
  return { result, name, ...(id === undefined ? {} : { id }) }
}
