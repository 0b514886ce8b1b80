import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { defined } from '../../machines/defined.ts'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../machines/rollout/records.ts'
import { readPlan, readState, unreadable } from './embeddedRunner.ts'
import type { SavedRollout } from './runner.ts'

/** More of a message has no room in a row. */
const MOST_CHARACTERS = 300

/** A record as a row of a list: of a long message the beginning. */
export type TargetRow = Pick<
  TargetRecord,
  'index' | 'target' | 'zone' | 'state' | 'attempt' | 'code' | 'message'
>

/** A rollout as it is now, whichever process carries it out. */
export interface FollowedRollout {
  readonly plan: Omit<RolloutPlan, 'targets'>
  /** The machine as it was saved last. */
  readonly saved: SavedRollout | undefined
  /** In the order of the plan. */
  readonly rows: readonly TargetRow[]
  /** How many records were read. */
  readonly version: number
  /** Reads what was written since the last time. Rejects with a `RangeError` where that is damaged. */
  refresh(): Promise<void>
  /** The targets with a record after this version. */
  rowsAfter(version: number): TargetRow[]
  /** The whole record of a target. */
  record(index: number): Promise<TargetRecord | undefined>
}

/** Where the last record of a target is in the file, and its version. */
interface Place {
  offset: number
  length: number
  version: number
}

/**
 * Follows a rollout in a folder of its own. Each read costs as much as was written since the one before, and of the records only
 * the rows are kept: a file of many records is neither read again nor held in memory.
 *
 * @throws RangeError that names the folder, where the plan is damaged
 */
export function followRollout(folder: string): FollowedRollout {
  const { targets, ...plan } = orUnreadable(folder, () => readPlan(folder))
  const path = join(folder, 'records.jsonl')
  const rows: TargetRow[] = []
  const places: Place[] = []
  let saved: SavedRollout | undefined
  let known = 0
  let version = 0
  let end = 0
  let reading: Promise<void> | undefined

  const take = (line: string, offset: number, length: number) => {
    const row = rowOf(JSON.parse(line))
    const { index } = row
    version += 1
    if (!places[index]) known += 1
    places[index] = { offset, length, version }
    rows[index] = row
  }
  const read = async () => {
    try {
      end = await readLines(path, end, take)
      if (known < targets.length) {
        throw new RangeError('the record of a target is missing')
      }
      saved = readState(folder)
    } catch (error) {
      throw unreadable(folder, error)
    }
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
    rowsAfter: (after) => rows.filter(({ index }) => (places[index]?.version ?? 0) > after),
    async record(index) {
      const place = places[index]
      if (!place) return undefined
      const file = await open(path)
      try {
        const { buffer } = await file.read(
          Buffer.alloc(place.length),
          0,
          place.length,
          place.offset,
        )
        return JSON.parse(buffer.toString())
      } finally {
        await file.close()
      }
    },
  }
}

/** The row of a record. */
export function rowOf(record: TargetRecord): TargetRow {
  const { index, target, zone, state, attempt, code, message } = record
  return {
    index,
    target,
    state,
    attempt,
    ...defined({ zone, code, message: message?.slice(0, MOST_CHARACTERS) }),
  }
}

const CHUNK_BYTES = 1024 * 1024

/** Reads the complete lines after an offset, and resolves to the offset behind them. */
async function readLines(
  path: string,
  from: number,
  line: (text: string, offset: number, length: number) => void,
): Promise<number> {
  const file = await open(path)
  try {
    let offset = from
    let rest = Buffer.alloc(0)
    for (;;) {
      const { buffer, bytesRead } = await file.read({
        buffer: Buffer.alloc(CHUNK_BYTES),
        position: offset + rest.length,
      })
      if (bytesRead === 0) return offset
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
      let begin = 0
      for (let stop = bytes.indexOf(10); stop >= 0; stop = bytes.indexOf(10, begin)) {
        line(bytes.toString('utf8', begin, stop), offset + begin, stop - begin)
        begin = stop + 1
      }
      rest = bytes.subarray(begin)
      offset += begin
    }
  } finally {
    await file.close()
  }
}

function orUnreadable<Value>(folder: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw unreadable(folder, error)
  }
}
