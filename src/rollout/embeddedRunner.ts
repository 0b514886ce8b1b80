import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeOwnFolder } from '../../adapters/journal/files.ts'
import { takeLock } from '../../adapters/journal/runLock.ts'
import { EngineError } from '../../machines/errors.ts'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../machines/rollout/records.ts'
import { readSaved } from './conduct.ts'
import { hashPlan } from './hash.ts'
import {
  createLocalRunner,
  type LocalRollout,
  type LocalRunnerOptions,
  type RolloutLog,
} from './localRunner.ts'
import type { RolloutMessage, Runner, SavedRollout } from './runner.ts'

/** Milliseconds between two reads of the messages from other processes. */
const INBOX_MS = 250

export interface EmbeddedRunner extends Runner {
  /** Releases the folder. */
  close(): Promise<void>
}

/**
 * A runner that keeps its rollouts in a folder, one process at a time. Records are appended line by line, and the machine is
 * replaced as a whole, so a process that is killed leaves both as they were before or after a change.
 *
 * A rollout that cannot be read is ignored, and its files are kept.
 *
 * @throws RunInUse while another process has the folder; EngineError `invalid-configuration` where it is not this user's
 */
export async function openEmbeddedRunner(
  folder: string,
  options: Pick<LocalRunnerOptions, 'leaseTime' | 'time'> = {},
): Promise<EmbeddedRunner> {
  await makeOwnFolder(folder).catch((error: Error) => {
    const why = `the folder of rollouts ${folder} cannot be used: ${error.message}`
    throw new EngineError('invalid-configuration', why)
  })
  const lock = await takeLock(join(folder, 'runner.lock'))
  const known = readRollouts(folder)
  const log = openLog(folder, known)
  const runner = createLocalRunner({ ...options, log, known })
  const offsets = new Map([...known.keys()].map((id) => [id, inboxOf(folder, id).length]))
  const timer = setInterval(() => {
    for (const rollout of idsIn(folder)) {
      const lines = inboxOf(folder, rollout)
      for (const line of lines.slice(offsets.get(rollout) ?? 0)) {
        const message = parsedMessage(line)
        if (message) void runner.event(rollout, message).catch(() => {})
      }
      offsets.set(rollout, lines.length)
    }
  }, INBOX_MS)
  return {
    ...runner,
    async close() {
      clearInterval(timer)
      log.close()
      await lock.release()
    },
  }
}

/** Sends an event to a rollout that another process carries out. */
export function sendToRollout(folder: string, rollout: string, message: RolloutMessage): void {
  appendFileSync(join(folder, rollout, 'inbox.jsonl'), `${JSON.stringify(message)}\n`)
}

/**
 * The rollouts in a folder as they are now, whichever process carries them out; the newest last.
 *
 * @param onDamaged called for each that cannot be read, which is left out
 */
export function readRollouts(
  folder: string,
  onDamaged: (error: RangeError) => void = () => {},
): Map<string, LocalRollout> {
  const rollouts = new Map<string, LocalRollout>()
  for (const id of idsIn(folder)) {
    try {
      rollouts.set(id, readRollout(join(folder, id)))
    } catch (error) {
      onDamaged(error as RangeError)
    }
  }
  return rollouts
}

/** @throws RangeError that names the folder, where a file in it is damaged */
export function readRollout(folder: string): LocalRollout {
  try {
    const plan = readPlan(folder)
    const records: TargetRecord[] = []
    for (const line of completeLines(join(folder, 'records.jsonl'))) {
      const record = JSON.parse(line) as TargetRecord
      records[record.index] = record
    }
    if (plan.targets.some(({ id }, index) => records[index]?.target !== id)) {
      throw new RangeError('the record of a target is missing')
    }
    return { plan, records, saved: readState(folder) }
  } catch (error) {
    throw unreadable(folder, error)
  }
}

/** @throws where it is damaged, or not as it was made */
export function readPlan(folder: string): RolloutPlan {
  const plan: RolloutPlan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))
  if (hashPlan(plan) !== plan.hash) throw new RangeError('the plan is not as it was made')
  return plan
}

/** `undefined` before the first step. @throws where it is damaged */
export function readState(folder: string): SavedRollout | undefined {
  const path = join(folder, 'state.json')
  if (!existsSync(path)) return undefined
  const saved: SavedRollout = JSON.parse(readFileSync(path, 'utf8'))
  readSaved(saved)
  return saved
}

/** The error of a rollout that cannot be read, by its cause. */
export function unreadable(folder: string, cause: unknown): RangeError {
  const why = cause instanceof RangeError ? cause.message : 'a file in it is damaged'
  return new RangeError(`the rollout in ${folder} cannot be read: ${why}`)
}

/** Lists the IDs of the rollouts in a folder, oldest first. */
export function idsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'plan.json')))
    .map(({ name }) => name)
    .sort()
}

/** Returns `undefined` for an invalid line, so that it does not stop the process. */
function parsedMessage(line: string): RolloutMessage | undefined {
  try {
    const message: unknown = JSON.parse(line)
    return typeof Object(message).type === 'string' ? (message as RolloutMessage) : undefined
  } catch {
    return undefined
  }
}

function inboxOf(folder: string, rollout: string): string[] {
  const path = join(folder, rollout, 'inbox.jsonl')
  return existsSync(path) ? completeLines(path) : []
}

/** The last line of a process that was killed may be cut. */
function completeLines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1)
}

function openLog(
  folder: string,
  known: ReadonlyMap<string, LocalRollout>,
): RolloutLog & { close(): void } {
  const files = new Map<string, number>()
  const open = (rollout: string) => {
    const file = openSync(join(folder, rollout, 'records.jsonl'), 'a', 0o600)
    files.set(rollout, file)
    return file
  }
  for (const rollout of known.keys()) cutLastLine(join(folder, rollout, 'records.jsonl'))
  return {
    create(rollout, plan, records) {
      mkdirSync(join(folder, rollout), { mode: 0o700, recursive: true })
      const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('')
      replaceFile(join(folder, rollout, 'records.jsonl'), lines)
      // The plan comes last: a folder without one is no rollout.
      replaceFile(join(folder, rollout, 'plan.json'), JSON.stringify(plan))
    },
    save: (rollout, saved) =>
      replaceFile(join(folder, rollout, 'state.json'), JSON.stringify(saved)),
    record(record) {
      const file = files.get(record.rollout) ?? open(record.rollout)
      writeSync(file, `${JSON.stringify(record)}\n`)
    },
    remove(rollout) {
      const file = files.get(rollout)
      if (file !== undefined) closeSync(file)
      files.delete(rollout)
      removeFolder(join(folder, rollout))
    },
    close() {
      for (const file of files.values()) closeSync(file)
    },
  }
}

/**
 * Removes a rollout with its files, whether it can be read or not. For the process that has the folder, which no other works on.
 *
 * The plan goes first: a folder without one is no rollout.
 */
export function removeFolder(folder: string): void {
  rmSync(join(folder, 'plan.json'), { force: true })
  rmSync(folder, { recursive: true, force: true })
}

function cutLastLine(path: string): void {
  const text = readFileSync(path)
  const end = text.lastIndexOf(10) + 1
  if (end < text.length) truncateSync(path, end)
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
