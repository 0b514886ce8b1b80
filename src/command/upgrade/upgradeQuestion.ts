import type { UpgradeConsentRequest, WayBack } from '../../../machines/plugin-upgrade/types.ts'
import { comparePrivileges } from '../../../machines/privileges.ts'
import { familiar } from '../../../machines/reference.ts'
import { noLongerAsked } from '../../events/upgradeEvents.ts'
import { privilegeText } from '../../privileges/privilegeText.ts'
import {
  entryText,
  LOST_BY_REPLACING,
  usesTexts,
  wayBackText,
} from '../../privileges/upgradeText.ts'
import { visible } from '../../text/visible.ts'
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
        wayBackLine(wayBack),
        'Do you want to go on? [y/N] ',
      ]
    : [
        `Upgrading plugin "${visible(name)}" from ${visible(familiar(from))} to ${visible(reference)}`,
        ...(explained ? explainedDifference(request, explained.output) : differenceTexts(request)),
        ...usesTexts(request).map((line) => visible(line)),
        wayBackLine(wayBack),
        CONSENT_QUESTION,
      ]
  return lines.join('\n')
}

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

function removedTexts(request: UpgradeConsentRequest): string[] {
  const lines = noLongerAsked(request).map((privilege) => listed(privilegeText(privilege)))
  return lines.length > 0 ? ['It is no longer requesting these:', ...lines] : []
}

/** Whether the old version can be had again, in one line. */
export function wayBackLine(wayBack: WayBack): string {
  const named = 'none' in wayBack ? wayBack : { remote: familiar(wayBack.remote) }
  return visible(wayBackText(named))
}

function listed(line: string): string {
  return ` - ${visible(line)}`
}
