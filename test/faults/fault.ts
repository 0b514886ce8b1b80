import type { Socket } from 'node:net'
import type { WireFault } from './recordedEngine.ts'
import { installAnswers, type Role, roles } from './recordedInstall.ts'
import { answerBytes, type WireAnswer } from './wireAnswer.ts'

/** The families of faults: the rows of the table of allowed ends. */
export const kinds = [
  'cut',
  'reset',
  'silence',
  'twice',
  'length',
  'garbage',
  'too much',
  'deep',
  'not UTF-8',
  'proxy error',
  'redirect',
  'other status',
  'wrong type',
] as const

export type Kind = (typeof kinds)[number]

/** One fault of one answer, in one of the two recorded installs. */
export interface Fault extends WireFault {
  kind: Kind
  /** The description for a person: with the kind and the role it names the fault. */
  detail: string
  story: 'succeeds' | 'fails'
  /** The flow waits for an answer no longer than this, in milliseconds. */
  patience?: number
  /** The answer means the same to every reader that conforms: nothing may come of the fault. */
  harmless?: boolean
}

/** The answer that a fault strikes, and where: taking back has its answers only where it happens. */
export interface Target {
  role: Role
  story: 'succeeds' | 'fails'
  answer: WireAnswer
}

export const targets: readonly Target[] = roles.map((role) => {
  const story = ['find', 'delete', 'gone'].includes(role) ? 'fails' : 'succeeds'
  return { role, story, answer: installAnswers(story).of[role] }
})

/** The refusal of an enable, besides its success. */
export const refusedEnable: Target = {
  role: 'enable',
  story: 'fails',
  answer: installAnswers('fails').of.enable,
}

export function nameOf({ kind, role, story, detail, always, deed }: Fault): string {
  const end = story === 'fails' && role === 'enable' ? ' (refused)' : ''
  const which = always ? ', every time' : ''
  return `${kind} :: ${role}${end} :: ${detail}${deed ? `, the engine ${deed}` : ''}${which}`
}

/** Sends bytes in place of the answer, and leaves the connection open. */
export function sends(bytes: (answer: WireAnswer) => Buffer): WireFault['strike'] {
  return (socket, answer) => socket.write(bytes(answer))
}

/** Sends bytes in place of the answer, and then the end of the connection. */
export function sendsAndEnds(bytes: (answer: WireAnswer) => Buffer): WireFault['strike'] {
  return (socket, answer) => socket.end(bytes(answer))
}

/** Sends another answer, framed as it says. */
export function answers(change: (answer: WireAnswer) => WireAnswer): WireFault['strike'] {
  return sends((answer) => answerBytes(change(answer)))
}

/** Sends bytes, and destroys the connection with a reset once they have gone out. */
export function sendsAndResets(socket: Socket, bytes: Buffer): void {
  if (bytes.length === 0) socket.resetAndDestroy()
  else socket.write(bytes, () => socket.resetAndDestroy())
}
