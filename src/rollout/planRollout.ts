import { defined } from '../../machines/defined.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import { resolveNames } from '../../machines/reference.ts'
import type {
  PlannedPlugin,
  PlannedSetting,
  RolloutKind,
  RolloutPlan,
  Strategy,
  TargetAccess,
} from '../../machines/rollout/plan.ts'
import { checkHostPath, namesHostPath, type Setting } from '../../machines/settings.ts'
import { oneLine, quoted } from '../../machines/text.ts'
import { readDigest } from '../flow/input.ts'
import { setLimits } from '../flow/limits.ts'
import type { Engine } from '../flow/types.ts'
import { atOnce } from './atOnce.ts'
import { connectTarget } from './connectTarget.ts'
import { createAnswers } from './createAnswers.ts'
import type { Fleet, FleetTarget } from './fleetFile.ts'
import { hashPlan } from './hash.ts'
import { judgeTarget } from './judgeTarget.ts'
import type { TargetLook } from './lookAtTarget.ts'
import { DEADLINE_MS, lookUpContent } from './lookUpContent.ts'
import { checkPlannedSettings, readSecret } from './plannedSettings.ts'
import type { Ask } from './questions.ts'
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
  /** Milliseconds for all requests to one engine. Default 30 000. */
  deadline?: number
  /** Opens the engine of a target. Default: from this machine. */
  connect?: (access: TargetAccess) => Engine & { close?(): void }
  /** Looks at targets and for secrets where the zone of a target is, as `ask` of a runner does, and not from this machine. */
  ask?: Ask
  /** Called with each target that was looked at. */
  onLook?: (looked: number, of: number) => void
}

/** To open an engine takes a moment of the event loop. */
const MOST_AT_ONCE = 256

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
  checkGiven(settings)
  const signal = options.signal ?? new AbortController().signal
  const open = options.connect ?? ((access: TargetAccess) => connectTarget(access, { env }))
  const here = createAnswers({
    connect: ({ access }) => open(access),
    secret: async (from) => readSecret(from, env),
  })
  const ask: Ask = options.ask ?? ((_, question, signal) => here(question, signal))
  const zones = options.ask ? new Set(fleet.targets.map(({ zone }) => zone)) : [undefined]
  const secrets = settings.filter((setting) => 'from' in setting)
  // Of each zone, also where nothing is secret: a zone in which no worker serves is refused at once.
  await Promise.all(
    [...zones].map((zone) => ask(zone, { about: 'secrets', settings: secrets }, signal)),
  )
  const targets = spreadOverZones(fleet.targets)
  const request = {
    name: names.name,
    settings: settings.map(settingOf),
    deadline: options.deadline ?? DEADLINE_MS,
  }
  const looks: TargetLook[] = []
  let looked = 0
  await atOnce(targets, Math.min(setLimits({}).flows, MOST_AT_ONCE), async (target, index) => {
    const question = { about: 'target', target, request } as const
    looks[index] = await ask(target.zone, question, signal).catch((error: unknown) => {
      if (!isEngineError(error) || signal.aborted) throw error
      return { unreachable: oneLine(error.message) }
    })
    options.onLook?.(++looked, targets.length)
  })
  refuseOneEngineTwice(targets, looks)
  const remote =
    kind === 'remove'
      ? { privileges: [] }
      : await lookUpContent(
          names.remote,
          targets,
          looks,
          (target) => ask(target.zone, { about: 'content', target, remote: names.remote }, signal),
          { signal, digest },
        )
  const plugin: PlannedPlugin = {
    reference: kind === 'remove' ? names.name : options.reference,
    name: names.name,
    ...defined({ digest: remote.digest ?? digest }),
    settings: [...settings],
  }
  const { privileges } = remote
  const judged = targets.map((target, index) =>
    judgeTarget(target, looks[index] as TargetLook, kind, plugin),
  )
  const at = new Date().toISOString()
  const plan = { version: 1 as const, at, kind, plugin, privileges, strategy, targets: judged }
  return { ...plan, hash: hashPlan(plan) }
}

function checkGiven(settings: readonly PlannedSetting[]): void {
  for (const setting of settings) {
    if (namesHostPath(setting)) checkHostPath(settingOf(setting))
  }
  checkPlannedSettings(settings)
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
