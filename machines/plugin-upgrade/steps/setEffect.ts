import { EngineError, type EngineErrorDetails } from '../../errors.ts'
import type { Plugin } from '../../plugin.ts'
import type { Setting } from '../../settings.ts'
import {
  differences,
  type EffectItem,
  findItem,
  isRemnant,
  type Observed,
  observe,
} from '../effect.ts'
import type { ConfigureRequest, RestoreRequest } from '../inputs.ts'
import type { PlannedSetting } from '../planUpgrade.ts'
import { inspectNow, type UpgradePorts } from './ports.ts'

type SetPorts = Pick<UpgradePorts, 'engine' | 'record' | 'fill' | 'knownValue' | 'hasSecret'>

/**
 * Sets what was planned, one setting a call: a call that fails has applied the settings before the one that it
 * refuses (recording `inspect.after-set-second-unknown`). A plugin that another client enabled during the swap
 * runs the old process still (recording `upgrade.enabled-meanwhile`), and is disabled first.
 */
export async function configurePlugin(
  ports: SetPorts,
  { name, expected, settings, staysDisabled }: ConfigureRequest,
  signal: AbortSignal,
): Promise<Observed> {
  await ports.record()
  const plugin = await inspectNow(ports, name, signal)
  if (plugin.Enabled) {
    await ports.engine.call('pluginDisable', { name: plugin.Id, force: true }, { signal })
  }
  const written = staysDisabled && settings.length === 0 ? unchanged(plugin) : settings
  const set = await setEach(ports, plugin, written, signal)
  const missing = settings.find((one) => one.secret && !ports.hasSecret(set, one))
  if (!missing) {
    const now = observe(set)
    checkPlaces(name, expected, now)
    return now
  }
  throw new EngineError('set-failed', `the setting ${missing.name} of ${name} has no effect`, {
    operation: 'pluginSet',
  })
}

/** Sets again what was in effect before and is not any more. */
export async function restorePlugin(
  ports: SetPorts,
  { before, secrets }: RestoreRequest,
  signal: AbortSignal,
): Promise<Observed> {
  const plugin = await inspectNow(ports, before.name, signal)
  const unlike = differences(before.effect, observe(plugin).effect)
  const isUnlike = (one: EffectItem) =>
    unlike.some(({ kind, name }) => kind === one.kind && name === one.name)
  const hidden = before.effect.filter((one) => secrets.includes(one.name) && !isUnlike(one))
  const settings = [...unlike, ...hidden]
    .filter((one) => !isRemnant(before, one))
    .map((one) => settingFor(ports, findItem(before.effect, one) ?? unknownBefore(one)))
  await ports.record()
  const written = settings.length === 0 && !before.enabled ? unchanged(plugin) : settings
  return observe(await setEach(ports, plugin, written, signal))
}

/**
 * Another client may have pointed a mount or a device elsewhere since it was agreed to.
 *
 * @throws EngineError `not-in-effect`
 */
export function checkPlaces(
  name: string,
  expected: readonly EffectItem[],
  { effect }: Pick<Observed, 'effect'>,
  details: EngineErrorDetails = {},
): void {
  const unlike = differences(expected, effect).filter(({ kind }) => isPlace(kind))
  if (unlike.length === 0) return
  const places = unlike.map((one) => `the ${one.kind} ${one.name}`).join(', ')
  throw new EngineError(
    'not-in-effect',
    `before ${name} was enabled, this was not as planned: ${places}`,
    details,
  )
}

function isPlace(kind: EffectItem['kind']): boolean {
  return kind === 'mount' || kind === 'device'
}

export function valueUnknown(name: string): string {
  return `the value that ${name} had before is not known to this process`
}

function settingFor({ knownValue }: SetPorts, item: EffectItem): PlannedSetting {
  const { kind, name } = item
  const field = kind === 'mount' ? 'source' : kind === 'device' ? 'path' : undefined
  const value = item.value ?? knownValue(item)
  if (value !== undefined) return { name, ...(field && { field }), value }
  throw new EngineError('set-failed', valueUnknown(name), { unsent: true })
}

function unknownBefore({ kind, name }: Pick<EffectItem, 'kind' | 'name'>): never {
  throw new EngineError('set-failed', `the ${kind} ${name} was not in effect before`, {
    unsent: true,
  })
}

async function setEach(
  { engine, fill }: SetPorts,
  { Id: name }: Plugin,
  settings: readonly PlannedSetting[],
  signal: AbortSignal,
): Promise<Plugin> {
  for (const setting of settings) {
    await engine.call('pluginSet', { name, settings: [fill(setting)] }, { signal })
  }
  return inspectNow({ engine }, name, signal)
}

/**
 * A setting that has its value already: until the next set or enable, the engine has not written down where
 * the plugin comes from (recording `upgrade.inspect-after-restart`). Empty where no mount can be set.
 */
function unchanged({ Config }: Plugin): Setting[] {
  const mount = Config.Mounts?.find(({ Settable }) => Settable?.includes('source'))
  return mount ? [{ name: mount.Name, field: 'source', value: mount.Source ?? '' }] : []
}
