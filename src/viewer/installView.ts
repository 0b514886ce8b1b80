import { comparePrivileges } from '../../machines/privileges.ts'
import type { InstallEvents, ShownOutcome, ShownPlugin } from '../events/flowEvent.ts'
import { createDifference } from './differenceView.ts'
import { element } from './element.ts'
import type { Ended, MachineView } from './machineView.ts'
import { command, consentText, facts, failed, now } from './outcomeParts.ts'
import { explained, requestFacts } from './requestParts.ts'

type Rollback = Extract<ShownOutcome, { state: 'rolledBack' }>['rollback']

export const installView: MachineView<InstallEvents['request'], ShownOutcome> = {
  noun: 'install',
  to: '',
  question(request, before) {
    const { id, name, privileges } = request
    const { list, isCritical } = explained(privileges, request)
    const changed = before && comparePrivileges(before.privileges, privileges)
    return {
      title: 'Grant these privileges?',
      about: [
        element('strong', {}, name),
        ' will run on the host with what you grant here. The engine itself does not ask.',
      ],
      parts: [
        id > 1 &&
          element('p', { class: 'changed' }, 'It asks for other privileges than a moment ago.'),
        changed && createDifference(changed),
        list,
        ...requestFacts(request),
      ],
      isCritical,
      spoken: `${name} asks for privileges. Grant or deny them.`,
    }
  },
  outcome(outcome) {
    return outcome.state === 'done'
      ? succeeded(outcome.plugin)
      : failed(outcome.failure, 'install', whatIsLeft(outcome.rollback))
  },
}

function succeeded(plugin: ShownPlugin): Ended {
  const { name, id, digest, enabled, changed, consentBy, settings } = plugin
  return {
    title: changed ? `Installed ${name}` : `${name} was there already`,
    parts: [
      element('p', {}, `On the engine now: the plugin, ${enabled ? 'enabled' : 'disabled'}.`),
      facts([
        ['Id', id.slice(0, 12)],
        ['Content', digest],
        ['Settings', settings.join(', ')],
        ['Consent', consentText(consentBy)],
      ]),
    ],
  }
}

function whatIsLeft(rollback: Rollback): HTMLElement[] {
  switch (rollback.result) {
    case 'nothingToRemove':
      return [now('nothing of this run.')]
    case 'removed':
      return [now(`nothing of this run. ${rollback.name} was removed, and looked for afterwards.`)]
    case 'kept':
      return [
        now(`${rollback.name}, ${rollback.enabled ? 'enabled' : 'disabled'}. This removes it:`),
        command(rollback.command),
      ]
    case 'failed':
      return [
        now(`${rollback.name} may be left: ${rollback.reason}. This removes it:`),
        command(rollback.command),
      ]
  }
}
