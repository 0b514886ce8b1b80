import '../../viewer.ts'
import { visible } from '../../text/visible.ts'
import { element, setText } from '../../viewer/element.ts'
import type { FlowSummary } from '../flowSummary.ts'
import type { ListedPlugin } from '../plugins.ts'
import { createAsk } from './api.ts'
import { byId } from './dom.ts'
import { followChanges } from './followChanges.ts'
import { createForms } from './forms.ts'
import { createPluginsView } from './pluginsView.ts'
import { readRoute } from './route.ts'
import { createRunsView } from './runsView.ts'
import { createRunView } from './runView.ts'
import { SAMPLES } from './samples.ts'
import { openSession } from './session.ts'

const session = openSession()
const ask = createAsk(session)
const problem = byId('problem', HTMLElement)
const forms = createForms(ask)
const pluginsView = createPluginsView(ask, pluginsChanged)
const runsView = createRunsView()
const runView = createRunView(session, ask, say)
let plugins: readonly ListedPlugin[] = []
let flows: readonly FlowSummary[] = []

const [about, listed] = await Promise.all([ask('/about'), ask('/flows')])
say(about.message)
if (about.ok) await begin(about.body)

async function begin({ engine, simulated }: Readonly<Record<string, unknown>>): Promise<void> {
  flows = (listed.body.flows ?? []) as FlowSummary[]
  runsView.show(flows.toReversed())
  // A run that is open is followed at once.
  if (readRoute(location.hash).view !== 'home') draw()
  // An engine that does not answer does not keep the page from being shown.
  await Promise.race([pluginsView.refresh(), new Promise((go) => setTimeout(go, PATIENCE_MS))])
  if (simulated) {
    byId('samples', HTMLElement).append(...SAMPLES.map(({ name }) => new Option(name, name)))
    byId('try', HTMLElement).hidden = false
    byId('tries', HTMLElement).append(...SAMPLES.map((sample) => forms.sample(sample)))
  }
  if (readRoute(location.hash).view === 'home') draw()
  addEventListener('hashchange', draw)
  addEventListener('focus', pluginsView.refreshInTime)
  setText(
    byId('engine', HTMLElement),
    simulated ? `simulated engine (${engine}): nothing is kept` : `on ${engine}`,
  )
  void followChanges(session, flowsChanged, say)
}

/** Before it is decided whether there is anything to list. */
const PATIENCE_MS = 2_000

function flowsChanged(now: readonly FlowSummary[]): void {
  const hadEnded = new Set(flows.filter(({ ended }) => ended !== undefined).map(({ id }) => id))
  flows = now
  runsView.show(now.toReversed())
  const waiting = now.filter(({ asks }) => asks !== undefined).length
  const count = byId('waiting', HTMLElement)
  count.hidden = waiting === 0
  setText(count, String(waiting))
  count.ariaLabel = `${waiting} waiting for you`
  // A run that has ended may have changed what is installed.
  if (now.some(({ id, ended }) => ended !== undefined && !hadEnded.has(id))) {
    void pluginsView.refresh()
  }
}

function pluginsChanged(now: readonly ListedPlugin[]): void {
  plugins = now
  byId('installed-names', HTMLElement).replaceChildren(
    ...now.map(({ name }) => element('option', { value: name })),
  )
}

function say(message: string): void {
  setText(problem, message)
}

/** Shows the part of the page that its address names. */
function draw(): void {
  const route = readRoute(location.hash)
  const isEmpty = plugins.length + flows.length === 0
  const view = route.view === 'home' ? (isEmpty ? 'install' : 'plugins') : route.view
  document.body.dataset.view = view
  byId('welcome', HTMLElement).hidden = !(view === 'install' && isEmpty)
  byId('forms', HTMLElement).hidden = view !== 'install' && view !== 'upgrade'
  byId('install', HTMLElement).hidden = view !== 'install'
  byId('upgrade', HTMLElement).hidden = view !== 'upgrade'
  byId('plugins', HTMLElement).hidden = view !== 'plugins'
  byId('runs', HTMLElement).hidden = !['runs', 'run', 'recorded'].includes(view)
  byId('flows', HTMLElement).hidden = view !== 'run' && view !== 'recorded'
  for (const link of document.querySelectorAll<HTMLAnchorElement>('nav a')) {
    const isHere = readRoute(link.hash).view === (view === 'run' ? 'runs' : view)
    if (isHere) link.ariaCurrent = 'page'
    else link.removeAttribute('aria-current')
  }
  const id = route.view === 'run' ? route.id : undefined
  runsView.mark(id)
  runView.show(view === 'recorded' ? 'recorded' : id)
  if (route.view === 'upgrade') forms.prefillUpgrade(route.name)
  document.title = titleOf(view, id)
  if (route.view !== 'home') focusOn(view)
}

function titleOf(view: string, id: string | undefined): string {
  const words: Readonly<Record<string, string>> = {
    plugins: 'Plugins',
    install: 'Install',
    upgrade: 'Upgrade',
    runs: 'Runs',
    recorded: 'A recorded run',
    run: flows.find((flow) => flow.id === id)?.name ?? 'Run',
  }
  return visible(`${words[view]} · plugin-flow`)
}

/** The element that had the focus is gone with what was shown before. A question takes it only where nothing else has it. */
function focusOn(view: string): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  document.getElementById(`${view}-title`)?.focus({ preventScroll: true })
}
