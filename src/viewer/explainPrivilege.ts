import type { PluginPrivilege } from '../../machines/plugin.ts'
import { explainCapability } from './explainCapability.ts'
import { explainDevice, explainPath } from './explainPath.ts'

/** `critical`: whoever has it can make itself root on the host. */
export type Danger = 'critical' | 'high' | 'medium' | 'low'

/** What a privilege means for the host, in a sentence. */
export interface Explanation {
  danger: Danger
  /** A few words: `Host network`. */
  title: string
  /** The value that it is about, in the plugin's words; empty where it has none. */
  value: string
  sentence: string
}

const ORDER: readonly Danger[] = ['critical', 'high', 'medium', 'low']

/** Every value of every privilege, the most dangerous first. */
export function explainPrivileges(privileges: readonly PluginPrivilege[]): Explanation[] {
  return privileges
    .flatMap(explainPrivilege)
    .sort((one, other) => ORDER.indexOf(one.danger) - ORDER.indexOf(other.danger))
}

/** What a setting that points a mount or a device elsewhere means. */
export function explainSetting(setting: string): Explanation {
  const value = setting.slice(setting.indexOf('=') + 1)
  const { danger, sentence } = value.startsWith('/dev/') ? explainDevice(value) : explainPath(value)
  return { danger, title: 'Setting that changes what it reaches', value: setting, sentence }
}

function explainPrivilege(privilege: PluginPrivilege): Explanation[] {
  const { Name, Description } = privilege
  // One without a value is shown all the same.
  const Value = privilege.Value.length > 0 ? privilege.Value : ['']
  switch (Name) {
    case 'network':
      return Value.map(explainNetwork)
    case 'host ipc namespace':
      return [
        {
          danger: 'high',
          title: 'Host IPC',
          value: '',
          sentence: 'It can read and change the shared memory of every process on the host.',
        },
      ]
    case 'host pid namespace':
      return [
        {
          danger: 'critical',
          title: 'Host processes',
          value: '',
          sentence:
            'It sees every process on the host, can end them, and can reach their files and secrets.',
        },
      ]
    case 'mount':
      return Value.map((value) => ({ title: 'Host directory', value, ...explainPath(value) }))
    case 'device':
      return Value.map((value) => ({ title: 'Host device', value, ...explainDevice(value) }))
    case 'allow-all-devices':
      return [
        {
          danger: 'critical',
          title: 'All devices',
          value: '',
          sentence:
            'It can read and write every device of the host, its disks and memory included.',
        },
      ]
    case 'capabilities':
      return Value.map((value) => ({ title: 'Capability', value, ...explainCapability(value) }))
    default:
      return [
        {
          danger: 'high',
          title: `Unknown privilege: ${Name}`,
          value: Value.join(', '),
          sentence: `Nobody here knows what it allows. The engine says: ${Description || 'nothing'}.`,
        },
      ]
  }
}

function explainNetwork(value: string): Explanation {
  if (value === 'host') {
    return {
      danger: 'high',
      title: 'Host network',
      value,
      sentence:
        "It uses the host's own network: every port, every service on localhost, and the traffic.",
    }
  }
  return {
    danger: 'medium',
    title: 'Network',
    value,
    sentence: 'It joins this network and reaches everything on it.',
  }
}
