import { asksFor } from '../../../machines/consent.ts'
import { defined } from '../../../machines/defined.ts'
import type { Observed } from '../../../machines/plugin-upgrade/effect.ts'
import { familiar } from '../../../machines/reference.ts'
import type { Retry } from '../../../machines/retry.ts'
import { isUpgradeError } from '../../flow/errors.ts'
import type { PlannedUpgrade } from '../../flow/makeUpgradePlan.ts'
import type { Engine } from '../../flow/types.ts'
import { planUpgrade, type UpgradeOptions } from '../../flow/upgrade.ts'
import { usesTexts } from '../../privileges/upgradeText.ts'
import { describeRetry } from '../../text/formatAmount.ts'
import { asWord, visibleJson } from '../../text/visible.ts'
import { ANSWERS, answerOf, block } from '../install/dryRun.ts'
import type { OutputFormat } from '../options/values.ts'
import { type CommandIo, report, writeLines } from '../processIo.ts'
import type { RunOutcome } from '../views/view.ts'
import { upgradeRequestJson } from './upgradeOutcome.ts'
import { differenceTexts, explainedDifference, wayBackLine } from './upgradeQuestion.ts'

/**
 * Shows what can be known of an upgrade beforehand, and sends nothing that changes anything. Resolves to the exit
 * status, or to the outcome of the failed look-up.
 */
export async function upgradeDryRun(
  engine: Engine,
  options: UpgradeOptions,
  format: OutputFormat,
  io: CommandIo,
): Promise<RunOutcome | number> {
  const onRetry = (retry: Retry) => io.stderr.write(`plugin-flow: ${describeRetry(retry)}\n`)
  try {
    const plan = await planUpgrade(engine, { ...options, ...(format.quiet ? {} : { onRetry }) })
    return showPlan(plan, format, io)
  } catch (error) {
    if (!isUpgradeError(error)) throw error
    return error.outcome
  }
}

/** Shows the plan, and returns the exit status: 1 when the upgrade would be refused, else 0. */
function showPlan(
  plan: PlannedUpgrade,
  { json, quiet, plain }: OutputFormat,
  io: CommandIo,
): number {
  const { plugin, request, consent, mayGoOn, requests, unknown } = plan
  const answer = answerOf(plan)
  const isDenied = answer === 'denied'
  const exitCode = isDenied || !mayGoOn ? 1 : 0
  if (json) {
    const { id, name, enabled } = plugin
    // A mark is made of a value that may be a secret.
    const effect = plugin.effect.map(({ mark: _, ...item }) => item)
    const told = {
      type: 'upgradePlan',
      plugin: { id, name, enabled, effect },
      request: upgradeRequestJson(request),
      consent: { answer, ...defined({ reason: consent?.reason }) },
      mayGoOn,
      ...defined({ refusal: plan.refusal }),
      requests,
      unknown,
      exitCode,
    }
    io.stdout.write(`${visibleJson(told)}\n`)
  } else if (!quiet) writeLines(io.stdout, planLines(plan, privilegesOf(plan, plain, io)))
  if (isDenied) {
    const reason = consent?.reason ?? 'the policy denies it'
    report(io, `${request.reference} would be denied: ${reason}`)
  } else if (!mayGoOn) {
    report(io, `the upgrade would be refused: ${plan.refusal}`)
  }
  return exitCode
}

/** Explained to a person at a terminal, as in the question. */
function privilegesOf(
  { request }: PlannedUpgrade,
  plain: boolean,
  { stdout }: Pick<CommandIo, 'stdout'>,
): string[] {
  const isExplained = stdout.stream.isTTY && !plain && asksFor(request)
  if (isExplained) return ['privileges', ...explainedDifference(request, stdout)]
  return block('privileges', differenceTexts(request))
}

function planLines(plan: PlannedUpgrade, privileges: readonly string[]): string[] {
  const { plugin, request, consent, requests, unknown } = plan
  const { digest = 'unknown to the engine' } = request
  const reason = consent?.reason === undefined ? '' : `: ${consent.reason}`
  const state = plugin.enabled ? 'enabled' : 'disabled'
  return [
    'dry run: nothing was changed',
    ...block('plugin', [`${plugin.name} (${state}), from ${familiar(request.from)}`]),
    ...block('to', [request.reference]),
    ...block('digest', [digest]),
    ...block('in effect', effectLines(plugin), 'nothing'),
    ...privileges,
    ...block('uses', usesTexts(request), 'none that the engine tells of'),
    ...block('way back', [wayBackLine(request.wayBack)]),
    ...block('consent', [`${ANSWERS[answerOf(plan)]}${reason}`]),
    ...block('requests', requests),
    ...block('not known', unknown),
  ]
}

/** Values that their owner gave to variables and arguments are not shown: they may be secrets. */
function effectLines({ effect }: Observed): string[] {
  return effect.map(({ kind, name, value }) => {
    const what = kind === 'args' ? 'arguments' : `${kind} ${asWord(name)}`
    return `${what}: ${value === undefined ? 'set by its owner' : asWord(value) || '""'}`
  })
}
