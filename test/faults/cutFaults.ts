import { type Fault, refusedEnable, sendsAndEnds, sendsAndResets, targets } from './fault.ts'
import type { Deed } from './recordedEngine.ts'
import type { Role } from './recordedInstall.ts'
import { answerBytes } from './wireAnswer.ts'

/** How much of each end of an answer is cut byte by byte, and how far apart the cuts between are. */
const EDGE = 300
const STEP = 19
/** The same for an answer that is cut everywhere in another place. */
const AGAIN_STEP = 7
/** Cuts of what changes the engine are tried with other deeds of it as well, so far apart. */
const DEED_STEP = 97

/** Every answer ends too early. Those that take longest come first. */
export function cutFaults(seed: number): Fault[] {
  return [...otherDeeds(), ...cutsForEver(), ...cuts(seed)]
}

function cuts(seed: number): Fault[] {
  return [...targets, refusedEnable].flatMap(({ role, story, answer }) =>
    positions(role, answerBytes(answer).length, seed).map((at): Fault => {
      const strike = sendsAndEnds((sent) => answerBytes(sent).subarray(0, at))
      return { kind: 'cut', role, story, detail: `after ${at} bytes`, strike }
    }),
  )
}

/** An engine goes on when its client has gone, or gives up, or does later what it was asked for. */
function otherDeeds(): Fault[] {
  const changing = targets.filter(({ role }) => ['pull', 'set', 'enable', 'delete'].includes(role))
  const deeds: Deed[] = ['gives it up', 'does it late']
  return changing.flatMap(({ role, story, answer }) =>
    everySo(DEED_STEP, answerBytes(answer).length).flatMap((at) =>
      deeds.map((deed): Fault => {
        const strike = sendsAndEnds((sent) => answerBytes(sent).subarray(0, at))
        return { kind: 'cut', role, story, detail: `after ${at} bytes`, strike, deed }
      }),
    ),
  )
}

/** The other side resets the connection. */
export function resetFaults(): Fault[] {
  return [...targets, refusedEnable].flatMap(({ role, story, answer }) => {
    const { length } = answerBytes(answer)
    return [...new Set([0, 1, 9, ...everySo(71, length), length - 1])].map((at): Fault => {
      const detail = `after ${at} bytes`
      return {
        kind: 'reset',
        role,
        story,
        detail,
        strike: (socket, sent) => sendsAndResets(socket, answerBytes(sent).subarray(0, at)),
      }
    })
  })
}

function cutsForEver(): Fault[] {
  return targets.flatMap(({ role, story, answer }) => {
    const { length } = answerBytes(answer)
    return [0, Math.floor(length / 2), length - 1].map((at): Fault => {
      const strike = sendsAndEnds((sent) => answerBytes(sent).subarray(0, at))
      return { kind: 'cut', role, story, detail: `after ${at} bytes`, strike, always: true }
    })
  })
}

/**
 * Every place in an answer; of a long one the edges, and a sample between them that the seed moves.
 * Answers while taking back were recorded once, and are cut everywhere as the answer before.
 */
function positions(role: Role, length: number, seed: number): number[] {
  const edge = role === 'find' || role === 'gone' ? 0 : EDGE
  const step = edge === 0 ? AGAIN_STEP : STEP
  return everySo(1, length).filter(
    (at) => at < edge || at >= length - edge || at % step === seed % step,
  )
}

function everySo(step: number, length: number): number[] {
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step)
}
