import type {
  PlannedSetting,
  PlannedTarget,
  RolloutPlan,
  Share,
  Strategy,
} from '../../../machines/rollout/plan.ts'
import { describeSettings, keyOf, textOf } from '../../../machines/settings.ts'
import { listSome } from '../../../machines/text.ts'
import { asWord } from '../../text/visible.ts'
import { privilegeLines } from '../install/consentQuestion.ts'
import { block } from '../install/dryRun.ts'

/** Returns the lines that show a person what a plan would do. */
export function planLines(plan: RolloutPlan): string[] {
  const { kind, plugin, targets, strategy } = plan
  const { reference, name, digest = 'unknown to the engines' } = plugin
  const what = kind === 'remove' ? name : `${reference}, as ${name}`
  const silent = targets.flatMap(({ id, found }) =>
    found.state === 'unreachable' ? [`${id}: ${found.why}`] : [],
  )
  return [
    ...block('plugin', [`${kind} ${what}`]),
    ...(kind === 'remove' ? [] : block('digest', [digest])),
    ...(kind === 'remove' ? [] : block('privileges', askedLines(plan), 'none')),
    ...block('settings', plugin.settings.map(settingText), 'none'),
    ...block('targets', countLines(targets)),
    ...(silent.length > 0 ? block('unreachable', some(silent)) : []),
    ...block('strategy', strategyLines(strategy, targets.length)),
  ]
}

/** The privileges, and the settings that widen them. */
export function askedLines({ privileges, plugin }: RolloutPlan): string[] {
  const { reference, name, settings } = plugin
  const shown = settings.flatMap((setting) => ('from' in setting ? [] : [setting]))
  return privilegeLines({ id: 1, reference, name, privileges, settings: describeSettings(shown) })
}

function settingText(setting: PlannedSetting): string {
  if (!('from' in setting)) return asWord(textOf(setting))
  const place =
    setting.from === 'env' ? `the variable ${setting.variable}` : `the file ${setting.path}`
  return `${asWord(keyOf(setting))}: secret, from ${place}`
}

/** How many targets there are of each thing that is done. */
export function countLines(targets: readonly PlannedTarget[]): string[] {
  const ids = new Map<string, string[]>()
  for (const { id, does } of targets) {
    const what = describeAction(does)
    ids.set(what, [...(ids.get(what) ?? []), id])
  }
  return [...ids].map(([what, named]) => `${named.length}: ${what} (${listSome(named, 3)})`)
}

function describeAction(does: PlannedTarget['does']): string {
  if (does.action === 'nothing') return 'nothing, as it is as wanted already'
  return does.action === 'skip' ? `left out, as ${does.why}` : does.action
}

const MOST_LINES = 5

function some(lines: readonly string[]): string[] {
  const more = lines.length - MOST_LINES
  return more > 0 ? [...lines.slice(0, MOST_LINES), `and ${more} more`] : [...lines]
}

function strategyLines(strategy: Strategy, targets: number): string[] {
  const { canaries, hold, batch, parallel, maxFailures, maxUnreachable, monitor, onFailure } =
    strategy
  const after = hold === 'person' ? 'until a person promotes them' : `for ${hold / 1_000} s`
  const first = canaries.length === 0 ? [] : [`canaries: ${canaries.join(', ')}, held ${after}`]
  const batches = batch === undefined ? '' : `, in batches of ${batch}`
  return [
    ...first,
    `${parallel} at once${batches}`,
    `${onFailure} when more than ${count(maxFailures, targets)} fail, or more than ${count(maxUnreachable, targets)} do not answer`,
    ...(monitor > 0 ? [`looked at again ${monitor / 1_000} s after each step`] : []),
  ]
}

function count(share: Share, targets: number): string {
  return typeof share === 'number' ? `${share}` : `${share} of ${targets}`
}
