import type { Loss } from '../../../machines/rollout/types.ts'
import type { TargetRow } from '../../rollout/followRollout.ts'
import { formatSeconds } from '../../text/formatAmount.ts'
import { button, element, setText } from '../../viewer/element.ts'
import type { RolloutNews, RolloutOrder, ShownRollout } from '../rollouts.ts'
import type { Ask } from './api.ts'
import { createCellGrid } from './cellGrid.ts'
import { byId, confirmed } from './dom.ts'
import { followChanges } from './followChanges.ts'
import { showRolloutConsent } from './rolloutConsent.ts'
import { progressOf, toneOfRollout } from './rolloutsView.ts'
import { rolloutAddress } from './route.ts'
import type { Session } from './session.ts'
import { createStateLegend, wordOf } from './stateLegend.ts'
import { createTargetTable } from './targetTable.ts'
import { createTargetView } from './targetView.ts'

interface OrderButton {
  order: RolloutOrder
  /** Only where targets of both kinds were lost. */
  only?: Loss
  label: string
  kind?: string
  /** Before an order that is grave. */
  question?: readonly [title: string, text: string, yes: string]
}

/** The orders that have a button. */
const BUTTONS: readonly OrderButton[] = [
  { order: 'promote', label: 'Promote', kind: 'primary' },
  { order: 'resume', label: 'Resume', kind: 'primary' },
  { order: 'pause', label: 'Pause' },
  { order: 'retry', label: 'Retry' },
  { order: 'retry', only: 'failed', label: 'Retry failed' },
  { order: 'retry', only: 'unreachable', label: 'Retry unreachable' },
  {
    order: 'cancel',
    label: 'Cancel',
    question: [
      'Cancel this rollout?',
      'No further target begins, and those at work go on to their end. What is done stays.',
      'Cancel rollout',
    ],
  },
  {
    order: 'rollback',
    label: 'Roll back',
    question: [
      'Roll this rollout back?',
      'What it has changed is taken back on every engine, the newest first.',
      'Roll back',
    ],
  },
]

/** States in which the rate and the time left mean something. */
const AT_WORK = ['canary', 'rolling', 'rollingBack']
/** The rate is that of the last so many milliseconds. */
const RATE_MS = 30_000

/** The rollout that is open: its targets by state, and the orders that it takes. */
export function createRolloutView(session: Session, ask: Ask, titled: (title: string) => void) {
  const problem = byId('rollout-problem', HTMLElement)
  const title = byId('rollout-title', HTMLElement)
  const status = byId('rollout-state', HTMLElement)
  const progress = byId('rollout-progress', HTMLElement)
  const orders = byId('rollout-orders', HTMLElement)
  const filter = byId('target-filter', HTMLInputElement)
  const pointed = byId('pointed', HTMLElement)
  const legend = createStateLegend(byId('legend', HTMLElement), filtered)
  const target = createTargetView(ask)
  let open = ''
  let rows: TargetRow[] = []
  let times: { at: number; ended: number }[] = []
  let following = new AbortController()
  let selected: number | undefined
  let isSending = false
  /** By what reports them. */
  const problems = { order: '', stream: '', rollout: '' }
  let pageTitle = 'Rollout · plugin-flow'

  const addressOf = ({ index }: TargetRow) => rolloutAddress(open, index)
  const table = createTargetTable(byId('targets', HTMLElement), { addressOf, wordOf })
  const grid = createCellGrid(byId('cells', HTMLCanvasElement), {
    rows: () => rows,
    isShown,
    colorOf: legend.colorOf,
    open: (row) => {
      location.hash = addressOf(row)
    },
    pointed: (row) => setText(pointed, row ? rowText(row) : ''),
  })
  const buttons = BUTTONS.map((each) => {
    const { order, only, label, kind = '' } = each
    return { order, only, made: button(label, { class: kind }, () => void send(each)) }
  })
  orders.append(...buttons.map(({ made }) => made))
  filter.addEventListener('input', filtered)

  async function send({
    order,
    only,
    question,
  }: Pick<OrderButton, 'order' | 'only' | 'question'>): Promise<void> {
    // Another rollout may be open by the time of the answer.
    const path = `/rollouts/${encodeURIComponent(open)}/${order}`
    if (isSending || (question && !(await confirmed(...question)))) return
    isSending = true
    const { message } = await ask(path, { only })
    isSending = false
    trouble('order', message)
  }
  function trouble(source: keyof typeof problems, why: string): void {
    problems[source] = why
    setText(problem, Object.values(problems).filter(Boolean).join('. '))
  }
  function isShown(row: TargetRow): boolean {
    const { target: id, zone = '', message = '' } = row
    if (!legend.isWanted(row.state)) return false
    const word = filter.value.toLowerCase()
    return word === '' || `${id}\n${zone}\n${message}`.toLowerCase().includes(word)
  }
  function isFiltered(): boolean {
    return filter.value !== '' || rows.some(({ state }) => !legend.isWanted(state))
  }
  function filtered(): void {
    table.show(isFiltered() ? rows.filter(isShown) : rows)
    grid.draw()
  }
  function shown({ rollout, rows: changed }: RolloutNews): void {
    const isNew = rows.length === 0
    for (const row of changed) rows[row.index] = row
    showHead(rollout)
    legend.show(rollout.counts)
    if (isNew) grid.layOut()
    else grid.draw(changed)
    table.show(isFiltered() ? rows.filter(isShown) : rows)
    if (isNew) table.select(selected)
    target.changed(changed)
  }
  function showHead(rollout: ShownRollout): void {
    const { kind, name, reference, state, counts, takes, isLeft, consent, plan } = rollout
    trouble('rollout', rollout.problem ?? '')
    const words = `${kind} ${kind === 'remove' ? name : reference}`
    setText(title, words)
    pageTitle = `${words}: ${state} · plugin-flow`
    titled(pageTitle)
    setText(status, state)
    status.dataset.tone = toneOfRollout(state)
    setText(progress, progressText(rollout))
    setText(
      byId('rollout-note', HTMLElement),
      isLeft ? 'No process carries it out. Resume goes on with it here.' : '',
    )
    showLines(byId('rollout-plan', HTMLElement), plan)
    const about = `${words} on ${progressOf(rollout).all} targets`
    showRolloutConsent(about, consent, (order) => void send({ order }))
    const { activeElement } = document
    const isMixed = counts.failed + counts.abandoned > 0 && counts.unreachable > 0
    for (const { order, only, made } of buttons) {
      made.hidden = !takes.includes(order) || (only !== undefined && !isMixed)
      if (made.hidden && made === activeElement) title.focus()
    }
  }
  /** `5120 of 10000 targets, 12 at work, 24.0/s, 3m24s left` */
  function progressText(rollout: ShownRollout): string {
    const { ended, all } = progressOf(rollout)
    const { state, out } = rollout
    const now = performance.now()
    times = [...times.filter(({ at }) => at > now - RATE_MS), { at: now, ended }]
    const [first] = times
    const perSecond = first ? (1_000 * (ended - first.ended)) / Math.max(now - first.at, 1_000) : 0
    const isMoving = AT_WORK.includes(state) && perSecond > 0
    return [
      `${ended} of ${all} targets`,
      ...(out > 0 ? [`${out} at work`] : []),
      ...(isMoving ? [`${perSecond.toFixed(1)}/s`] : []),
      ...(isMoving ? [`${formatSeconds((all - ended) / perSecond)} left`] : []),
    ].join(', ')
  }
  function begin(id: string): void {
    following.abort()
    following = new AbortController()
    open = id
    rows = []
    times = []
    pageTitle = 'Rollout · plugin-flow'
    legend.reset()
    filter.value = ''
    Object.assign(problems, { order: '', stream: '', rollout: '' })
    const parts = [title, status, progress, problem, pointed, byId('rollout-plan', HTMLElement)]
    for (const part of parts) part.replaceChildren()
    for (const { made } of buttons) made.hidden = true
    table.show(rows)
    showRolloutConsent('', undefined, () => {})
    if (id === '') return
    const path = `/rollouts/${encodeURIComponent(id)}/changes`
    const failed = (why: string) => trouble('stream', why)
    void followChanges<RolloutNews>(session, path, { shown, failed, signal: following.signal })
  }
  return {
    /** Opens a rollout, and perhaps a target of it; `undefined` closes it. */
    show(id = '', index?: number) {
      if (id !== open) begin(id)
      if (id !== '') titled(pageTitle)
      selected = index
      target.show(id, index)
      grid.select(index)
      table.select(index)
    },
  }
}

function rowText({ target, zone, state, message }: TargetRow): string {
  const where = zone === undefined ? '' : ` in ${zone}`
  return `${target}${where}: ${wordOf(state)}${message === undefined ? '' : `: ${message}`}`
}

function showLines(place: HTMLElement, lines: readonly string[]): void {
  // A text that is selected stays so.
  if (place.childElementCount === lines.length) return
  place.replaceChildren(...lines.map((line) => element('div', {}, line)))
}
