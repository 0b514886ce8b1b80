import type { FlowStarted } from '../events/flowEvent.ts'

/** How people speak of the flows of one machine. */
export interface Words {
  /** `The install failed`. */
  noun: string
  /** `Installed acme/plain`. */
  past: string
}

const byMachine: ReadonlyMap<string, Words> = new Map([
  ['pluginInstall', { noun: 'install', past: 'Installed' }],
])

/** The machine that is shown until the flow's first event names another. */
export const FIRST_MACHINE = 'pluginInstall'

/** The words of a flow's machine; a flow of any other machine is called a run. */
export function wordsOf(
  { machine }: Pick<FlowStarted, 'machine'> = { machine: FIRST_MACHINE },
): Words {
  return byMachine.get(machine) ?? { noun: 'run', past: 'Finished' }
}

/**
 * Whether a state says that all is well, or that the flow is going back or has gone back. All machines
 * name these states alike.
 */
export function moodOf(state: string): 'good' | 'bad' | undefined {
  if (state === 'done') return 'good'
  return /^roll(?:ingBack|edBack)\b/.test(state) ? 'bad' : undefined
}
