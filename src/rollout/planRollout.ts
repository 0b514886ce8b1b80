import { defined } from '../../machines/defined.ts'
import type { Engine as EnginePort } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import { isPulledFrom, resolveNames } from '../../machines/reference.ts'
import type {
  FoundOnTarget,
  PlannedPlugin,
  PlannedSetting,
  PlannedTarget,
  RolloutKind,
  RolloutPlan,
  Strategy,
  TargetAccess,
  TargetAction,
} from '../../machines/rollout/plan.ts'
import { checkHostPath, namesHostPath, type Setting } from '../../machines/settings.ts'
import { lookUpRemote, type RemoteLookUp } from '../../machines/steps/lookUpRemote.ts'
import { listSome, quoted } from '../../machines/text.ts'
import { readDigest } from '../flow/input.ts'
import { setLimits } from '../flow/limits.ts'
import { lookOnly } from '../flow/lookOnly.ts'
import type { Engine } from '../flow/types.ts'
import { connectTarget } from './connectTarget.ts'
import type { Fleet, FleetTarget } from './fleetFile.ts'
import { hashPlan } from './hash.ts'
import { lookAtTarget, type TargetLook } from './lookAtTarget.ts'
import { checkSecrets } from './plannedSettings.ts'
import { completeStrategy } from './strategy.ts'

export interface PlanRolloutOptions {
  fleet: Fleet
  /** Default `install`. */
  kind?: RolloutKind
  /** `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`; of a removal the local name of the plugin. */
  reference: string
  /** Local name on every engine. Default: that of the reference, with its tag. */
  name?: string
  settings?: readonly PlannedSetting[]
  /** `sha256:…`: the content that the reference must name. */
  digest?: string
  /** Fields that are left out have their defaults. */
  strategy?: Partial<Strategy>
  /** Where contexts are looked for, and the variables of secret settings. Default `process.env`. */
  env?: NodeJS.ProcessEnv
  signal?: AbortSignal
  /** For all that is asked of one engine, in milliseconds. Default 30 000. */
  deadline?: number
  /** Opens the engine of a target. Default: from this machine. */
  connect?: (access: TargetAccess) => Engine & { close?(): void }
  /** Called with each target that was looked at. */
  onLook?: (looked: number, of: number) => void
}

const DEADLINE_MS = 30_000
/** To open an engine takes a moment of the event loop. */
const MOST_AT_ONCE = 256
/** So many engines are asked what the reference names, where they do not tell. */
const MOST_ASKED = 3

/**
 * Asks every engine of a fleet what a rollout would do there, and sends nothing that changes anything.
 *
 * @throws EngineError `invalid-option`, `invalid-reference` or `invalid-setting` for what was given; `invalid-configuration`
 * for two targets that are one engine; what the last engine answered, where none can tell what the reference names
 */
export async function planRollout(options: PlanRolloutOptions): Promise<RolloutPlan> {
  const { fleet, kind = 'install', settings = [], env = process.env } = options
  const strategy = completeStrategy(options.strategy)
  const names = resolveNames({ reference: options.reference, ...defined({ alias: options.name }) })
  if (isEngineError(names)) throw names
  const digest = options.digest === undefined ? undefined : readDigest(options.digest)
  checkSettings(settings, env)
  const signal = options.signal ?? new AbortController().signal
  const open = options.connect ?? ((access: TargetAccess) => connectTarget(access, { env }))
  const targets = spreadOverZones(fleet.targets)
  const request = {
    name: names.name,
    settings: settings.map(settingOf),
    deadline: options.deadline ?? DEADLINE_MS,
  }
  const looks = await lookAtAll(targets, options.onLook, (target) =>
    lookAtTarget(() => open(target.access), request, signal),
  )
  refuseOneEngineTwice(targets, looks)
  const remote =
    kind === 'remove'
      ? { privileges: [] }
      : await lookUp(names.remote, targets, looks, open, { signal, digest })
  const plugin: PlannedPlugin = {
    reference: kind === 'remove' ? names.name : options.reference,
    name: names.name,
    ...defined({ digest: remote.digest ?? digest }),
    settings: [...settings],
  }
  const { privileges } = remote
  const judged = targets.map((target, index) =>
    judge(target, looks[index] as TargetLook, kind, plugin),
  )
  const at = new Date().toISOString()
  const plan = { version: 1 as const, at, kind, plugin, privileges, strategy, targets: judged }
  return { ...plan, hash: hashPlan(plan) }
}

function checkSettings(settings: readonly PlannedSetting[], env: NodeJS.ProcessEnv): void {
  for (const setting of settings) {
    if (namesHostPath(setting)) checkHostPath(settingOf(setting))
  }
  checkSecrets(settings, env)
}

function settingOf(setting: PlannedSetting): Setting {
  const { name, field } = setting
  const named = { name, ...defined({ field }) }
  return 'from' in setting
    ? { ...named, secret: true }
    : { ...named, ...defined({ value: setting.value }) }
}

/** The targets of each zone at even distances from each other, so that no zone is all at work or all last. */
function spreadOverZones(targets: readonly FleetTarget[]): FleetTarget[] {
  const sizes = new Map<string | undefined, number>()
  const ranks = targets.map(({ zone }) => {
    const rank = sizes.get(zone) ?? 0
    sizes.set(zone, rank + 1)
    return rank
  })
  return targets
    .map((target, index) => {
      const place = ((ranks[index] ?? 0) + 0.5) / (sizes.get(target.zone) ?? 1)
      return { target, place }
    })
    .sort((one, other) => one.place - other.place)
    .map(({ target }) => target)
}

/** No more at once than flows are, each from when its turn has come. */
async function lookAtAll(
  targets: readonly FleetTarget[],
  onLook: PlanRolloutOptions['onLook'],
  look: (target: FleetTarget) => Promise<TargetLook>,
): Promise<TargetLook[]> {
  const looks: TargetLook[] = []
  let [next, looked] = [0, 0]
  const work = async () => {
    for (let index = next++; index < targets.length; index = next++) {
      looks[index] = await look(targets[index] as FleetTarget)
      onLook?.(++looked, targets.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(setLimits({}).flows, MOST_AT_ONCE) }, work))
  return looks
}

function refuseOneEngineTwice(targets: readonly FleetTarget[], looks: readonly TargetLook[]): void {
  const seen = new Map<string, string>()
  for (const [index, look] of looks.entries()) {
    const { id = '' } = targets[index] ?? {}
    if ('unreachable' in look) continue
    const other = seen.get(look.engineId)
    if (other !== undefined) {
      throw new EngineError(
        'invalid-configuration',
        `the targets ${quoted(other)} and ${quoted(id)} are one engine (ID ${look.engineId}): leave one of them out`,
      )
    }
    seen.set(look.engineId, id)
  }
}

/** The content that the reference names, by the first engine that can tell. */
async function lookUp(
  remote: string,
  targets: readonly FleetTarget[],
  looks: readonly TargetLook[],
  open: NonNullable<PlanRolloutOptions['connect']>,
  { signal, digest }: { signal: AbortSignal; digest: string | undefined },
): Promise<RemoteLookUp> {
  const able = targets.filter((_, index) => {
    const look = looks[index] as TargetLook
    return !('unreachable' in look) && (look.takesDigests || !remote.includes('@'))
  })
  let failure = noEngine(remote, targets, looks)
  for (const { id, access } of able.slice(0, MOST_ASKED)) {
    const engine = open(access)
    try {
      const found = await lookUpOn(engine, remote, signal)
      checkDigest(found, digest)
      return found
    } catch (error) {
      if (!isEngineError(error) || signal.aborted || error.code === 'digest-changed') throw error
      failure = new EngineError(error.code, `${quoted(id)}: ${error.message}`, error.details)
    } finally {
      engine.close?.()
    }
  }
  throw failure
}

function lookUpOn(host: Engine, remote: string, signal: AbortSignal): Promise<RemoteLookUp> {
  const names = resolveNames({ reference: remote })
  return lookOnly(
    host,
    { signal },
    { values: new Map(), timeouts: { checkPrivileges: DEADLINE_MS } },
    async (tools) => {
      tools.enter('checkPrivileges')
      await tools.auth.load(isEngineError(names) ? '' : names.registry, tools.signal)
      return lookUpRemote(tools.engine as EnginePort, remote, tools.signal)()
    },
    ({ code, message, next: _, state: __, retryable: ___, ...details }) =>
      new EngineError(code, message, details),
  )
}

function checkDigest({ digest: found }: RemoteLookUp, digest: string | undefined): void {
  if (digest === undefined || found === undefined || digest === found) return
  throw new EngineError(
    'digest-changed',
    `the reference names ${found}, and not the digest that is expected`,
    { difference: { digests: { granted: digest, found } } },
  )
}

function noEngine(
  remote: string,
  targets: readonly FleetTarget[],
  looks: readonly TargetLook[],
): EngineError {
  const silent = looks.flatMap((look, index) =>
    'unreachable' in look ? [`${targets[index]?.id}: ${look.unreachable}`] : [],
  )
  if (silent.length < looks.length) {
    return new EngineError(
      'engine-unsupported',
      `no engine of the fleet takes a reference with a digest: ${remote}`,
    )
  }
  return new EngineError(
    'engine-unreachable',
    `no engine of the fleet answers (${listSome(silent, 1)})`,
  )
}

function judge(
  { id, zone, labels, access }: FleetTarget,
  look: TargetLook,
  kind: RolloutKind,
  plugin: PlannedPlugin,
): PlannedTarget {
  const target = { id, ...defined({ zone }), labels: { ...labels }, access }
  if ('unreachable' in look) {
    const found = { state: 'unreachable', why: look.unreachable } as const
    return { ...target, found, does: { action: kind } }
  }
  const { engineId, takesDigests, present } = look
  const found: FoundOnTarget = present
    ? {
        state: 'present',
        digest: compareDigests(present.digest, plugin.digest),
        reference: present.reference,
        enabled: present.enabled,
        ...defined({ inUse: present.inUse }),
        takesDigests,
      }
    : { state: 'absent', takesDigests }
  const isSet = present?.isSet ?? false
  return { ...target, engineId, found, does: actionFor(kind, found, plugin, isSet) }
}

function compareDigests(found: string | undefined, wanted: string | undefined) {
  if (found === undefined || wanted === undefined) return 'unknown'
  return found === wanted ? 'same' : 'other'
}

const NOTHING: TargetAction = { action: 'nothing' }

function actionFor(
  kind: RolloutKind,
  found: FoundOnTarget,
  { reference }: PlannedPlugin,
  isSet: boolean,
): TargetAction {
  const skip = (why: string): TargetAction => ({ action: 'skip', why })
  const isPresent = found.state === 'present'
  if (kind === 'remove') {
    if (!isPresent) return NOTHING
    return found.inUse ? skip('the plugin is in use') : { action: kind }
  }
  if (found.state !== 'unreachable' && !found.takesDigests && reference.includes('@')) {
    return skip('the engine would crash on a reference with a digest')
  }
  if (kind === 'upgrade') {
    if (!isPresent) return skip('there is no plugin of this name')
    return found.digest === 'same' && isSet ? NOTHING : { action: kind }
  }
  if (!isPresent) return { action: kind }
  if (!isPulledFrom({ PluginReference: found.reference }, reference) || found.digest === 'other') {
    return skip('a plugin of this name is there with other content: plan an upgrade')
  }
  if (!found.enabled) return skip('the plugin is there and disabled: enable or remove it')
  return isSet ? NOTHING : skip('the plugin is there with other settings: plan an upgrade')
}
