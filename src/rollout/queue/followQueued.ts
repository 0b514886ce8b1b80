import type { TargetRecord } from '../../../machines/rollout/records.ts'
import { readSaved } from '../conduct.ts'
import { type FollowedRollout, rowOf, type TargetRow } from '../followRollout.ts'
import type { SavedRollout } from '../runner.ts'
import type { ChangesSince } from './keepRecords.ts'
import type { QueueRunner } from './queueRunner.ts'

/**
 * Follows a rollout of a queue. Each read costs as much as was written since the one before, and of the records only the rows are
 * kept. `undefined` for an unknown rollout.
 *
 * @throws EngineError `invalid-option` where the plan is damaged
 */
export async function followQueued(
  runner: Pick<QueueRunner, 'plan' | 'changes' | 'records'>,
  id: string,
): Promise<FollowedRollout | undefined> {
  const found = await runner.plan(id)
  if (!found) return undefined
  const { targets: _, ...plan } = found
  const rows: TargetRow[] = []
  const versions: number[] = []
  let version = 0
  let saved: SavedRollout | undefined
  let since: ChangesSince | undefined
  let reading: Promise<void> | undefined

  const take = (record: TargetRecord) => {
    version += 1
    versions[record.index] = version
    rows[record.index] = rowOf(record)
  }
  const read = async () => {
    const changes = await runner.changes(id, since)
    if (!changes) throw new RangeError(`there is no rollout ${id} any more`)
    if (changes.saved) readSaved(changes.saved)
    for (const record of changes.records) take(record)
    saved = changes.saved ?? saved
    since = changes.since
  }
  return {
    plan,
    rows,
    get saved() {
      return saved
    },
    get version() {
      return version
    },
    refresh() {
      reading ??= read().finally(() => {
        reading = undefined
      })
      return reading
    },
    rowsAfter: (after) => rows.filter(({ index }) => (versions[index] ?? 0) > after),
    async record(index) {
      const [record] = await runner.records(id, { after: index - 1, limit: 1 })
      return record
    },
  }
}
