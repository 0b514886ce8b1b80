import { readRecording, recordedBody, scenarios } from '../support/recordingServer.ts'
import { type Fault, sends, sendsAndEnds } from './fault.ts'
import type { Role } from './recordedInstall.ts'
import { answerBytes, recordedAnswer } from './wireAnswer.ts'

/** An answer of the recordings in the place of the one that is waited for, whole or cut. */
export interface RecordedFault extends Omit<Fault, 'kind'> {
  scenario: string
  isCut: boolean
}

/** How many places a recorded answer is cut at. */
const CUTS = 4

/** The roles of an answer, by its kind. Found before the pull, a plugin has the name already. */
function rolesOf(kind: string, status: number): Role[] {
  const roles: Readonly<Record<string, Role>> = {
    privileges: 'privileges',
    pull: 'pull',
    set: 'set',
    enable: 'enable',
    remove: 'delete',
  }
  const role = roles[kind]
  if (role) return [role]
  return status === 200 ? ['inspect'] : ['inspect', 'verify']
}

/** Every recorded answer to a call of an install. */
export function recordedFaults(seed: number): RecordedFault[] {
  return ['privileges', 'pull', 'set', 'enable', 'remove', 'inspect'].flatMap((kind) =>
    scenarios(kind).flatMap((scenario) => faultsOf(kind, scenario, seed)),
  )
}

function faultsOf(kind: string, scenario: string, seed: number): RecordedFault[] {
  const recording = readRecording(scenario)
  const { status } = recording.response
  // The engine died of the call.
  if (!status) return []
  const answer = recordedAnswer(scenario)
  const refuses = status >= 400 || /"errorDetail"/.test(recordedBody(recording).toString())
  const bytes = answerBytes(answer)
  const step = Math.ceil(bytes.length / CUTS)
  const places = Array.from({ length: CUTS }, (_, cut) => cut * step + (seed % step))
  return rolesOf(kind, status).flatMap((role) => {
    const made = {
      role,
      scenario,
      story: role === 'delete' ? ('fails' as const) : ('succeeds' as const),
      deed: refuses ? ('gives it up' as const) : ('does it' as const),
    }
    return [
      { ...made, detail: 'whole', strike: sends(() => bytes), isCut: false },
      ...places
        .filter((at) => at < bytes.length)
        .map((at) => ({
          ...made,
          detail: `after ${at} of ${bytes.length} bytes`,
          strike: sendsAndEnds(() => bytes.subarray(0, at)),
          isCut: true,
        })),
    ]
  })
}
