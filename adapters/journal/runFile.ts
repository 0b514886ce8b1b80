import * as v from 'valibot'
import { type InstallSnapshot, readSnapshot } from '../../machines/plugin-install/snapshot.ts'
import {
  readUpgradeSnapshot,
  type UpgradeSnapshot,
} from '../../machines/plugin-upgrade/snapshot.ts'
import { codeOf, readOwnFile } from './files.ts'

/** The address of the engine of a run. */
const engine = v.object({
  host: v.string(),
  /** The Docker context, if one was used. */
  context: v.exactOptional(v.string()),
  /** The TLS flags: names of files. */
  tls: v.exactOptional(v.record(v.string(), v.union([v.string(), v.boolean()]))),
  /** Connects through the proxy in the environment of the process that resumes the run. */
  proxy: v.exactOptional(v.literal(true)),
})

const text = v.exactOptional(v.string())
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const privilege = v.looseObject({
  Name: v.string(),
  Description: v.string(),
  Value: v.array(v.string()),
})
const failure = v.looseObject({
  code: v.string(),
  state: v.string(),
  message: v.string(),
  next: v.string(),
  retryable: v.boolean(),
})
const settingsOf = v.array(v.looseObject({ name: v.string(), field: text, value: text }))
const consent = v.looseObject({
  by: v.string(),
  at: v.string(),
  request: v.looseObject({
    reference: v.string(),
    name: v.string(),
    digest: text,
    privileges: v.array(privilege),
    settings: v.array(v.looseObject({ name: v.string(), widens: v.boolean() })),
  }),
})
/** The types of an install's snapshot; `readSnapshot` knows its version and its words. */
const installSnapshot = v.looseObject({
  state: v.string(),
  name: text,
  input: v.looseObject({
    reference: v.string(),
    alias: text,
    disabled: v.boolean(),
    grantAllPermissions: v.boolean(),
    ifPresent: v.picklist(['fail', 'keep', 'finish']),
    onFailure: v.picklist(['remove', 'keep']),
    enableTimeout: count,
    credentialsAttempts: count,
  }),
  run: v.looseObject({
    id: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
    layers: v.exactOptional(v.array(v.string())),
    pulledDigest: text,
    consent: v.exactOptional(consent),
    failure: v.exactOptional(failure),
  }),
  outcome: v.exactOptional(
    v.union([
      v.looseObject({ state: v.literal('done'), plugin: v.looseObject({ name: v.string() }) }),
      v.looseObject({
        state: v.literal('rolledBack'),
        failure,
        rollback: v.looseObject({ result: v.string() }),
      }),
    ]),
  ),
})
const effect = v.array(
  v.looseObject({ kind: v.string(), name: v.string(), value: text, mark: v.string() }),
)
const observed = v.looseObject({
  id: v.string(),
  name: v.string(),
  enabled: v.boolean(),
  reference: v.string(),
  config: v.looseObject({
    Args: v.looseObject({ Name: v.string() }),
    Env: v.nullish(v.array(v.looseObject({ Name: v.string() }))),
    Mounts: v.nullish(v.array(v.looseObject({ Name: v.string() }))),
    Network: v.looseObject({ Type: v.string() }),
    Linux: v.looseObject({ Devices: v.nullish(v.array(v.looseObject({ Name: v.string() }))) }),
  }),
  effect,
})
const back = v.union([
  v.looseObject({ none: v.string() }),
  v.looseObject({ remote: v.string(), digest: text, privileges: v.array(privilege) }),
])
/** The same of an upgrade, and of `readUpgradeSnapshot`. */
const upgradeSnapshot = v.looseObject({
  state: v.string(),
  name: text,
  input: v.looseObject({
    reference: text,
    settings: settingsOf,
    digest: text,
    previousDigest: text,
    mode: v.picklist(['inPlace', 'replace', 'auto']),
    trial: v.boolean(),
    force: v.boolean(),
    onFailure: v.picklist(['goBack', 'keep']),
    noWayBack: v.picklist(['ask', 'refuse', 'accept']),
    grantAllPermissions: v.boolean(),
    enableTimeout: count,
    credentialsAttempts: count,
  }),
  run: v.looseObject({
    before: v.exactOptional(observed),
    copy: v.exactOptional(observed),
    resolved: v.exactOptional(
      v.looseObject({ privileges: v.array(privilege), digest: text, back }),
    ),
    consent: v.exactOptional(consent),
    plan: v.exactOptional(
      v.looseObject({
        mode: v.picklist(['inPlace', 'replace']),
        entries: v.array(v.looseObject({ kind: v.string(), name: v.string(), fate: v.string() })),
        settings: settingsOf,
        expected: effect,
      }),
    ),
    failure: v.exactOptional(failure),
  }),
  outcome: v.exactOptional(
    v.union([
      v.looseObject({ state: v.literal('done'), plugin: v.looseObject({ name: v.string() }) }),
      v.looseObject({ state: v.literal('rolledBack'), failure, remnants: v.array(v.string()) }),
      v.looseObject({
        state: v.literal('stranded'),
        failure,
        reason: v.string(),
        name: v.string(),
        commands: v.array(v.string()),
      }),
    ]),
  ),
})
const file = v.object({
  engine,
  /** When the run began, in ISO 8601. */
  began: v.string(),
  snapshot: v.unknown(),
})

export type JournaledEngine = v.InferOutput<typeof engine>

/** The machines whose runs are recorded. */
export type JournaledSnapshot = InstallSnapshot | UpgradeSnapshot

/** A recorded run. */
export interface JournaledRun extends v.InferOutput<typeof file> {
  /** Eight hexadecimal digits. */
  id: string
  snapshot: JournaledSnapshot
}

export function kindOf(snapshot: JournaledSnapshot): 'install' | 'upgrade' {
  return 'machine' in snapshot ? 'upgrade' : 'install'
}

/** Returns the local name of the plugin, or the requested reference before it is known. */
export function nameOf(snapshot: JournaledSnapshot): string {
  const { name } = snapshot
  return name ?? ('machine' in snapshot ? snapshot.input.name : snapshot.input.reference)
}

/** A file of the journal, or its folder, that cannot be used. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
}

/** @throws JournalError naming the file, whatever is in it */
export async function readRun(path: string, id: string): Promise<JournaledRun> {
  try {
    const run = check(file, JSON.parse(await readOwnFile(path)))
    return { ...run, id, snapshot: readAny(run.snapshot) }
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** The snapshot of a machine that is known; that of an install does not name its own. */
function readAny(given: unknown): JournaledSnapshot {
  const machine = (given as { machine?: unknown } | null)?.machine
  if (machine === 'pluginUpgrade') {
    const known = readUpgradeSnapshot(given)
    check(upgradeSnapshot, known, 'snapshot.')
    return known
  }
  if (machine !== undefined)
    throw new RangeError('it is of a machine that this version does not know')
  const known = readSnapshot(given)
  check(installSnapshot, known, 'snapshot.')
  return known
}

/** Quotes nothing of the file, which may have values of settings in it. */
function check<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  within = '',
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, value)
  if (success) return output
  const [issue] = issues
  throw new RangeError(`it is damaged: ${within}${v.getDotPath(issue) ?? 'it'} is not as expected`)
}

export function unreadable(path: string, error: unknown): JournalError {
  const why = whyUnreadable(error)
  return new JournalError(`the run in ${path} cannot be read: ${why}`, { cause: error })
}

function whyUnreadable(error: unknown): string {
  if (error instanceof RangeError) return error.message
  if (error instanceof SyntaxError) return 'it is not valid JSON'
  const code = codeOf(error)
  return code === 'ENOENT' ? 'there is no such run' : code
}
