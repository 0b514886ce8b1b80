import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { defined } from '../../machines/defined.ts'
import { whenThereIsRoom } from '../../machines/shortage.ts'
import {
  assertOwnFolder,
  codeOf,
  KEPT,
  makeOwnFolder,
  readOwnFile,
  removeFile,
  replaceFile,
} from './files.ts'
import { type JournaledRun, type JournaledSnapshot, kindOf, nameOf, unreadable } from './runFile.ts'

/** Size of the events of one run. Without progress events a run is far smaller. */
const MOST_CHARACTERS = 256 * 1024

const text = v.exactOptional(v.string())
const file = v.object({
  host: v.string(),
  context: text,
  /** Start and end in ISO 8601. */
  began: v.string(),
  ended: v.string(),
  kind: v.picklist(['install', 'upgrade']),
  name: v.string(),
  reference: v.string(),
  outcome: v.picklist(['done', 'rolledBack', 'stranded']),
  failure: v.exactOptional(v.object({ code: v.string(), message: v.string() })),
  /** The events of the run, if its process recorded them. */
  events: v.exactOptional(v.array(v.unknown())),
})

/** A run that has ended with nothing left behind. It holds no settings, and so no value that may be a secret. */
export interface EndedRun extends v.InferOutput<typeof file> {
  id: string
}

/** Stores the record of a run that has ended, and removes records that are too old or exceed the limit. */
export async function keepEnded(
  journal: string,
  { id, engine, began }: Omit<JournaledRun, 'snapshot'>,
  snapshot: JournaledSnapshot,
  events: readonly unknown[] | undefined,
): Promise<void> {
  const { outcome } = snapshot
  if (!outcome) return
  const folder = folderOf(journal)
  await makeOwnFolder(folder)
  const failure = 'failure' in outcome ? outcome.failure : undefined
  const run: v.InferOutput<typeof file> = {
    host: engine.host,
    began,
    ended: new Date().toISOString(),
    kind: kindOf(snapshot),
    name: nameOf(snapshot),
    reference: snapshot.input.reference ?? nameOf(snapshot),
    outcome: outcome.state,
    ...defined({
      context: engine.context,
      failure: failure && { code: failure.code, message: failure.message },
      events: events && bounded(events),
    }),
  }
  const text = `${JSON.stringify(run)}\n`
  // Not flushed: losing the record does no harm.
  const written = replaceFile(join(folder, `${id}.json`), text, undefined, false)
  // An old record that stays does no harm, either.
  await Promise.all([written, forget(folder).catch(() => {})])
}

/** Runs that have ended, the oldest first. A run that cannot be read is left out: it needs no attention. */
export async function listEnded(journal: string): Promise<EndedRun[]> {
  const folder = folderOf(journal)
  const runs: EndedRun[] = []
  for (const { id, isKept } of await filesIn(folder)) {
    const run = isKept && (await readEnded(journal, id).catch(() => undefined))
    if (run) runs.push(run)
  }
  return runs.sort((one, other) => one.began.localeCompare(other.began))
}

/**
 * Reads an ended run; `undefined` if there is no record of this ID.
 *
 * @throws JournalError when it cannot be read
 */
export async function readEnded(journal: string, id: string): Promise<EndedRun | undefined> {
  const path = join(folderOf(journal), `${id}.json`)
  try {
    const { success, output } = v.safeParse(file, JSON.parse(await readOwnFile(path)))
    if (!success) throw new RangeError('it is damaged')
    return { ...output, id }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unreadable(path, error)
  }
}

function folderOf(journal: string): string {
  return join(journal, 'ended')
}

/** Drops the progress events if the events are too large, and all events if that is not enough. */
function bounded(events: readonly unknown[]): unknown[] | undefined {
  const isProgress = (event: unknown) => (event as { type?: unknown } | null)?.type === 'progress'
  const ways = [[...events], events.filter((event) => !isProgress(event))]
  return ways.find((way) => JSON.stringify(way).length <= MOST_CHARACTERS)
}

/** Makes room for one more. */
async function forget(folder: string): Promise<void> {
  for (const { id, isKept } of await filesIn(folder, KEPT.count - 1)) {
    if (!isKept) await removeFile(join(folder, `${id}.json`))
  }
}

/** Lists the files of runs, newest first. */
async function filesIn(
  folder: string,
  most: number = KEPT.count,
): Promise<{ id: string; isKept: boolean }[]> {
  const all = (await namesIn(folder)).map(async (name) => {
    const id = /^([0-9a-f]{8})\.json$/.exec(name)?.[1]
    const stats = id && (await stat(join(folder, name)).catch(() => undefined))
    return id && stats ? [{ id, at: stats.mtimeMs }] : []
  })
  const files = (await Promise.all(all)).flat()
  const oldest = Date.now() - KEPT.ms
  return files
    .sort((one, other) => other.at - one.at)
    .map(({ id, at }, index) => ({ id, isKept: index < most && at >= oldest }))
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    await assertOwnFolder(folder)
    return await whenThereIsRoom(() => readdir(folder))
  } catch {
    // The folder does not exist yet, or belongs to another user.
    return []
  }
}
