import type { PlanEntry } from '../../machines/plugin-upgrade/planUpgrade.ts'
import type { Uses } from '../../machines/plugin-upgrade/types.ts'
import { listSome } from '../../machines/text.ts'
import { asWord } from '../text/visible.ts'

export const LOST_BY_REPLACING =
  'the plugin is removed and installed again: it gets another ID, and the data in its own mount is lost'

/** Whether the old version can be had again, in one line; its reference as people write it. */
export function wayBackText({ remote, none }: { remote?: string; none?: string }): string {
  return none === undefined
    ? `If the upgrade fails, the old version comes back from ${remote}.`
    : `There is no way back to the old version: ${none}.`
}

/** The users of the plugin, as far as the engine reports them. */
export function usesTexts({ uses }: { uses?: Uses }): string[] {
  if (!uses) return ['The engine does not tell whether the plugin is in use.']
  const listed = (names: readonly string[]) => listSome(names.map(asWord))
  const { containers, volumes, networks } = uses
  return [
    ...(containers.length > 0 ? [`Containers that use it: ${listed(containers)}.`] : []),
    ...(volumes.length > 0 ? [`Its volumes: ${listed(volumes)}.`] : []),
    ...(networks.length > 0 ? [`Its networks: ${listed(networks)}.`] : []),
  ]
}

const KINDS = { env: 'variable', args: 'arguments', mount: 'mount', device: 'device' } as const

/** The fate of one thing that is in effect, in words. */
export function entryText({ kind, name, fate, from, to }: PlanEntry): string {
  const what = kind === 'args' ? KINDS.args : `${KINDS[kind]} ${asWord(name)}`
  const old = from === undefined ? 'its value' : `its value ${asWord(from) || '""'}`
  const next = to === undefined ? '' : ` ${asWord(to) || '""'}`
  switch (fate) {
    case 'asked':
      return `${what}: set as asked`
    case 'kept':
      return `${what}: ${old} stays in effect`
    case 'setAgain':
      return `${what}: ${old} is set again`
    case 'newDefault':
      return `${what}: set to the default of the new version${next && `,${next}`}`
    case 'reverts':
      return `${what}: ${old} is dropped and cannot be set any more${next && `; in effect is${next}`}`
    case 'lost':
      return `${what}: ${old} is dropped, for the new version has no such setting`
    case 'onlyByReplacing':
      return `${what}: the value of the new version${next && `,${next},`} can only be had by replacing the plugin (--mode replace)`
    case 'stays':
      return `${what}: ${old} stays in effect, although the new version no longer has it`
  }
}
