import { keepSecrets } from '../../flow/secrets/keepSecrets.ts'
import { readSettings } from '../../flow/secrets/readSettings.ts'
import { visible } from '../../text/visible.ts'
import type { Run } from '../commandEntry.ts'
import type { DisableCommand } from '../entries/disable.ts'
import type { EnableCommand } from '../entries/enable.ts'
import type { RemoveCommand } from '../entries/rm.ts'
import type { SetCommand } from '../entries/set.ts'
import { readSecrets } from '../readSecrets.ts'
import { onEachInstalled, onInstalled, untilAnswered } from './onInstalled.ts'

// As Docker's own command: what was done is told by the name that was given.

/** `plugin-flow rm`. */
export const remove: Run<RemoveCommand> = (command, surroundings, outputs) =>
  onEachInstalled(command, surroundings, outputs, async (plugins, name) => {
    await plugins.pluginDelete(name, { force: command.force }, untilAnswered)
    outputs.stdout.write(`${visible(name)}\n`)
  })

/** `plugin-flow enable`. */
export const enable: Run<EnableCommand> = (command, surroundings, outputs) =>
  onInstalled(command, surroundings, outputs, async (plugins) => {
    await plugins.pluginEnable(command.name, command.timeout, untilAnswered)
    outputs.stdout.write(`${visible(command.name)}\n`)
  })

/** `plugin-flow disable`. */
export const disable: Run<DisableCommand> = (command, surroundings, outputs) =>
  onInstalled(command, surroundings, outputs, async (plugins) => {
    await plugins.pluginDisable(command.name, { force: command.force }, untilAnswered)
    outputs.stdout.write(`${visible(command.name)}\n`)
  })

/** `plugin-flow set`: nothing is told when it was done. */
export const set: Run<SetCommand> = async (command, surroundings, outputs) => {
  const { settings, values } = readSettings([...command.settings, ...(await readSecrets(command))])
  const secrets = keepSecrets(values)
  return onInstalled(command, surroundings, outputs, (plugins) =>
    secrets.keptFrom(plugins.pluginSet(command.name, secrets.fill(settings), untilAnswered)),
  )
}
