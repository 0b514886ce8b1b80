import { layouts } from '../chart/layouts.generated.ts'
import { describeQueued, describeRetry, formatElapsed } from '../text/formatAmount.ts'
import { createAskView } from './askView.ts'
import { createChartView } from './chartView.ts'
import { button, element, setText } from './element.ts'
import { FIRST_MACHINE, viewOf } from './machineViews.ts'
import { createOutcomeView } from './outcomeView.ts'
import { createProgressView } from './progressView.ts'
import type { Answers } from './questions.ts'
import { moodOf, type RunState, toneOf, type Visit } from './runAt.ts'
import { createTimelineView } from './timelineView.ts'

/** The moves in the timeline, and the actions on files. */
export interface Moves {
  go(step: number): void
  follow(): void
  play(): void
  save(): void
  load(file: File): void
}

/** A run, and the moment of it that is shown. */
export interface Shown {
  /** The run at that moment. */
  run: RunState
  /** The run as it is now. */
  latest: RunState
  /** The states that it has entered until now. */
  visits: readonly Visit[]
  isFollowing: boolean
  isPlaying: boolean
  /** Its questions cannot be answered any more. */
  isRecorded: boolean
  /** A problem with the source of the run, or empty. */
  notice: string
  now: number
}

/** Everything that the element shows. */
export function createFlowPanel(answers: Answers, moves: Moves) {
  const title = element('h2', {}, 'No run yet')
  const engine = element('p', { class: 'engine' })
  const status = element('span', { class: 'status', part: 'status', tabindex: -1 })
  const clock = element('span', { class: 'clock' })
  const doing = element('p', { class: 'doing' })
  const cancel = button('Cancel', { class: 'quiet' }, () => answers.cancel())
  const notice = element('p', { class: 'notice', role: 'alert' })
  const live = element('div', { class: 'unseen', role: 'status' })
  const header = element(
    'header',
    {},
    element('div', { class: 'names' }, title, engine),
    element('div', { class: 'state-line' }, status, clock, cancel),
    doing,
    notice,
  )
  const ask = createAskView(answers, status)
  const progress = createProgressView()
  const outcome = createOutcomeView()
  const chart = createChartView()
  const timeline = createTimelineView(moves)
  timeline.list.append(fileButtons(moves))
  // A person who has no mouse scrolls it, too, where it holds nothing to focus.
  const nowOptions = { class: 'now', role: 'group', 'aria-label': 'What happens', tabindex: 0 }
  const now = element('div', nowOptions, ask.node, outcome.node, progress.node)
  const node = element(
    'div',
    { class: 'flow', part: 'flow' },
    header,
    now,
    chart.node,
    timeline.node,
    live,
  )

  let subject: object | undefined

  return {
    node,
    update({
      run,
      latest,
      visits,
      isFollowing,
      isPlaying,
      isRecorded,
      notice: problem,
      now: time,
    }: Shown) {
      const { flow, transitions, startedAt = 0, at = 0 } = run
      const state = transitions.at(-1)?.to ?? ''
      const isOpen = !isRecorded && isFollowing && latest.outcome === undefined
      setText(title, flow ? (flow.alias ?? flow.reference) : 'No run yet')
      setText(engine, describeEngine(run))
      setText(status, state || 'waiting')
      status.dataset.kind = toneOf(run)
      setText(clock, state ? formatElapsed((isOpen ? Math.max(time, at) : at) - startedAt) : '')
      const layout = layouts.get(latest.flow?.machine ?? FIRST_MACHINE)
      const { description = '' } = layout?.states.find(({ path }) => path === state) ?? {}
      const news = run.queued ? describeQueued(run.queued) : run.retry && describeRetry(run.retry)
      setText(doing, news ?? nothingDone(run) ?? description)
      setText(notice, problem)
      notice.hidden = problem === ''
      cancel.hidden = isRecorded || latest.outcome !== undefined || latest.transitions.length === 0
      cancel.disabled = moodOf(latest.transitions.at(-1)?.to ?? '') === 'bad'
      if ((run.outcome ?? run.consent ?? run.credentials) !== subject) {
        subject = run.outcome ?? run.consent ?? run.credentials
        now.scrollTop = 0
      }
      ask.update(run, isOpen)
      progress.update(run)
      outcome.update(run)
      chart.update(layout, run)
      timeline.update({
        visits,
        layout,
        startedAt: latest.startedAt ?? 0,
        now: latest.outcome || isRecorded ? (latest.at ?? 0) : Math.max(time, latest.at ?? 0),
        step: transitions.length - 1,
        isFollowing,
        isPlaying,
      })
      if (isFollowing || isPlaying) setText(live, announce(run, doing.textContent ?? ''))
    },
  }
}

function fileButtons(moves: Moves): HTMLElement {
  const file = element('input', {
    type: 'file',
    accept: '.json,application/json',
    hidden: true,
    'aria-label': 'A recorded run',
  })
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? []
    if (chosen) moves.load(chosen)
    file.value = ''
  })
  return element(
    'div',
    { class: 'controls files' },
    button('Save run', { class: 'small' }, moves.save),
    button('Load run', { class: 'small' }, () => file.click()),
    file,
  )
}

/** The state `rolledBack` says nothing of a run that had nothing to take back. */
function nothingDone({ outcome: reached }: RunState): string | undefined {
  const { outcome } = reached ?? {}
  if (outcome?.state !== 'rolledBack') return undefined
  const isUntouched =
    'changed' in outcome ? !outcome.changed : outcome.rollback.result === 'nothingToRemove'
  return isUntouched ? 'There was nothing to take back: this run has changed nothing.' : undefined
}

function describeEngine({ flow }: RunState): string {
  if (!flow) return ''
  const { alias, reference, engine, simulated } = flow
  const parts = [
    ...(alias === undefined ? [] : [`${viewOf(flow).to}${reference}`]),
    ...(engine === undefined ? [] : [`on ${engine}`]),
  ]
  const kept = simulated ? ' (a simulation: nothing is downloaded, run or kept)' : ''
  return `${parts.join(', ')}${kept}`
}

/** The text for screen readers. */
function announce(run: RunState, doing: string): string {
  const { flow, outcome, consent, credentials, transitions } = run
  if (outcome) {
    const { outcome: end } = outcome
    const { title } = viewOf(outcome.machine ? outcome : flow).outcome(end)
    return end.state === 'done' ? `${title}.` : `${title}. ${end.failure.message}`
  }
  if (consent)
    return viewOf(consent.machine ? consent : flow).question(consent.request, undefined).spoken
  if (credentials) return `The registry ${credentials.registry} wants credentials.`
  const state = transitions.at(-1)?.to
  return state ? `${state}: ${doing}` : ''
}
