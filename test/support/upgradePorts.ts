import { EngineError } from '../../machines/errors.ts'
import type { Plugin } from '../../machines/plugin.ts'
import type { UpgradePorts } from '../../machines/plugin-upgrade/steps/ports.ts'
import { textOf } from '../../machines/settings.ts'
import { type Answers, fakeEngine, inspections } from './fakePorts.ts'
import { sampleConfig, samplePlugin } from './samples.ts'

/** The plugin that the steps of an upgrade are tested with. */
export const name = 'acme/probe:1.0'
const Env = ['DEBUG=0', 'FIXED=yes']

export function plugin(overrides: Partial<Plugin> = {}): Plugin {
  return samplePlugin({ Settings: { Args: [], Devices: [], Env, Mounts: [] }, ...overrides })
}

export const on = plugin({ Enabled: true })
export const off = plugin()
export const newVersion = plugin({ Config: sampleConfig({ Description: 'new' }) })
export const another = plugin({ Config: sampleConfig({ Description: 'another' }) })
export const full = new EngineError('disk-full', 'full', { status: 500 })

/** Ports whose engine shows these plugins, one a look; the log has its changes, the records and the pauses. */
export function ports(
  looks: (Plugin | undefined | Error)[],
  answers: Answers = {},
  own: Partial<UpgradePorts> = {},
) {
  const log: string[] = []
  const note = (call: string) => {
    if (!call.startsWith('pluginInspect')) log.push(call)
  }
  const engine = fakeEngine({
    pluginInspect: inspections(...looks),
    pluginDisable: async () => {},
    pluginUpgrade: async () => ({}),
    ...answers,
  })
  const call: typeof engine.call = (operation, input, options) => {
    note(
      [operation, ...Object.values(input).filter((value) => typeof value !== 'object')].join(' '),
    )
    return engine.call(operation, input, options)
  }
  const all = {
    engine: { call },
    pause: async (ms: number) => void log.push(`pause ${ms}`),
    record: async () => void log.push('record'),
    claim: () => {},
    remember: () => {},
    fill: textOf,
    knownValue: () => undefined,
    hasSecret: () => true,
    onMessage: () => {},
    ...own,
  } satisfies UpgradePorts & { onMessage: unknown }
  return { log, ports: all }
}
