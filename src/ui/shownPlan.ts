import { asksFor, type ConsentRequest } from '../../machines/consent.ts'
import { EngineError } from '../../machines/errors.ts'
import { showInstall } from '../events/installEvents.ts'
import { showUpgrade } from '../events/upgradeEvents.ts'
import { isInstallError, isUpgradeError } from '../flow/errors.ts'
import { planInstall } from '../flow/install.ts'
import type { Engine, InstallOptions, InstallPlan } from '../flow/types.ts'
import { planUpgrade, type UpgradeOptions } from '../flow/upgrade.ts'

/** The plan of a flow, as a page shows it: without values of settings that need no consent. */
export interface ShownPlan {
  machine: 'pluginInstall' | 'pluginUpgrade'
  request: object
  /** Nothing is asked for, granted or denied by the policy, or a person would be asked. */
  answer: 'nothing' | 'granted' | 'denied' | 'asked'
  /** Why it is denied, or may not begin. */
  reason?: string | undefined
  /** It is there as asked for, and stays as it is. */
  present?: boolean
  requests: readonly string[]
  /** Facts that only the flow itself finds out. */
  unknown?: readonly string[]
}

/** @throws EngineError as the install would fail at this point */
export async function shownInstallPlan(
  engine: Engine,
  options: InstallOptions,
): Promise<ShownPlan> {
  const plan = await planInstall(engine, options).catch(asEngineError)
  const { request, consent, present, requests } = plan
  return {
    machine: 'pluginInstall',
    request: showInstall.request(request),
    answer: present ? 'nothing' : answerOf(request, consent),
    reason: consent?.reason,
    present,
    requests,
  }
}

/** @throws EngineError as the upgrade would fail at this point */
export async function shownUpgradePlan(
  engine: Engine,
  options: UpgradeOptions,
): Promise<ShownPlan> {
  const plan = await planUpgrade(engine, options).catch(asEngineError)
  const { request, consent, mayGoOn, refusal, requests, unknown } = plan
  return {
    machine: 'pluginUpgrade',
    request: showUpgrade.request(request, { run: {} } as never),
    answer: mayGoOn ? answerOf(request, consent) : 'denied',
    reason: refusal ?? consent?.reason,
    requests,
    unknown,
  }
}

function answerOf(request: ConsentRequest, consent: InstallPlan['consent']): ShownPlan['answer'] {
  if (!asksFor(request)) return 'nothing'
  if (!consent) return 'asked'
  return consent.granted ? 'granted' : 'denied'
}

function asEngineError(error: unknown): never {
  if (!isInstallError(error) && !isUpgradeError(error)) throw error
  throw new EngineError(error.code, `${error.message}. ${error.next}`)
}
