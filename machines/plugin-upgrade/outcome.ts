import { required } from './context.ts'
import { differences, findItem, isRemnant, sameContent } from './effect.ts'
import type { UpgradeContext, UpgradeOutput } from './types.ts'

type Stranded = Extract<UpgradeOutput, { state: 'stranded' }>

/** The outcome of a finished run. */
export function upgradeOutput({ context }: { context: UpgradeContext }): UpgradeOutput {
  const { failure, stranded, phase, leftover, input, now } = context
  const left = leftover && { leftover }
  if (failure && stranded !== undefined) {
    return { state: 'stranded', failure, reason: stranded, ...whatIsThere(context), ...left }
  }
  const changed = phase === 'swapping'
  if (failure)
    return { state: 'rolledBack', failure, changed, remnants: remnants(context), ...left }
  const before = required(context, 'before')
  const { mode, entries } = required(context, 'plan')
  const { digest } = required(context, 'resolved')
  return {
    state: 'done',
    plugin: {
      id: (typeof now === 'object' ? now : before).id,
      name: before.name,
      from: before.reference,
      reference: input.reference ?? before.reference,
      ...(digest === undefined ? {} : { digest }),
      enabled: before.enabled,
      changed,
      mode,
      entries: changed ? entries : [],
      consent: required(context, 'consent'),
      ...left,
    },
  }
}

function remnants({ before, now }: UpgradeContext): string[] {
  if (!before || typeof now !== 'object') return []
  return differences(before.effect, now.effect)
    .filter((unlike) => isRemnant(before, unlike) && findItem(now.effect, unlike))
    .map(({ name }) => name)
}

/** The version that the engine showed last, and the commands that mend it. */
function whatIsThere(context: UpgradeContext): Pick<Stranded, 'name' | 'version' | 'commands'> {
  const { name, reference, enabled } = required(context, 'before')
  const { now } = context
  const version = versionOf(context)
  const isOn = typeof now === 'object' && now.enabled
  const enable = enabled && !isOn ? [`plugin-flow enable ${name}`] : []
  const look = [`plugin-flow inspect ${name}`]
  const commands = {
    old: enable,
    new: [`plugin-flow upgrade ${name} ${reference}`, ...enable],
    gone: [`plugin-flow install --alias ${name}${enabled ? '' : ' --disable'} ${reference}`],
    unknown: look,
    other: look,
  }
  return { name, version, commands: commands[version] }
}

function versionOf({ before, copy, now }: UpgradeContext): Stranded['version'] {
  if (typeof now !== 'object') return now ?? 'unknown'
  if (copy && sameContent(copy.config, now.config)) return 'new'
  return before && sameContent(before.config, now.config) ? 'old' : 'other'
}
