import { findTarget, isSettable, type Setting, type SettingKind } from '../settings.ts'
import {
  defaultsOf,
  differences,
  type EffectItem,
  findItem,
  isRemnant,
  item,
  type Observed,
} from './effect.ts'

/**
 * The fate of one mount, device, variable, or of the arguments.
 *
 * - `asked`: set, as this upgrade was asked to
 * - `kept`: its owner's value stays in effect
 * - `setAgain`: the engine drops its owner's value, which is set again
 * - `newDefault`: the engine does not bring the new version's value, which is set
 * - `reverts`: its owner's value is dropped and cannot be set any more
 * - `lost`: its owner's value is dropped, and the new version has no such setting
 * - `onlyByReplacing`: the new version's value cannot be had in place
 * - `stays`: it stays in effect though the new version no longer asks for it
 */
export type Fate =
  | 'asked'
  | 'kept'
  | 'setAgain'
  | 'newDefault'
  | 'reverts'
  | 'lost'
  | 'onlyByReplacing'
  | 'stays'

export interface PlanEntry {
  kind: SettingKind
  name: string
  fate: Fate
  /** In effect before; absent where there was nothing, or a value of its owner that may be a secret. */
  from?: string
  /** In effect afterwards, likewise; of `onlyByReplacing`, the value that cannot be had. */
  to?: string
}

/** A setting to be set after the swap; `carried`: the mark of the value that was in effect before, which is set again. */
export type PlannedSetting = Setting & { carried?: string }

export interface UpgradePlan {
  mode: 'inPlace' | 'replace'
  entries: PlanEntry[]
  settings: PlannedSetting[]
  /** The values that have to be in effect at the end, but for secret settings. */
  expected: EffectItem[]
}

/** The fates that somebody has to agree to: something is not as its owner, or the new version, wants it. */
const TO_AGREE_TO: readonly Fate[] = ['reverts', 'lost', 'onlyByReplacing', 'stays']

export function entriesToAgreeTo({ entries }: Pick<UpgradePlan, 'entries'>): PlanEntry[] {
  return entries.filter(({ fate }) => TO_AGREE_TO.includes(fate))
}

/** The entries of which a plan in place gives less than a fresh install of the new version would. */
export function entriesToReplaceFor({ entries }: UpgradePlan): PlanEntry[] {
  return entries.filter(({ fate }) => fate === 'onlyByReplacing' || fate === 'stays')
}

/** Whether a device was asked for that an upgrade in place cannot give. */
export function asksInVain({ entries }: UpgradePlan, asked: readonly Setting[]): boolean {
  const names = asked.map(({ name }) => name)
  return entries.some(
    ({ kind, name, fate }) =>
      fate === 'onlyByReplacing' && kind === 'device' && names.includes(name),
  )
}

/**
 * The whole difference between a plugin and a new version of it, before anything is changed: what an upgrade
 * in place, or a removal and a new install, makes of each thing that is in effect.
 *
 * @param to the new version, freshly installed
 * @param asked settings given with the upgrade, which `to` has
 */
export function planUpgrade(
  from: Observed,
  to: Observed,
  asked: readonly Setting[],
  mode: UpgradePlan['mode'],
): UpgradePlan {
  const names = [...defaultsOf(to.config), ...from.effect]
  const unique = names.filter((one, index) => findItem(names, one) === names[index])
  const fates = unique.map((one) => {
    const setting = asked.filter(({ name }) => name === one.name).at(-1)
    return setting && findTarget(to.config, setting.name)?.kind === one.kind
      ? askedFate(one, setting, mode)
      : fateOf(from, to, one, mode)
  })
  const extra = asked.filter((setting) => !unique.some(({ name }) => name === setting.name))
  const all = [
    ...fates,
    ...extra.map((setting) => askedFate(undeclared(to, setting), setting, mode)),
  ]
  return {
    mode,
    entries: all.flatMap(({ entry }) => (entry ? [entry] : [])),
    settings: all.flatMap(({ set }) => (set ? [set] : [])),
    expected: all.flatMap(({ result }) => (result ? [result] : [])),
  }
}

/**
 * The parts of the old version that no way back would bring: a new install of it has nothing that only an upgrade in place leaves in
 * effect, and what a plan sets cannot be set again where the old version has it fixed.
 */
export function lostOnReturn(from: Observed, { mode, entries }: UpgradePlan): string[] {
  if (mode === 'replace') {
    const { expected } = planUpgrade(from, from, [], 'replace')
    const lost = differences(from.effect, expected).filter((one) => !isRemnant(from, one))
    return lost.map(({ name }) => name)
  }
  const isFixed = ({ kind, name }: PlanEntry) => {
    const before = findItem(from.effect, { kind, name })
    return before ? !settable(from, before) : !isRemnant(from, { kind, name })
  }
  const isSet = ({ kind, fate }: PlanEntry) =>
    (fate === 'asked' || fate === 'newDefault') && (kind === 'env' || kind === 'args')
  return entries.filter((entry) => isSet(entry) && isFixed(entry)).map(({ name }) => name)
}

interface Decided {
  entry?: PlanEntry
  set?: PlannedSetting
  /** In effect afterwards. */
  result?: EffectItem | undefined
}

function askedFate(
  one: Pick<EffectItem, 'kind' | 'name' | 'value'>,
  setting: Setting,
  mode: UpgradePlan['mode'],
): Decided {
  const { kind, name } = one
  const shown = setting.value === undefined ? {} : { to: setting.value }
  // In place a device's path can be set without an error, and without an effect (recording `upgrade.set-device`).
  const isInVain = kind === 'device' && mode === 'inPlace'
  if (isInVain) return { entry: { kind, name, fate: 'onlyByReplacing', ...shown } }
  return {
    entry: { kind, name, fate: 'asked', ...shown },
    set: setting,
    ...(setting.secret ? {} : { result: item(kind, name, setting.value ?? '') }),
  }
}

function fateOf(
  from: Observed,
  to: Observed,
  { kind, name }: EffectItem,
  mode: UpgradePlan['mode'],
): Decided {
  const before = findItem(from.effect, { kind, name })
  const fresh = findItem(defaultsOf(to.config), { kind, name })
  const same = before?.mark === fresh?.mark
  if (same) return { result: fresh }
  const isOwners = before !== undefined && isOfOwner(from, before)
  const canSet = fresh ? settable(to, fresh) : settable(to, { kind, name })
  const entry = (fate: Fate, after = fresh): PlanEntry => ({
    kind,
    name,
    fate,
    ...(before?.value === undefined ? {} : { from: before.value }),
    ...(after?.value === undefined ? {} : { to: after.value }),
  })
  const carry = (): PlannedSetting => {
    const field = kind === 'mount' ? 'source' : kind === 'device' ? 'path' : undefined
    const setting = { name, ...(field && { field }) }
    return before?.value === undefined
      ? { ...setting, ...(before && { carried: before.mark }) }
      : { ...setting, value: before.value }
  }
  // Only a new install, and of an upgrade in place the mounts, begin with the new version's values.
  if (mode === 'replace' || kind === 'mount') {
    if (!isOwners) return { result: fresh }
    if (canSet) return { entry: entry('setAgain', before), set: carry(), result: before }
    return fresh ? { entry: entry('reverts'), result: fresh } : { entry: entry('lost') }
  }
  if (!fresh) return { entry: entry('stays', before), result: before }
  if (isOwners) return { entry: entry('kept', before), result: before }
  if (canSet && kind !== 'device') {
    const set = { name, value: fresh.value ?? '' }
    return { entry: entry('newDefault'), set, result: fresh }
  }
  return { entry: entry('onlyByReplacing'), result: before }
}

/** A value that is not the default is its owner's. Of what overwrites its default, that cannot be told apart. */
function isOfOwner(from: Observed, before: EffectItem): boolean {
  if (before.kind === 'mount' || before.kind === 'device') return settable(from, before)
  return findItem(defaultsOf(from.config), before)?.mark !== before.mark
}

function settable(
  { config }: Observed,
  { kind, name }: Pick<EffectItem, 'kind' | 'name'>,
): boolean {
  const target = findTarget(config, name)
  return target?.kind === kind && isSettable(target, { name, field: target.field })
}

/** Of a setting that has neither a default nor a value yet. */
function undeclared({ config }: Observed, { name }: Setting): Pick<EffectItem, 'kind' | 'name'> {
  return { kind: findTarget(config, name)?.kind ?? 'env', name }
}
