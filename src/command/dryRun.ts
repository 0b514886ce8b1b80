import { asksFor } from '../../machines/plugin-install/consent.ts'
import type { ConsentRequest, InstallOutput } from '../../machines/plugin-install/types.ts'
import { isInstallError } from '../flow/installError.ts'
import { type InstallPlan, planInstall } from '../flow/planInstall.ts'
import type { Engine, InstallOptions, Retry } from '../flow/types.ts'
import { visible, visibleJson } from '../text/visible.ts'
import type { Outputs } from './commandEntry.ts'
import { describeRetry } from './describeRetry.ts'
import type { InstallCommand } from './entries/install.ts'
import { privilegeLines } from './prompt.ts'
import { withoutValues } from './withoutValues.ts'

export type DryRun =
  | { state: 'planned'; plan: InstallPlan }
  | (InstallOutput & { state: 'rolledBack' })

/** Looks up what an install would do; sends nothing that changes anything. */
export async function dryRun(
  engine: Engine,
  options: InstallOptions,
  { quiet }: InstallCommand,
  { stderr }: Outputs,
): Promise<DryRun> {
  const onRetry = (retry: Retry) => stderr.write(`plugin-flow: ${describeRetry(retry)}\n`)
  try {
    const plan = await planInstall(engine, { ...options, ...(quiet ? {} : { onRetry }) })
    return { state: 'planned', plan }
  } catch (error) {
    if (!isInstallError(error)) throw error
    return { state: 'rolledBack', failure: error.failure, rollback: error.rollback }
  }
}

/** `nothing`: there is nothing to agree to. `asked`: a person would be. */
type Answer = 'nothing' | 'granted' | 'denied' | 'asked'

function answerOf({ present, request, consent }: InstallPlan): Answer {
  if (present || !asksFor(request)) return 'nothing'
  if (!consent) return 'asked'
  return consent.granted ? 'granted' : 'denied'
}

/** Shows what an install would do, and gives the exit status: 1 when it would be denied, else 0. */
export function showPlan(
  { json, quiet }: InstallCommand,
  plan: InstallPlan,
  { stdout, stderr }: Outputs,
): number {
  const exitCode = answerOf(plan) === 'denied' ? 1 : 0
  if (json) stdout.write(`${visibleJson({ ...toldPlan(plan), exitCode })}\n`)
  else if (!quiet)
    stdout.write(
      planLines(plan)
        .map((line) => `${line}\n`)
        .join(''),
    )
  if (exitCode !== 0) {
    const reason = plan.consent?.reason ?? 'the policy denies it'
    stderr.write(
      `plugin-flow: ${visible(`${plan.request.reference} would be denied: ${reason}`)}\n`,
    )
  }
  return exitCode
}

function toldPlan(plan: InstallPlan) {
  const { request, consent, present, requests } = plan
  const reason = consent?.reason
  return {
    type: 'plan',
    present,
    request: withoutValues(request),
    consent: { answer: answerOf(plan), ...(reason === undefined ? {} : { reason }) },
    requests,
  }
}

/** Of whom the answer is, where there is one. */
const ANSWERS: Readonly<Record<Answer, string>> = {
  nothing: 'nothing is asked for',
  granted: 'granted',
  denied: 'denied',
  asked: 'a person would be asked',
}

function planLines(plan: InstallPlan): string[] {
  const { request, consent, present, requests } = plan
  const { name, reference, digest = 'the engine cannot tell it' } = request
  const reason = consent?.reason === undefined ? '' : `: ${consent.reason}`
  return [
    'dry run: nothing was changed',
    ...block('plugin', [present ? `${name} is installed already` : `${name}, from ${reference}`]),
    ...block('digest', [digest]),
    ...block('privileges', asked(request)),
    ...block('consent', [`${ANSWERS[answerOf(plan)]}${reason}`]),
    ...block('requests', requests.length > 0 ? requests : ['none that changes anything']),
  ]
}

function asked(request: ConsentRequest): string[] {
  const lines = privilegeLines(request)
  return lines.length > 0 ? lines : ['none']
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? title : '').padEnd(12)}${visible(line)}`)
}
