import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeOwnFolder } from '../../adapters/journal/files.ts'
import { takeLock } from '../../adapters/journal/runLock.ts'
import { EngineError } from '../../machines/errors.ts'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../machines/rollout/records.ts'
import { readSaved } from './conduct.ts'
import { hashPlan } from './hash.ts'
import { completeLines, type LineFile, lastLine, openLines, replaceFile } from './lineFile.ts'
import {
  createLocalRunner,
  type LocalRollout,
  type LocalRunnerOptions,
  type RolloutLog,
} from './localRunner.ts'
import type { RolloutMessage, Runner, SavedRollout } from './runner.ts'

const RECORDS = 'records.jsonl'
/** The machine after each of its steps. To replace a file takes a hundred times as long, and may block on a busy disk. */
const STATES = 'states.jsonl'
const MOST_STATES = 4 * 1024 * 1024

/** Milliseconds between two reads of the messages from other processes. */
const INBOX_MS = 250

export interface EmbeddedRunner extends Runner {
  /** Releases the folder. */
  close(): Promise<void>
}

/**
 * A runner that keeps its rollouts in a folder, one process at a time. Records and the steps of the machine are appended line by
 * line, so a process that is killed leaves both as they were before or after a change.
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
  const log = openLog(folder)
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
    for (const line of completeLines(join(folder, RECORDS))) {
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
  const line = lastLine(join(folder, STATES))
  if (line === undefined) return undefined
  const saved: SavedRollout = JSON.parse(line)
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

function openLog(folder: string): RolloutLog & { close(): void } {
  const files = new Map<string, LineFile>()
  const fileOf = (rollout: string, name: string, most?: number): LineFile => {
    const path = join(folder, rollout, name)
    const file = files.get(path) ?? openLines(path, most)
    files.set(path, file)
    return file
  }
  const close = (paths: Iterable<string>) => {
    for (const path of [...paths]) {
      files.get(path)?.close()
      files.delete(path)
    }
  }
  return {
    create(rollout, plan, records) {
      mkdirSync(join(folder, rollout), { mode: 0o700, recursive: true })
      const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('')
      replaceFile(join(folder, rollout, RECORDS), lines)
      // The plan comes last: a folder without one is no rollout.
      replaceFile(join(folder, rollout, 'plan.json'), JSON.stringify(plan))
    },
    save: (rollout, saved) => fileOf(rollout, STATES, MOST_STATES).add(JSON.stringify(saved)),
    record: (record) => fileOf(record.rollout, RECORDS).add(JSON.stringify(record)),
    remove(rollout) {
      close([RECORDS, STATES].map((name) => join(folder, rollout, name)))
      removeFolder(join(folder, rollout))
    },
    close: () => close(files.keys()),
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
