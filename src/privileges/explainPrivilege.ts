import type { PluginPrivilege } from '../../machines/plugin.ts'
import { asWord, asWords } from '../text/visible.ts'
import {
  critical,
  type Danger,
  explainCapability,
  explainDevice,
  explainPath,
  high,
  type Meaning,
  medium,
} from './dangers.ts'

/** The meaning of a privilege for the host, in a sentence. */
export interface Explanation extends Meaning {
  /** A few words: `Host network`. */
  title: string
  /** The value that it is about, in the plugin's words, as one word or several; empty where it has none. */
  value: string
}

const ORDER: readonly Danger[] = ['critical', 'high', 'medium', 'low']

/** All that is consented to, the most dangerous first; settings that widen it before privileges of the same danger. */
export function explainRequest(
  privileges: readonly PluginPrivilege[],
  wideningSettings: readonly string[],
): Explanation[] {
  return [...wideningSettings.map(explainSetting), ...privileges.flatMap(explainPrivilege)].sort(
    (one, other) => ORDER.indexOf(one.danger) - ORDER.indexOf(other.danger),
  )
}

/** The meaning of a setting that points a mount or a device elsewhere. */
export function explainSetting(setting: string): Explanation {
  const value = setting.slice(setting.indexOf('=') + 1)
  const meaning = value.startsWith('/dev/') ? explainDevice(value) : explainPath(value)
  return { title: 'Setting that changes what it reaches', value: asWord(setting), ...meaning }
}

type Titled = Omit<Explanation, 'value'>

/** Privileges that mean something else with each value. */
const byValue: ReadonlyMap<string, (value: string) => Titled> = new Map([
  ['network', explainNetwork],
  ['mount', (value) => ({ title: 'Host directory', ...explainPath(value) })],
  ['device', (value) => ({ title: 'Host device', ...explainDevice(value) })],
  ['capabilities', (value) => ({ title: 'Capability', ...explainCapability(value) })],
])

/** Privileges that are granted or not; their value says nothing. */
const withoutValue: ReadonlyMap<string, Titled> = new Map([
  [
    'host ipc namespace',
    {
      title: 'Host IPC',
      ...high('It can read and change the shared memory of every process on the host.'),
    },
  ],
  [
    'host pid namespace',
    {
      title: 'Host processes',
      ...critical(
        'It sees every process on the host, can end them, and can reach their files and secrets.',
      ),
    },
  ],
  [
    'allow-all-devices',
    {
      title: 'All devices',
      ...critical('It can read and write every device of the host, its disks and memory included.'),
    },
  ],
])

function explainPrivilege({ Name, Description, Value }: PluginPrivilege): Explanation[] {
  const whole = withoutValue.get(Name)
  if (whole) return [{ ...whole, value: '' }]
  const explain = byValue.get(Name)
  // A privilege without a value is shown all the same.
  if (explain)
    return (Value.length > 0 ? Value : ['']).map((value) => ({
      ...explain(value),
      value: asWord(value),
    }))
  const says = `What it allows is not known here. The engine says: ${Description || 'nothing'}.`
  return [
    {
      title: `Unknown privilege ${asWords(Name)}`,
      value: Value.map(asWord).join(', '),
      ...high(says),
    },
  ]
}

function explainNetwork(value: string): Titled {
  if (value !== 'host') {
    return { title: 'Network', ...medium('It joins this network and reaches everything on it.') }
  }
  const meaning = high(
    "It uses the host's own network: every port, every service on localhost, and the traffic.",
  )
  return { title: 'Host network', ...meaning }
}
