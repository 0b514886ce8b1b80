import type { ConsentDecision } from '../../machines/consent.ts'
import { defined } from '../../machines/defined.ts'
import { makeConsentRequest } from '../../machines/plugin-upgrade/consent.ts'
import { initialContext, namesOf, required } from '../../machines/plugin-upgrade/context.ts'
import type { Observed } from '../../machines/plugin-upgrade/effect.ts'
import { isInUse, mayNotGoOn } from '../../machines/plugin-upgrade/guards.ts'
import { readInput, resolveInput } from '../../machines/plugin-upgrade/inputs.ts'
import { readPlugin } from '../../machines/plugin-upgrade/steps/readPlugin.ts'
import { resolveVersions } from '../../machines/plugin-upgrade/steps/resolveVersions.ts'
import type {
  Resolved,
  UpgradeConsentRequest,
  UpgradeContext,
  UpgradeInput,
  UpgradeTimeouts,
} from '../../machines/plugin-upgrade/types.ts'
import { inUse } from '../../machines/plugin-upgrade/updates.ts'
import { UpgradeError } from './errors.ts'
import type { Begin } from './flowRun.ts'
import { type AnswerOptions, decide, type LookOptions, lookOnly, pullRequest } from './lookOnly.ts'
import { upgradeTimeouts } from './retry/policy.ts'
import type { Engine } from './types.ts'

/** As much of an upgrade as can be known without changing anything. */
export interface PlannedUpgrade {
  /** With what is in effect now. */
  plugin: Observed
  /** The first request to a person or the policy: the privileges that are added and removed, and the way back. */
  request: UpgradeConsentRequest
  /** `undefined`: a person is asked. */
  consent: ConsentDecision
  /** `false`: the plugin is in use, or there is no way back and the options refuse to go on without one. */
  mayGoOn: boolean
  /** Why it may not, in a sentence with the way out. */
  refusal?: string
  /** The requests that change the engine, in their order, as long as nothing fails. */
  requests: string[]
  /** Facts that only the upgrade itself finds out, as clauses. */
  unknown: string[]
}

export async function makeUpgradePlan(
  engine: Engine,
  options: LookOptions<UpgradeTimeouts> & AnswerOptions,
  { input, values }: Begin<UpgradeInput>,
): Promise<PlannedUpgrade> {
  return lookOnly(
    engine,
    options,
    { values, timeouts: upgradeTimeouts },
    async ({ engine, auth, signal, enter, redaction }) => {
      enter('reading')
      const begun = initialContext({ input })
      const { plugin } = await readPlugin(
        { engine, claim() {}, remember: redaction.refuseHidden },
        readInput({ context: begun }),
        signal,
      )
      enter('resolving')
      const read = { ...begun, before: plugin, ...namesOf(input, plugin) }
      const resolved = await resolveVersions(
        { engine, auth },
        resolveInput({ context: read }),
        signal,
      )
      const context = { ...read, resolved }
      const request = makeConsentRequest(context, resolved)
      const refusal = refusalOf(context)
      return {
        plugin,
        request,
        consent: await decide(request, options, signal),
        mayGoOn: refusal === undefined,
        ...defined({ refusal }),
        requests: changes(context),
        unknown: unknown(context),
      }
    },
    (failure) => new UpgradeError({ state: 'rolledBack', failure, changed: false, remnants: [] }),
  )
}

/** The name of the copy is made anew by each run. */
const COPY = 'COPY'

function changes(context: UpgradeContext): string[] {
  const { mode, trial, enableTimeout } = context.input
  const { remote } = required(context, 'names')
  const { name, enabled } = required(context, 'before')
  const enable = (which: string) => `POST /plugins/${which}/enable?timeout=${enableTimeout}`
  const inPlace = [`POST /plugins/${name}/upgrade?remote=${encodeURIComponent(remote)}`]
  const replace = [`DELETE /plugins/${name}`, pullRequest(remote, name)]
  const swaps = {
    inPlace,
    replace,
    auto: [`${inPlace.join()}, or ${replace.join(' and ')}`],
  }
  return [
    pullRequest(remote, COPY),
    ...(trial ? [enable(COPY), `POST /plugins/${COPY}/disable`] : []),
    ...(enabled ? [`POST /plugins/${name}/disable`] : []),
    ...swaps[mode],
    `POST /plugins/${name}/set, for each setting that is not in effect then`,
    ...(enabled ? [enable(name)] : []),
    `DELETE /plugins/${COPY}`,
  ]
}

/** In the order in which an upgrade finds it out. */
function unknown({ input, before, resolved }: UpgradeContext): string[] {
  const { mode, trial, force, grantAllPermissions } = input
  return [
    ...(resolved?.digest === undefined ? ['the digest of the new version'] : []),
    'which settings are kept, set again, changed or lost: only a copy of the new version shows what it has',
    ...(mode === 'auto'
      ? [
          `whether the plugin has to be replaced, which follows from that${grantAllPermissions ? ', and then is refused without --mode replace' : ''}`,
        ]
      : []),
    ...(isUsePossible(before, resolved) && !force
      ? ['whether the engine takes it for in use']
      : []),
    trial
      ? 'whether the new version starts on this host: the trial finds out'
      : 'whether the new version starts on this host: only a trial would find out beforehand',
  ]
}

/** Volumes and networks that are listed need not be in use, and of a log driver the engine does not tell. */
function isUsePossible(before?: Observed, resolved?: Resolved): boolean {
  if (!before?.enabled) return false
  const { uses } = resolved ?? {}
  return uses === undefined || uses.volumes.length + uses.networks.length > 0
}

/** The reason why an upgrade would be refused, once it has looked all this up. */
function refusalOf(context: UpgradeContext): string | undefined {
  const look = { context, event: { type: 'upgrade.cancel' } } as const
  if (isInUse(look)) {
    const { message, next } = inUse(context, 'resolving')
    return `${message}. ${next}`
  }
  return mayNotGoOn(look) ? 'there is no way back: see --no-way-back' : undefined
}
