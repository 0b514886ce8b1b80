import * as v from 'valibot'
import { defined } from '../../machines/defined.ts'
import type { FlowEvent, MachineEvents } from '../events/flowEvent.ts'
import type { ShownFlow } from '../events/flowEvents.ts'
import { installPlugin } from '../flow/install.ts'
import type { Engine, InstallOptions } from '../flow/types.ts'
import { type UpgradeOptions, upgradePlugin } from '../flow/upgrade.ts'
import { validBody } from './json.ts'

/** A flow on the engine of the server. */
export interface Started {
  flow: ShownFlow
  /** Of its record, if it has one. */
  id?: string
  /** Called once it has ended, with what is kept of its events. */
  onEnd?(events: readonly FlowEvent[]): void
}

/** Starts a flow. Rejects with a `RangeError` where it may not begin. */
type Start<Options> = (options: Options) => Started | Promise<Started>

/** The flows that can be started, by the machine's id. */
export interface Starts extends Record<keyof MachineEvents, unknown> {
  pluginInstall: Start<InstallOptions>
  pluginUpgrade: Start<UpgradeOptions>
}

/** Flows that are not recorded. */
export function startsOn(engine: Engine): Starts {
  return {
    pluginInstall: (options) => ({ flow: installPlugin(engine, options) }),
    pluginUpgrade: (options) => ({ flow: upgradePlugin(engine, options) }),
  }
}

const reference = v.pipe(v.string('reference must be a string'), v.nonEmpty('reference is missing'))
const settings = v.optional(
  v.array(v.string('settings must be strings'), 'settings must be a list of KEY=VALUE'),
  [],
)

/** An install. Consent is never part of it: a person is shown first what the plugin asks for. */
const installBody = v.object(
  {
    reference,
    alias: v.optional(v.string('alias must be a string'), ''),
    settings,
    disabled: v.optional(v.boolean('disabled must be true or false'), false),
  },
  'reference is missing',
)

const upgradeBody = v.object(
  {
    name: v.pipe(v.string('name must be a string'), v.nonEmpty('name is missing')),
    reference: v.optional(v.string('reference must be a string'), ''),
    settings,
  },
  'name is missing',
)

const bodies: {
  [Id in keyof MachineEvents]: (starts: Starts, body: unknown) => ReturnType<Starts[Id]>
} = {
  pluginInstall(starts, body) {
    const { alias, ...install } = validBody(installBody, body)
    return starts.pluginInstall({ ...install, ...defined({ alias: alias || undefined }) })
  },
  pluginUpgrade(starts, body) {
    const { reference: to, ...upgrade } = validBody(upgradeBody, body)
    return starts.pluginUpgrade({ ...upgrade, ...defined({ reference: to || undefined }) })
  },
}

const byMachine = new Map<unknown, (typeof bodies)[keyof MachineEvents]>(Object.entries(bodies))

/** Starts what a body asks for: an install, unless it names another machine. @throws RangeError */
export function startAsked(starts: Starts, body: object): Started | Promise<Started> {
  const { machine = 'pluginInstall' } = body as { machine?: unknown }
  const start = byMachine.get(machine)
  if (!start) throw new RangeError(`machine must be ${[...byMachine.keys()].join(' or ')}`)
  return start(starts, body)
}
