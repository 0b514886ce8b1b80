import * as v from 'valibot'
import { defined } from '../../machines/defined.ts'
import { isEngineError } from '../../machines/errors.ts'
import { resolveNames } from '../../machines/reference.ts'
import type { FlowEvent, MachineEvents } from '../events/flowEvent.ts'
import type { ShownFlow } from '../events/flowEvents.ts'
import { parseConsentPolicy } from '../flow/consent/consentPolicyFile.ts'
import { installPlugin } from '../flow/install.ts'
import { parseSettings } from '../flow/secrets/parseSettings.ts'
import type { ConsentPolicy, Engine, GivenSetting, InstallOptions } from '../flow/types.ts'
import { type UpgradeOptions, upgradePlugin } from '../flow/upgrade.ts'
import { FieldError, validBody } from './json.ts'
import { shownInstallPlan, shownUpgradePlan } from './shownPlan.ts'

/** A flow on the engine of the server. */
export interface Started {
  flow: ShownFlow
  /** Of its record, if it has one. */
  id?: string
  /** The form that it was asked for in, without the values of secret settings. */
  form?: object
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

const text = (what: string) => v.string(`${what} must be a string`)
const reference = v.pipe(text('reference'), v.nonEmpty('reference is missing'))
const SETTINGS = 'settings must be a list of KEY=VALUE, or of name, value and secret'
const setting = v.union(
  [
    v.string(),
    v.object({
      name: v.string(),
      value: v.optional(v.string(), ''),
      secret: v.optional(v.boolean(), false),
    }),
  ],
  SETTINGS,
)
const settings = v.optional(v.array(setting, SETTINGS), [])
/** The permissions that are granted without asking: a person is shown the rest first. */
const policy = v.optional(text('policy'), '')

const installBody = v.object(
  {
    reference,
    alias: v.optional(text('alias'), ''),
    settings,
    policy,
    disabled: v.optional(v.boolean('disabled must be true or false'), false),
  },
  'reference is missing',
)

const upgradeBody = v.object(
  {
    name: v.pipe(text('name'), v.nonEmpty('name is missing')),
    reference: v.optional(text('reference'), ''),
    settings,
    policy,
  },
  'name is missing',
)

/** What a person asks for in a form. */
export interface AskedFlow {
  start(starts: Starts): Started | Promise<Started>
  /** What it would do. */
  plan(engine: Engine): Promise<object>
  /** The form again, without the values of secret settings. */
  form: object
}

const readers: { [Id in keyof MachineEvents]: (body: unknown) => AskedFlow } = {
  pluginInstall(body) {
    const form = validBody(installBody, body)
    const { reference, alias, disabled } = form
    checkName('reference', resolveNames({ reference }))
    if (alias) checkName('alias', resolveNames({ reference, alias }))
    const more = { settings: givenSettings(form.settings), consent: policyOf(form.policy) }
    const options = { reference, disabled, ...defined({ alias: alias || undefined, ...more }) }
    return {
      start: (starts) => starts.pluginInstall(options),
      plan: (engine) => shownInstallPlan(engine, options),
      form: { machine: 'pluginInstall', ...form, settings: withoutSecrets(form.settings) },
    }
  },
  pluginUpgrade(body) {
    const form = validBody(upgradeBody, body)
    const { name, reference } = form
    if (reference) checkName('reference', resolveNames({ reference }))
    const more = { settings: givenSettings(form.settings), consent: policyOf(form.policy) }
    const options = { name, ...defined({ reference: reference || undefined, ...more }) }
    return {
      start: (starts) => starts.pluginUpgrade(options),
      plan: (engine) => shownUpgradePlan(engine, options),
      form: { machine: 'pluginUpgrade', ...form, settings: withoutSecrets(form.settings) },
    }
  },
}

const byMachine = new Map<unknown, (body: unknown) => AskedFlow>(Object.entries(readers))

/** Reads what a body asks for: an install, unless it names another machine. @throws FieldError */
export function readAsked(body: object): AskedFlow {
  const { machine = 'pluginInstall' } = body as { machine?: unknown }
  const read = byMachine.get(machine)
  if (!read) throw new RangeError(`machine must be ${[...byMachine.keys()].join(' or ')}`)
  return read(body)
}

type FormSetting = v.InferOutput<typeof setting>

/** Each by itself first, so that the one that is wrong can be named by its place. */
function givenSettings(all: readonly FormSetting[]): GivenSetting[] {
  const given = all.map((each): GivenSetting => {
    if (typeof each === 'string') return each
    const text = `${each.name}=${each.value}`
    return each.secret ? { setting: text, secret: true } : text
  })
  for (const [index, each] of given.entries()) {
    inField('settings', () => parseSettings([each]), index)
  }
  inField('settings', () => parseSettings(given))
  return given
}

function withoutSecrets(all: readonly FormSetting[]): FormSetting[] {
  return all.map((each) =>
    typeof each === 'object' && each.secret ? { ...each, value: '' } : each,
  )
}

function policyOf(text: string): ConsentPolicy | undefined {
  return text === '' ? undefined : inField('policy', () => parseConsentPolicy(text))
}

function checkName(field: string, names: ReturnType<typeof resolveNames>): void {
  if (isEngineError(names)) throw new FieldError(names.message, field)
}

function inField<Value>(field: string, read: () => Value, index?: number): Value {
  try {
    return read()
  } catch (error) {
    if (!isEngineError(error) && !(error instanceof RangeError)) throw error
    throw new FieldError(error.message, field, index)
  }
}
