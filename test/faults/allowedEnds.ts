import type { InstallErrorCode } from '../../machines/catalogue.ts'
import type { Kind } from './fault.ts'
import type { Role } from './recordedInstall.ts'

/** `enable (refused)`: the enable of the install that fails. */
export type Struck = Role | 'enable (refused)'

/** How a flow may end whose answer was struck so. */
export interface AllowedEnd {
  /** Default: all of them. */
  kinds?: readonly Kind[]
  roles: readonly Struck[]
  ends: readonly (InstallErrorCode | 'done')[]
  why: string
  /** In which state it fails. Default: that in which the answer is waited for. */
  state?: string
  /** The plugin is left, and the outcome says that there was nothing to remove. */
  leavesIt?: true
}

const LOOKS = ['ping', 'privileges', 'inspect'] as const
const CHANGES = ['set', 'enable', 'enable (refused)'] as const
const FORWARD = [...LOOKS, 'verify', ...CHANGES] as const
const BACK = ['find', 'delete', 'gone'] as const

/** The allowed ends of a flow, by the fault and the answer that it strikes; every other end is a defect. */
export const allowedEnds: readonly AllowedEnd[] = [
  {
    roles: ['distribution'],
    ends: ['done'],
    why: 'it only adds a digest to what is compared: an install that lacks it is checked all the same',
  },
  {
    roles: BACK,
    ends: ['plugin-did-not-listen'],
    state: 'enabling',
    why: 'the first failure stays the reason, whatever happens to the taking back',
  },

  // The connection
  {
    kinds: ['cut', 'reset'],
    roles: FORWARD,
    ends: ['engine-unreachable'],
    why: 'the answer did not come whole',
  },
  {
    kinds: ['cut', 'reset'],
    roles: ['pull'],
    ends: ['pull-interrupted'],
    why: 'the stream did not come to its end',
  },
  {
    kinds: ['cut', 'reset', 'silence', 'length'],
    roles: ['inspect'],
    ends: ['engine-failed', 'done'],
    why: 'a status has come, and of the words as many as came: all of them, in the end',
  },
  {
    kinds: ['cut', 'reset'],
    roles: ['enable (refused)'],
    ends: ['enable-failed', 'plugin-did-not-listen'],
    why: 'a status has come, and of the words as many as came: enough of them, in the end',
  },
  {
    kinds: ['silence'],
    roles: [...FORWARD, 'pull'],
    ends: ['timed-out'],
    why: 'no call waits longer than was said',
  },
  {
    kinds: ['twice'],
    roles: [...LOOKS, 'pull', 'verify', 'set', 'enable'],
    ends: ['done'],
    why: 'an answer that was not asked for is ignored',
  },
  {
    kinds: ['twice'],
    roles: ['enable (refused)'],
    ends: ['plugin-did-not-listen'],
    why: 'the same, and the first answer counts',
  },

  // The length
  {
    kinds: ['length'],
    roles: [...FORWARD, 'pull'],
    ends: ['engine-protocol', 'timed-out'],
    why: 'an invalid length, or that cuts it off; one that is not reached',
  },
  {
    kinds: ['length'],
    roles: ['ping', 'set'],
    ends: ['done'],
    why: 'its body tells nothing, or it has none',
  },
  {
    kinds: ['length'],
    roles: FORWARD,
    ends: ['engine-unreachable'],
    why: 'the end comes before the length is reached',
  },
  {
    kinds: ['length'],
    roles: ['pull'],
    ends: ['pull-interrupted'],
    why: 'the end comes before the length is reached, or inside a line',
  },

  // The body
  {
    kinds: ['garbage', 'too much', 'deep', 'not UTF-8', 'proxy error', 'redirect', 'wrong type'],
    roles: [...FORWARD, 'pull'],
    ends: ['engine-protocol'],
    why: 'no engine answers so',
  },
  {
    kinds: ['garbage'],
    roles: FORWARD,
    ends: ['engine-unreachable'],
    why: 'the connection ends before there is anything in it',
  },
  {
    kinds: ['garbage'],
    roles: ['pull'],
    ends: ['pull-interrupted'],
    why: 'the connection ends before there is anything in it',
  },
  {
    kinds: ['garbage', 'too much', 'deep', 'not UTF-8'],
    roles: ['set'],
    ends: ['done'],
    why: 'a 204 has no body: bytes that come after it are ignored',
  },
  {
    kinds: ['garbage'],
    roles: ['enable'],
    ends: ['done'],
    why: 'its body is empty, and bytes that come after it are ignored',
  },
  {
    kinds: ['garbage', 'too much', 'deep', 'not UTF-8', 'wrong type'],
    roles: ['inspect'],
    ends: ['engine-failed'],
    why: 'unknown words of an error are still words of an error',
  },
  {
    kinds: ['garbage', 'deep', 'not UTF-8', 'proxy error'],
    roles: ['ping'],
    ends: ['done'],
    why: 'its headers tell the API version, and its text nothing',
  },
  {
    kinds: ['deep', 'not UTF-8', 'wrong type'],
    roles: ['pull'],
    ends: ['done'],
    why: 'a line of progress that says nothing; what was pulled is looked at afterwards',
  },
  {
    kinds: ['wrong type'],
    roles: ['privileges', 'verify'],
    ends: ['done'],
    why: 'a field that decides nothing, or null where that means empty',
  },
  {
    kinds: ['wrong type'],
    roles: ['privileges', 'verify'],
    ends: ['privileges-not-enforced'],
    state: 'pulling',
    why: 'other privileges were shown than the plugin has',
  },
  {
    kinds: ['wrong type'],
    roles: ['verify'],
    ends: ['unknown-setting', 'setting-not-settable'],
    state: 'configuring',
    why: 'by what is shown, the plugin lacks the setting',
  },
  {
    kinds: ['wrong type'],
    roles: ['verify'],
    ends: ['changed-by-others'],
    state: 'configuring',
    why: 'the look after the set shows another plugin than the look before it, even in a field that decides nothing',
  },
  {
    kinds: ['wrong type'],
    roles: ['verify'],
    ends: ['plugin-gone'],
    leavesIt: true,
    why: "by what is shown, somebody else's plugin has the name: it must not be touched",
  },
  {
    kinds: ['wrong type'],
    roles: ['enable (refused)'],
    ends: ['enable-failed'],
    why: 'unknown words of an error are still words of an error',
  },

  // The sender
  {
    kinds: ['proxy error'],
    roles: [...FORWARD, 'pull'],
    ends: ['engine-unreachable'],
    why: 'a gateway says that it has no answer of the engine',
  },
  {
    kinds: ['other status'],
    roles: ['ping', 'privileges', 'pull', 'verify', 'set', 'enable'],
    ends: ['done'],
    why: 'another status of success',
  },
  {
    kinds: ['other status'],
    roles: [...FORWARD, 'pull'],
    ends: ['engine-protocol'],
    why: 'a switch of protocols, a compressed body, nothing where something belongs',
  },
  {
    kinds: ['other status'],
    roles: [...LOOKS, 'verify'],
    ends: ['engine-failed'],
    why: 'unknown words of an error',
  },
  {
    kinds: ['other status', 'proxy error'],
    roles: ['ping'],
    ends: ['engine-access-denied'],
    why: '401 and 403, as a proxy in front of an engine means them',
  },
  {
    kinds: ['other status'],
    roles: ['privileges', 'pull'],
    ends: ['not-found'],
    why: '404, as a registry means it',
  },
  {
    kinds: ['other status'],
    roles: ['privileges', 'pull'],
    ends: ['unauthorized'],
    state: 'reauth',
    why: '401 and 403, as a registry means them, where there are no other credentials',
  },
  {
    kinds: ['other status'],
    roles: ['pull'],
    ends: ['pull-failed', 'pull-interrupted'],
    why: 'unknown words of an error; a stream without a line',
  },
  { kinds: ['other status'], roles: ['set'], ends: ['set-failed'], why: 'the engine refuses it' },
  {
    kinds: ['other status'],
    roles: ['enable'],
    ends: ['enable-failed'],
    why: 'the engine refuses it',
  },
]
