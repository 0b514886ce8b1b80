import type { PlanEntry } from '../../../machines/plugin-upgrade/planUpgrade.ts'
import type { UpgradeConsentRequest, WayBack } from '../../../machines/plugin-upgrade/types.ts'
import { comparePrivileges } from '../../../machines/privileges.ts'
import { familiarName, parseReference } from '../../../machines/reference.ts'
import { listSome } from '../../../machines/text.ts'
import { privilegeText } from '../../privileges/privilegeText.ts'
import { asWord, visible } from '../../text/visible.ts'
import {
  CONSENT_QUESTION,
  consentHeading,
  explainedLines,
  type Lines,
  privilegeLines,
  type Question,
} from '../install/consentQuestion.ts'

/** The question about the privileges of the new version, or about what becomes of each setting. */
export const upgradeQuestion: Question<UpgradeConsentRequest> = (request, explained) => {
  const { name, from, reference, plan, wayBack } = request
  const isReplaced = plan?.mode === 'replace'
  const isAllKept = !isReplaced && plan?.entries.length === 0
  const lines = plan
    ? [
        `${isReplaced ? 'Replacing' : 'Upgrading'} plugin "${visible(name)}" ${isAllKept ? 'in place' : 'does not carry everything over:'}`,
        ...(isReplaced ? [listed(LOST_BY_REPLACING)] : []),
        ...plan.entries.map((entry) => listed(entryText(entry))),
        wayBackText(wayBack),
        'Do you want to go on? [y/N] ',
      ]
    : [
        `Upgrading plugin "${visible(name)}" from ${visible(familiar(from))} to ${visible(reference)}`,
        ...(explained ? explainedDifference(request, explained.output) : differenceTexts(request)),
        ...usesTexts(request),
        wayBackText(wayBack),
        CONSENT_QUESTION,
      ]
  return lines.join('\n')
}

const LOST_BY_REPLACING =
  'the plugin is removed and installed again: it gets another ID, and the data in its own mount is lost'

/** The privileges as they differ from those of the plugin that is there. */
export function differenceTexts(request: UpgradeConsentRequest): string[] {
  const { added, kept } = differenceOf(request)
  const widening = privilegeLines(request).slice(request.privileges.length)
  const asked = [
    ...added.map((privilege) => `added: ${privilegeText(privilege)}`),
    ...kept.map((privilege) => `as before: ${privilegeText(privilege)}`),
    ...widening,
  ]
  return [heading(request, asked), ...asked.map(listed), ...removedTexts(request)]
}

/** The same for a person at a terminal: what each privilege means for the host, the worst first, and what is new before the rest. */
export function explainedDifference(request: UpgradeConsentRequest, output: Lines): string[] {
  const { added, kept } = differenceOf(request)
  const { settings } = request
  const part = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [output.paint('quiet', `  ${title}:`), ...lines] : []
  const asked = [
    ...part('Added', explainedLines({ ...request, privileges: added, settings: [] }, output)),
    ...part('As before', explainedLines({ ...request, privileges: kept, settings: [] }, output)),
    ...part('Settings', explainedLines({ ...request, privileges: [], settings }, output)),
  ]
  return [output.paint('strong', heading(request, asked)), ...asked, ...removedTexts(request)]
}

function differenceOf({ added, privileges }: UpgradeConsentRequest) {
  return { added, kept: comparePrivileges(added, privileges)?.added ?? [] }
}

function heading(request: UpgradeConsentRequest, asked: readonly string[]): string {
  return asked.length > 0
    ? consentHeading(request)
    : `Plugin "${visible(request.reference)}" is requesting no privileges.`
}

function removedTexts({ removed, settings }: UpgradeConsentRequest): string[] {
  // What a mount or a device is pointed at stays, where that is set again.
  const gone = removed.filter(
    ({ Value: [place] }) => !settings.some(({ widens, value }) => widens && value === place),
  )
  const lines = gone.map((privilege) => listed(privilegeText(privilege)))
  return lines.length > 0 ? ['It is no longer requesting these:', ...lines] : []
}

/** What uses the plugin, as far as the engine tells. */
export function usesTexts({ uses }: UpgradeConsentRequest): string[] {
  if (!uses) return ['The engine does not tell whether the plugin is in use.']
  const listed = (names: readonly string[]) => listSome(names.map(asWord))
  const { containers, volumes, networks } = uses
  return [
    ...(containers.length > 0 ? [`Containers that use it: ${listed(containers)}.`] : []),
    ...(volumes.length > 0 ? [`Its volumes: ${listed(volumes)}.`] : []),
    ...(networks.length > 0 ? [`Its networks: ${listed(networks)}.`] : []),
  ].map((line) => visible(line))
}

/** Whether the old version can be had again, in one line. */
export function wayBackText(wayBack: WayBack): string {
  return 'none' in wayBack
    ? `There is no way back to the old version: ${visible(wayBack.none)}.`
    : `If the upgrade fails, the old version comes back from ${visible(familiar(wayBack.remote))}.`
}

/** A reference as people write it. */
export function familiar(reference: string): string {
  const parsed = parseReference(reference)
  return typeof parsed === 'string' ? reference : familiarName(parsed)
}

function listed(line: string): string {
  return ` - ${visible(line)}`
}

const KINDS = { env: 'variable', args: 'arguments', mount: 'mount', device: 'device' } as const

/** What becomes of one thing that is in effect, in words. */
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
