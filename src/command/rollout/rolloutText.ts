import { targetWords } from '../../../machines/rollout/labels.ts'
import type { RolloutPlan, TargetAccess } from '../../../machines/rollout/plan.ts'
import type { RolloutCounts } from '../../../machines/rollout/records.ts'
import { TARGET_STATES, type TargetRecord } from '../../../machines/rollout/records.ts'
import { formatSeconds } from '../../text/formatAmount.ts'
import { asWord, visible } from '../../text/visible.ts'

export interface EndedRollout {
  id: string
  plan: RolloutPlan
  state: string
  counts: RolloutCounts
  records: readonly TargetRecord[]
}

/** Lines about a rollout that the command leaves, for `stdout` and for `stderr`. */
export function rolloutEndLines({ id, plan, state, counts, records }: EndedRollout): {
  stdout: string[]
  stderr: string[]
} {
  const failures = records.filter((record) => FAILED.has(record.state))
  return {
    stdout: [`${id}: ${progressText(state, counts, 0)}`],
    stderr: [
      ...failures.map((record) => recordLine(record)),
      ...leftLines(plan, records),
      ...(NEXT[state]?.(id) ?? []).map((line) => `plugin-flow: ${line}`),
    ],
  }
}

const FAILED: ReadonlySet<string> = new Set(['failed', 'unreachable', 'abandoned', 'undoFailed'])

const NEXT: Readonly<Record<string, (id: string) => string[]>> = {
  holding: (id) => [
    `it waits for a person: plugin-flow rollout promote ${id} goes on, and plugin-flow rollout rollback ${id} takes back`,
  ],
  paused: (id) => [
    `it is paused: plugin-flow rollout resume ${id} goes on, plugin-flow rollout retry ${id} takes what failed again, and plugin-flow rollout rollback ${id} takes back`,
  ],
  stopped: (id) => [
    `what is done stays: plugin-flow rollout retry ${id} goes on, and plugin-flow rollout rollback ${id} takes back`,
  ],
}

/** Lists what could not be taken back, with the command for each. */
function leftLines(plan: RolloutPlan, records: readonly TargetRecord[]): string[] {
  return records
    .filter(({ state }) => state === 'undoFailed')
    .map(({ index, target, before }) => {
      const access = plan.targets[index]?.access
      const engine = access ? ` ${engineOption(access)}` : ''
      const { name } = plan.plugin
      const command =
        before?.state === 'present'
          ? `plugin-flow upgrade${engine} ${asWord(name)} ${asWord(before.reference)}`
          : `plugin-flow rm --force${engine} ${asWord(name)}`
      return visible(`${target} is left as it is; to mend it: ${command}`)
    })
}

function engineOption(access: TargetAccess): string {
  return 'context' in access
    ? `--context ${asWord(access.context)}`
    : `--host ${asWord(access.host)}${access.tls ? ' --tlsverify' : ''}`
}

/** `db-1: failed: the words of the engine (unauthorized)` */
export function recordLine({ target, state, message, code }: TargetRecord): string {
  const why = message === undefined ? '' : `: ${message}`
  return visible(`${target}: ${state}${why}${code === undefined ? '' : ` (${code})`}`)
}

/** `rolling  124 of 2000, 3 failed, 12.0/s, 2m30s left` */
export function progressText(state: string, counts: RolloutCounts, perSecond: number): string {
  const all = TARGET_STATES.reduce((sum, each) => sum + counts[each], 0)
  const left = counts.queued + counts.leased + counts.running
  const others = TARGET_STATES.filter(
    (each) => !['queued', 'leased', 'running'].includes(each) && counts[each] > 0,
  ).map((each) => `${counts[each]} ${targetWords[each] ?? each}`)
  const speed = perSecond > 0 && left > 0 ? [`${perSecond.toFixed(1)}/s`] : []
  const time = perSecond > 0 && left > 0 ? [`${formatSeconds(left / perSecond)} left`] : []
  return `${state}  ${[`${all - left} of ${all}`, ...others, ...speed, ...time].join(', ')}`
}
