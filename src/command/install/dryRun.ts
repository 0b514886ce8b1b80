import { asksFor } from '../../../machines/consent.ts'
import { defined } from '../../../machines/defined.ts'
import type { InstallOutput } from '../../../machines/plugin-install/types.ts'
import type { Retry } from '../../../machines/retry.ts'
import { isInstallError } from '../../flow/errors.ts'
import { planInstall } from '../../flow/install.ts'
import type { Engine, InstallOptions, InstallPlan } from '../../flow/types.ts'
import { describeRetry } from '../../text/formatAmount.ts'
import { visible, visibleJson } from '../../text/visible.ts'
import type { OutputFormat } from '../options/values.ts'
import { type CommandIo, report, writeLines } from '../processIo.ts'
import { explainedLines, privilegeLines } from './consentQuestion.ts'
import { withoutValues } from './outcomeJson.ts'

/**
 * Shows what an install would do, and sends nothing that changes anything. Resolves to the exit status, or to the
 * outcome of the failed look-up.
 */
export async function dryRun(
  engine: Engine,
  options: InstallOptions,
  format: OutputFormat,
  io: CommandIo,
): Promise<InstallOutput | number> {
  const onRetry = (retry: Retry) => io.stderr.write(`plugin-flow: ${describeRetry(retry)}\n`)
  try {
    const plan = await planInstall(engine, { ...options, ...(format.quiet ? {} : { onRetry }) })
    return showPlan(plan, format, io)
  } catch (error) {
    if (!isInstallError(error)) throw error
    return { state: 'rolledBack', failure: error.failure, rollback: error.rollback }
  }
}

/** `nothing`: no consent is needed. `asked`: a person would be asked. */
export type Answer = 'nothing' | 'granted' | 'denied' | 'asked'

export function answerOf({ request, consent }: Pick<InstallPlan, 'request' | 'consent'>): Answer {
  if (!asksFor(request)) return 'nothing'
  if (!consent) return 'asked'
  return consent.granted ? 'granted' : 'denied'
}

/** Shows the plan, and returns the exit status: 1 when it would be denied, else 0. */
function showPlan(plan: InstallPlan, { json, quiet, plain }: OutputFormat, io: CommandIo): number {
  const answer = plan.present ? 'nothing' : answerOf(plan)
  const exitCode = answer === 'denied' ? 1 : 0
  if (json) io.stdout.write(`${visibleJson({ ...toJson(plan, answer), exitCode })}\n`)
  else if (!quiet) writeLines(io.stdout, planLines(plan, answer, shownPrivileges(plan, plain, io)))
  if (answer === 'denied') {
    const reason = plan.consent?.reason ?? 'the policy denies it'
    report(io, `${plan.request.reference} would be denied: ${reason}`)
  }
  return exitCode
}

function toJson({ request, consent, present, requests }: InstallPlan, answer: Answer) {
  return {
    type: 'plan',
    present,
    request: withoutValues(request),
    consent: { answer, ...defined({ reason: consent?.reason }) },
    requests,
  }
}

export const ANSWERS: Readonly<Record<Answer, string>> = {
  nothing: 'nothing is asked for',
  granted: 'granted',
  denied: 'denied',
  asked: 'a person would be asked',
}

/** Explained to a person at a terminal, as in the question. */
function shownPrivileges(
  { request }: InstallPlan,
  plain: boolean,
  { stdout }: Pick<CommandIo, 'stdout'>,
): string[] {
  const isExplained = stdout.stream.isTTY && !plain && asksFor(request)
  if (isExplained) return ['privileges', ...explainedLines(request, stdout)]
  return block('privileges', privilegeLines(request), 'none')
}

function planLines(
  { request, consent, present, requests }: InstallPlan,
  answer: Answer,
  privileges: readonly string[],
): string[] {
  const { name, reference, digest = 'unknown to the engine' } = request
  const reason = consent?.reason === undefined ? '' : `: ${consent.reason}`
  return [
    'dry run: nothing was changed',
    ...block('plugin', [present ? `${name} is installed already` : `${name}, from ${reference}`]),
    ...block('digest', [digest]),
    ...privileges,
    ...block('consent', [`${ANSWERS[answer]}${reason}`]),
    ...block('requests', requests, 'none that changes anything'),
  ]
}

/** Lines behind their title. */
export function block(title: string, lines: readonly string[], otherwise = ''): string[] {
  const shown = lines.length > 0 ? lines : [otherwise]
  return shown.map((line, index) => `${(index === 0 ? title : '').padEnd(12)}${visible(line)}`)
}
