import { userInfo } from 'node:os'
import type { ConsentRequest } from '../../../machines/consent.ts'
import { isEngineError } from '../../../machines/errors.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import { describeSettings } from '../../../machines/settings.ts'
import { checkPlanAge, parsePlan } from '../../rollout/planFile.ts'
import { checkSecrets } from '../../rollout/plannedSettings.ts'
import type { GivenConsent } from '../../rollout/startRollout.ts'
import { explainedLines } from '../install/consentQuestion.ts'
import { createPrompt } from '../install/prompt.ts'
import { type ConsentSelection, readPolicy } from '../options/consent.ts'
import { type QueueSelection, queueOf } from '../options/queue.ts'
import { readText, unusableFile } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, catchInterrupts, report } from '../processIo.ts'
import { questionOutput } from '../views/chooseView.ts'
import { type Carried, carryOut, isInUse } from './carryOut.ts'
import { planLines } from './planText.ts'
import { rolloutFolder } from './rolloutFolder.ts'

/** The parsed command line of `plugin-flow rollout start`. */
export interface RolloutStartCommand extends ConsentSelection, Carried, QueueSelection {
  /** Path of the plan. */
  plan: string
  /** In milliseconds. */
  mostAge: number
}

/** Of 20,000 targets with long names. */
const MAX_BYTES = 64 * 1024 * 1024

export async function startCommand(command: RolloutStartCommand, io: CommandIo): Promise<number> {
  const queue = queueOf(command, io.env)
  const place = queue === undefined ? { folder: rolloutFolder(io.env) } : { queue }
  const plan = readPlan(command)
  // The secrets of a rollout in a queue are those of its workers.
  if (queue === undefined) checkHere(plan, io.env)
  const consent = await agree(plan, command, io)
  if (typeof consent === 'number') return consent
  const { json, wait } = command
  return carryOut({ plan, consent }, { json, wait, ...place }, io).catch((error: unknown) => {
    if (!isInUse(error)) throw error
    report(io, `another process carries a rollout out (${error.message}); plugin-flow rollout ls`)
    return 1
  })
}

function checkHere({ plugin }: RolloutPlan, env: NodeJS.ProcessEnv): void {
  try {
    checkSecrets(plugin.settings, env)
  } catch (error) {
    throw isEngineError(error) ? new UsageError(error.message) : error
  }
}

function readPlan({ plan: path, mostAge }: RolloutStartCommand) {
  const name = `the plan ${path}`
  try {
    const plan = parsePlan(readText(path, MAX_BYTES), name)
    checkPlanAge(plan, name, mostAge)
    return plan
  } catch (error) {
    throw isEngineError(error) ? new UsageError(error.message) : unusableFile(name, error)
  }
}

/** The consent to the whole plan, or the exit status where it is denied. */
async function agree(
  plan: RolloutPlan,
  command: RolloutStartCommand,
  io: CommandIo,
): Promise<GivenConsent | number> {
  const policy = await readPolicy(command)
  if (command.grantAllPermissions) return { who: '--grant-all-permissions' }
  if (policy) {
    const { granted, reason, who } = await answerOf(policy, plan)
    if (granted) return { ...(who !== undefined && { who }) }
    report(io, `the rollout is denied: ${reason ?? 'the policy denies it'}; nothing was changed`)
    return 1
  }
  return ask(plan, command, io)
}

type Policy = NonNullable<Awaited<ReturnType<typeof readPolicy>>>

async function answerOf(policy: Policy, plan: RolloutPlan) {
  const answer = await policy(requestOf(plan), new AbortController().signal)
  return typeof answer === 'boolean' ? { granted: answer } : answer
}

/** The request for the one consent to a plan. */
export function requestOf({
  plugin,
  privileges,
}: Pick<RolloutPlan, 'plugin' | 'privileges'>): ConsentRequest {
  const { reference, name, digest, settings } = plugin
  const shown = settings.flatMap((setting) => ('from' in setting ? [] : [setting]))
  return {
    id: 1,
    reference,
    name,
    ...(digest !== undefined && { digest }),
    privileges,
    settings: describeSettings(shown),
  }
}

async function ask(
  plan: RolloutPlan,
  { json }: Carried,
  io: CommandIo,
): Promise<GivenConsent | number> {
  const cancel = new AbortController()
  const interrupts = catchInterrupts(io.signals, () => cancel.abort())
  const output = questionOutput({ json, quiet: false }, io)
  const prompt = createPrompt(io, output, interrupts.interrupt)
  const explained = output.stream.isTTY ? explainedLines(requestOf(plan), output) : []
  const question = [
    ...planLines(plan),
    ...explained,
    'Do you want to carry this out on all of these targets? [y/N] ',
  ].join('\n')
  try {
    const answer = await prompt.ask(question, cancel.signal)
    if (answer === 'granted') return { who: userName() }
    const why =
      answer === 'ended'
        ? 'no answer was given; --grant-all-permissions, --allow or --policy answer without asking'
        : 'the answer was not y'
    report(io, `${answer === 'cancelled' ? 'cancelled' : why}: nothing was changed`)
    return interrupts.first?.exitCode ?? 1
  } finally {
    interrupts.release()
  }
}

export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}
