import { formatAgo } from '../../text/formatAmount.ts'
import { element, setText } from '../../viewer/element.ts'
import { byId, createRows, type Row } from './dom.ts'
import { runAddress } from './route.ts'
import type { ListedRun } from './runView.ts'

/** The list of runs, the newest first, and its filter. */
export function createRunsView() {
  const filter = byId('run-filter', HTMLInputElement)
  const tone = byId('run-tone', HTMLSelectElement)
  const empty = byId('no-runs', HTMLElement)
  const drawRows = createRows(byId('run-rows', HTMLElement), createRunRow)
  let runs: readonly ListedRun[] = []
  let open: string | undefined

  function draw(): void {
    const words = filter.value.toLowerCase().split(/\s+/)
    const shown = runs.filter((run) => {
      const text = `${run.name} ${run.reference} ${run.kind} ${run.id} ${wordOf(run)}`.toLowerCase()
      const isWanted = ['', run.left ?? run.tone].includes(tone.value)
      return isWanted && words.every((word) => text.includes(word))
    })
    drawRows(shown.map((run) => ({ ...run, isOpen: run.id === open })))
    empty.hidden = shown.length > 0
    setText(empty, runs.length > 0 ? 'No run matches the filter.' : 'Nothing has run yet.')
  }
  filter.addEventListener('input', draw)
  tone.addEventListener('change', draw)
  setInterval(draw, AGE_MS)
  return {
    show(all: readonly ListedRun[]) {
      runs = all
      draw()
    },
    /** Marks the run that is open. */
    mark(id: string | undefined) {
      open = id
      draw()
    },
  }
}

const AGE_MS = 30_000

/** How a run stands, in a word or two. */
function wordOf({ tone, state, ended, left }: ListedRun): string {
  if (left === 'left') return 'left behind'
  if (left === 'driven') return 'running elsewhere'
  if (tone === 'asking') return 'waiting for you'
  if (tone === 'working') return 'running'
  if (tone === 'good') return 'done'
  if (tone === 'stopped') return 'stopped'
  if (ended === undefined) return 'going back'
  return state === 'stranded' ? 'stranded' : 'failed'
}

function createRunRow(first: ListedRun): Row<ListedRun & { isOpen: boolean }> {
  const status = element('span', { class: 'badge' })
  const name = element('strong')
  const kind = element('span', { class: 'kind' })
  const age = element('span', { class: 'age' })
  const link = element('a', { class: 'row' }, status, name, kind, age)
  link.href = runAddress(first.id)
  return {
    node: element('li', {}, link),
    update(run) {
      setText(status, wordOf(run))
      status.dataset.tone = run.tone
      setText(name, run.name)
      setText(kind, run.kind)
      setText(age, formatAgo(Math.max(0, Date.now() - run.began)))
      if (run.isOpen) link.ariaCurrent = 'true'
      else link.removeAttribute('aria-current')
    },
  }
}
