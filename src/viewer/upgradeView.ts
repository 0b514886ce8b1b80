import { entriesToAgreeTo, type PlanEntry } from '../../machines/plugin-upgrade/planUpgrade.ts'
import { comparePrivileges } from '../../machines/privileges.ts'
import type { ShownUpgrade, ShownUpgradeOutcome, UpgradeEvents } from '../events/flowEvent.ts'
import { privilegeText } from '../privileges/privilegeText.ts'
import { entryText, LOST_BY_REPLACING, usesTexts, wayBackText } from '../privileges/upgradeText.ts'
import { element } from './element.ts'
import type { Asked, Ended, MachineView } from './machineView.ts'
import { command, consentText, facts, failed, now } from './outcomeParts.ts'
import { explained, requestFacts } from './requestParts.ts'

type Request = UpgradeEvents['request']
type Plan = NonNullable<Request['plan']>
type Stranded = Extract<ShownUpgradeOutcome, { state: 'stranded' }>

export const upgradeView: MachineView<Request, ShownUpgradeOutcome> = {
  noun: 'upgrade',
  to: 'to ',
  question: (request) =>
    request.plan ? askOfPlan(request, request.plan) : askOfPrivileges(request),
  outcome(outcome) {
    if (outcome.state === 'done') return succeeded(outcome.plugin)
    const { failure, leftover } = outcome
    const left = [...(outcome.state === 'stranded' ? whatIsThere(outcome) : whatIsBack(outcome))]
    return failed(failure, 'upgrade', [...left, ...copyLeft(leftover)])
  },
}

function askOfPrivileges(request: Request): Asked {
  const { name, from, reference, added, removed, privileges } = request
  const { list, isCritical } = explained(added, request)
  const kept = comparePrivileges(added, privileges)?.added ?? []
  return {
    title: `Upgrade to ${reference}?`,
    about: [
      element('strong', {}, name),
      ` is from ${from}. Nothing of it changes before the last answer.`,
    ],
    parts: [
      ...titled('It asks for these privileges, which it has not had', list.hasChildNodes() && list),
      ...listed('As before', kept.map(privilegeText)),
      ...listed('No longer asked for', removed.map(privilegeText)),
      ...lines([...usesTexts(request), wayBackText(request.wayBack)]),
      ...requestFacts(request),
    ],
    isCritical,
    spoken: `${name} asks for privileges. Grant or deny them.`,
  }
}

function askOfPlan({ name, wayBack }: Request, { mode, entries }: Plan): Asked {
  const toAgreeTo = entriesToAgreeTo({ entries })
  const others = entries.filter((entry) => !toAgreeTo.includes(entry))
  const isReplaced = mode === 'replace'
  return {
    title: isReplaced ? 'Replace the plugin?' : 'Upgrade it in place?',
    about: [
      element('strong', {}, name),
      isReplaced ? `: ${LOST_BY_REPLACING}.` : ' keeps its ID and its data.',
    ],
    parts: [
      ...listed('Not carried over', toAgreeTo.map(entryText)),
      ...listed('Carried over, or set', others.map(entryText)),
      ...lines([wayBackText(wayBack)]),
    ],
    isCritical: isReplaced || wayBack.none !== undefined,
    spoken: `Not everything of ${name} is carried over. Grant or deny that.`,
  }
}

function succeeded(plugin: ShownUpgrade): Ended {
  const { id, name, from, reference, digest, enabled, changed, mode, entries } = plugin
  const verb = mode === 'replace' ? 'Replaced' : 'Upgraded'
  const version = changed ? 'the new version' : 'what was there before, as it was'
  return {
    title: changed ? `${verb} ${name}` : `${name} is of this content already`,
    parts: [
      now(`${version}, ${enabled ? 'enabled' : 'disabled'}.`),
      ...becameOf(entries),
      ...copyLeft(plugin.leftover),
      facts([
        ['Before', from],
        ['Now', reference],
        ['Id', id.slice(0, 12)],
        ['Content', digest],
        ['Consent', consentText(plugin.consentBy)],
      ]),
    ],
  }
}

function becameOf(entries: readonly PlanEntry[]): HTMLElement[] {
  return listed('What became of what was in effect', entries.map(entryText))
}

type Back = Extract<ShownUpgradeOutcome, { state: 'rolledBack' }>

function whatIsBack({ changed, remnants }: Back): HTMLElement[] {
  return [
    now(`the old version, ${changed ? 'back as it was' : 'of which nothing was changed'}.`),
    ...lines(
      remnants.map(
        (name) => `${name} stays in its settings, and the old version does not read it.`,
      ),
    ),
  ]
}

const VERSIONS: Readonly<Record<Stranded['version'], string>> = {
  old: 'the old version, but not as it was',
  new: 'the new version',
  other: 'neither the old version nor the new one',
  gone: 'neither version: the plugin is gone',
  unknown: 'the old version or the new one',
}

function whatIsThere({ name, version, reason, commands }: Stranded): HTMLElement[] {
  return [
    now(`${VERSIONS[version]}. There was no way back for ${name}: ${reason}.`),
    ...(commands.length > 0 ? lines(['This mends it, in this order:']) : []),
    ...commands.map(command),
  ]
}

function copyLeft(leftover: ShownUpgrade['leftover']): HTMLElement[] {
  if (!leftover) return []
  const text = `The copy ${leftover.name} may be left. This removes it:`
  return [...lines([text]), command(leftover.command)]
}

function lines(texts: readonly string[]): HTMLElement[] {
  return texts.map((text) => element('p', { class: 'facts' }, text))
}

function listed(title: string, texts: readonly string[]): HTMLElement[] {
  const items = texts.map((text) => element('li', {}, text))
  return titled(title, texts.length > 0 && element('ul', { class: 'fates' }, items))
}

function titled(title: string, list: HTMLElement | false): HTMLElement[] {
  return list ? [element('h4', {}, title), list] : []
}
