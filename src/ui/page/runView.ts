import { visible } from '../../text/visible.ts'
import { button, element, setText } from '../../viewer/element.ts'
import type { FlowSummary } from '../flowSummary.ts'
import type { PastRun } from '../history.ts'
import type { Ask } from './api.ts'
import { byId, confirmed } from './dom.ts'
import type { FilledForm } from './forms.ts'
import { runAddress } from './route.ts'
import type { Session } from './session.ts'

/** A run of the list: of this server, or one that was recorded. */
export type ListedRun = FlowSummary & Partial<PastRun> & { isPast?: boolean }

/** The run that is open: one at a time. */
export function createRunView(
  session: Session,
  ask: Ask,
  { say, fill }: { say(message: string): void; fill(form: FilledForm): void },
) {
  const place = byId('flows', HTMLElement)
  const retry = byId('retry', HTMLButtonElement)
  let open: string | undefined
  let shown: ListedRun | undefined

  async function answer({ target, detail }: CustomEvent, action: string): Promise<void> {
    const id = target instanceof HTMLElement && target.dataset.flow
    if (!id) return
    const body = action === 'credentials' ? detail : { request: detail?.request?.id }
    say((await ask(`/flows/${encodeURIComponent(id)}/${action}`, body)).message)
  }
  for (const [name, action] of [
    ['flow-grant', 'grant'],
    ['flow-deny', 'deny'],
    ['flow-authenticate', 'credentials'],
    ['flow-cancel', 'cancel'],
  ] as const) {
    place.addEventListener(name, (event) => void answer(event as CustomEvent, action))
  }
  retry.addEventListener('click', () => void tryAgain())

  /** The same form again. Of a run of another server only the names are known. */
  async function tryAgain(): Promise<void> {
    if (!shown) return
    const { id, kind, name, reference, isPast } = shown
    const sent = isPast ? undefined : await ask(`/flows/${encodeURIComponent(id)}/form`)
    const isUpgrade = kind === 'upgrade'
    const known = isUpgrade ? { machine: 'pluginUpgrade', name, reference } : { reference }
    fill({ ...known, ...(sent?.ok && (sent.body as FilledForm)) })
  }
  function follow(id: string): void {
    const flow = document.createElement('plugin-flow')
    flow.dataset.flow = id
    flow.headers = session.headers
    flow.src = `/flows/${encodeURIComponent(id)}/events`
    place.replaceChildren(flow)
  }
  async function showPast(run: ListedRun): Promise<void> {
    const kept = run.ended === undefined ? undefined : await ask(`/history/${run.id}`)
    if (open !== run.id) return
    if (kept?.ok) {
      load({ format: 'plugin-flow-run', version: 1, events: kept.body.events })
      return
    }
    place.replaceChildren(createPastPanel(run, ask))
  }
  function load(run: unknown): void {
    const flow = document.createElement('plugin-flow')
    place.replaceChildren(flow)
    try {
      flow.load(run)
    } catch (error) {
      say(visible(`The run cannot be shown: ${(error as Error).message}.`))
    }
  }
  return {
    load,
    /** Opens a run by its id, or a place for a recorded one; `undefined` closes it. */
    show(id: string | undefined, run: ListedRun | undefined) {
      const isSame = id === open && kindOf(run) === kindOf(shown)
      open = id
      shown = run
      retry.hidden = run?.ended === undefined
      if (isSame) return
      place.replaceChildren()
      if (id === 'recorded') place.append(document.createElement('plugin-flow'))
      else if (id !== undefined && run && !run.isPast) follow(id)
      else if (run) void showPast(run)
      else if (id !== undefined) {
        place.append(
          element('p', { class: 'empty' }, 'There is no such run, or it is no longer kept.'),
        )
      }
    },
  }
}

/** How a run is shown, which changes when it is resumed. */
function kindOf(run: ListedRun | undefined): string {
  if (!run) return 'unknown'
  return run.isPast ? `past, ${run.left}` : 'flow'
}

/** Shows a run that is no flow of this server, and what can be done about it. */
function createPastPanel(run: ListedRun, ask: Ask): HTMLElement {
  const { id, kind, name, reference, state, left, secrets = [], failure } = run
  const problem = element('p', { class: 'problem', role: 'alert' })
  const values = secrets.map((secret) => {
    const input = element('input', { type: 'password', autocomplete: 'off' })
    const label = element('label', {}, `Value of ${secret}`, input)
    return { secret, input, label }
  })
  async function go(action: 'resume' | 'rollback'): Promise<void> {
    const given = values.filter(({ input }) => input.value !== '')
    const body = {
      secrets: Object.fromEntries(given.map(({ secret, input }) => [secret, input.value])),
    }
    const { ok, message } = await ask(`/history/${id}/${action}`, body)
    setText(problem, message)
    for (const { input } of values) input.value = ''
    // The same address shows it at work, as soon as the list has it.
    if (ok) location.hash = runAddress(id)
  }
  async function rollBack(): Promise<void> {
    const text =
      kind === 'install'
        ? 'What it left on the engine is removed.'
        : 'The old version is put back with what was in effect.'
    if (await confirmed(`Roll back the ${kind} of ${visible(name)}?`, text, 'Roll back')) {
      await go('rollback')
    }
  }
  const why = left === 'driven' ? 'Another process is at work on it.' : undefined
  const told = left === 'left' ? `It was left in ${state}, and is not finished.` : why
  return element(
    'section',
    { class: 'card past' },
    element('h2', {}, name),
    element('p', {}, `${kind} of ${reference}, run ${id}`),
    element('p', {}, told ?? 'What was shown of it is not kept.'),
    failure !== undefined && element('p', { class: 'problem' }, failure),
    ...(left === 'left' ? values.map(({ label }) => label) : []),
    left === 'left' &&
      element(
        'div',
        { class: 'actions' },
        button('Resume', { class: 'primary' }, () => void go('resume')),
        button('Roll back', {}, () => void rollBack()),
      ),
    problem,
  )
}
