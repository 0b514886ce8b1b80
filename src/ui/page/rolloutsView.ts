import { TARGET_STATES } from '../../../machines/rollout/records.ts'
import { formatAgo } from '../../text/formatAmount.ts'
import { element, setText } from '../../viewer/element.ts'
import type { Tone } from '../../viewer/runAt.ts'
import type { ListedRollout } from '../rollouts.ts'
import type { Ask } from './api.ts'
import { byId, createRows, type Row } from './dom.ts'
import { rolloutAddress } from './route.ts'

/** Between two looks at the list while it is shown. */
const LOOK_MS = 2_000

/** The rollouts, the newest first. */
export function createRolloutsView(ask: Ask) {
  const problem = byId('rollouts-problem', HTMLElement)
  const draw = createRows(byId('rollout-rows', HTMLElement), createRolloutRow)
  let timer: ReturnType<typeof setInterval> | undefined

  async function look(): Promise<void> {
    const { ok, body, message } = await ask('/rollouts')
    setText(problem, ok ? (body.problems as string[]).join('. ') : message)
    if (!ok) return
    const rollouts = body.rollouts as ListedRollout[]
    draw(rollouts)
    byId('no-rollouts', HTMLElement).hidden = rollouts.length > 0
  }
  return {
    /** Keeps the list as it is now for as long as it is shown. */
    show(isShown: boolean) {
      clearInterval(timer)
      if (!isShown) return
      void look()
      timer = setInterval(() => void look(), LOOK_MS)
    },
  }
}

/** Targets of these states are still to be worked on. */
const OPEN = ['queued', 'leased', 'running']

/** How many targets have ended, and how many there are. */
export function progressOf({ counts }: ListedRollout): { ended: number; all: number } {
  const sum = (states: readonly (keyof typeof counts)[]) =>
    states.reduce((before, state) => before + counts[state], 0)
  return {
    ended: sum(TARGET_STATES.filter((state) => !OPEN.includes(state))),
    all: sum(TARGET_STATES),
  }
}

export function toneOfRollout(state: string): Tone {
  if (['awaitConsent', 'holding', 'paused'].includes(state)) return 'asking'
  if (state === 'done') return 'good'
  if (['denied', 'expired', 'stopped'].includes(state)) return 'stopped'
  return /^roll(ingB|edB)ack$/.test(state) ? 'bad' : 'working'
}

function createRolloutRow(first: ListedRollout): Row<ListedRollout> {
  const { id, name, reference, kind, planned } = first
  const status = element('span', { class: 'badge' })
  const done = element('span', { class: 'age' })
  const age = element('span', { class: 'kind' })
  const title = element('strong', {}, `${kind} ${kind === 'remove' ? name : reference}`)
  const link = element('a', { class: 'row' }, status, title, age, done)
  link.href = rolloutAddress(id)
  return {
    node: element('li', {}, link),
    update(rollout) {
      const { ended, all } = progressOf(rollout)
      setText(status, rollout.state)
      status.dataset.tone = toneOfRollout(rollout.state)
      setText(done, `${ended} of ${all}`)
      setText(age, formatAgo(Math.max(0, Date.now() - Date.parse(planned))))
    },
  }
}
