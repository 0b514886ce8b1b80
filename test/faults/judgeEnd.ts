import type { Plugin } from '../../machines/plugin.ts'
import { computePrivileges, samePrivileges } from '../../machines/privileges.ts'
import { type AllowedEnd, allowedEnds, type Struck } from './allowedEnds.ts'
import type { End } from './attempt.ts'
import type { Fault } from './fault.ts'
import { installAnswers, type Role } from './recordedInstall.ts'
import { bodyOf } from './wireAnswer.ts'

/** In which state an answer is waited for. */
const STATES: Readonly<Record<Role, string>> = {
  ping: 'checkPrivileges',
  privileges: 'checkPrivileges',
  distribution: 'checkPrivileges',
  inspect: 'checkPrivileges',
  pull: 'pulling',
  verify: 'pulling',
  set: 'configuring',
  enable: 'enabling',
  find: 'enabling',
  delete: 'enabling',
  gone: 'enabling',
}

/** The plugin as the engine has it, whatever was said of it. */
const truth: Plugin = JSON.parse(bodyOf(installAnswers('succeeds').of.verify).toString())

export interface Judgement {
  /** The reason why the end is wrong; absent where it is not. */
  problem?: string
  /** The row of the table that allows it. */
  row?: AllowedEnd
}

/** Whether a flow with this fault ended as one may. */
export function judgeEnd(fault: Fault, end: End): Judgement {
  if (fault.harmless) return judged(harmOf(fault, end) ?? wrongHoldings(end))
  const row = allowedEnds.find((each) => allows(each, fault, end))
  if (!row) return { problem: 'no row of the table allows it' }
  return { row, ...judged(wrongHoldings(end, row) ?? wrongReport(fault, end)) }
}

function judged(problem: string | undefined): Judgement {
  return problem === undefined ? {} : { problem }
}

function allows(row: AllowedEnd, fault: Fault, { code, state }: End): boolean {
  const { kind, role } = fault
  const inState = code === 'done' || state === (row.state ?? STATES[role])
  return (
    (row.kinds?.includes(kind) ?? true) &&
    row.roles.includes(struckBy(fault)) &&
    row.ends.some((end) => end === code) &&
    inState
  )
}

export function struckBy({ role, story }: Pick<Fault, 'role' | 'story'>): Struck {
  return role === 'enable' && story === 'fails' ? 'enable (refused)' : role
}

/** Nothing may come of what is harmless: the install succeeds, or is taken back as it would be. */
function harmOf({ story }: Fault, { code, rollback }: End): string | undefined {
  const asEver = story === 'succeeds' ? code === 'done' : rollback?.result === 'removed'
  return asEver ? undefined : 'a harmless fault did harm'
}

/** The engine holds what the outcome says, and what was enabled is what was agreed to. */
export function wrongHoldings(end: End, row?: Pick<AllowedEnd, 'leavesIt'>): string | undefined {
  const { code, state, rollback, engine, consent, enableWasAsked } = end
  if (code === 'done') {
    if (engine !== 'enabled set') return 'it is not installed as asked for'
    if (!consent) return 'no one has consented'
    const agreed = samePrivileges(consent.privileges, computePrivileges(truth.Config))
    return agreed ? undefined : 'it has other privileges than were agreed to'
  }
  if (enableWasAsked && state !== 'enabling') return 'it was enabled before it was known'
  if (rollback?.result === 'failed') {
    return /^docker plugin rm /.test(rollback.command) ? undefined : 'no command for what is left'
  }
  if (engine !== 'nothing' && !row?.leavesIt) return `${engine} is left on the engine`
  return undefined
}

/** A rollback may fail where it is never answered, and where the end of the pull cannot be known. */
function wrongReport({ role, kind, always, deed }: Fault, { rollback }: End): string | undefined {
  if (rollback?.result !== 'failed') return undefined
  const unanswered = always === true && (role === 'find' || role === 'gone')
  const unknown = kind === 'cut' && role === 'pull' && deed === 'gives it up'
  return unanswered || unknown ? undefined : `the rollback failed: ${rollback.reason}`
}
