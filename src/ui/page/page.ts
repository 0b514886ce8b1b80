import '../../viewer.ts'
import { element, setText } from '../../viewer/element.ts'
import type { FlowSummary } from '../flowSummary.ts'
import type { PastRun } from '../history.ts'
import type { ListedPlugin } from '../plugins.ts'
import { createAsk } from './api.ts'
import { createAttention } from './attention.ts'
import { byId } from './dom.ts'
import { followChanges } from './followChanges.ts'
import { createForms } from './forms.ts'
import { createPluginsView } from './pluginsView.ts'
import { createRolloutsView } from './rolloutsView.ts'
import { createRolloutView } from './rolloutView.ts'
import { readRoute, runAddress } from './route.ts'
import { createRunsView } from './runsView.ts'
import { createRunView, type ListedRun } from './runView.ts'
import { SAMPLES } from './samples.ts'
import { openSession } from './session.ts'

const session = openSession()
const ask = createAsk(session)
const problem = byId('problem', HTMLElement)
const forms = createForms(ask, started)
const pluginsView = createPluginsView(ask, pluginsChanged)
const runsView = createRunsView()
const runView = createRunView(session, ask, { say, fill: forms.fill })
const attention = createAttention()
const rolloutsView = createRolloutsView(ask)
const rolloutView = createRolloutView(session, ask, attention.setTitle)
let plugins: readonly ListedPlugin[] = []
let flows: readonly FlowSummary[] = []
let past: readonly PastRun[] = []
/** The flow that was started last, until the list has it. */
let newest: FlowSummary | undefined

async function begin(): Promise<void> {
  const [about, listed] = await Promise.all([ask('/about'), ask('/flows')])
  say(about.message)
  if (!about.ok) return
  const { engine, simulated, hasRollouts } = about.body
  byId('rollouts-link', HTMLElement).hidden = hasRollouts !== true
  flows = (listed.body.flows ?? []) as FlowSummary[]
  await refreshPast()
  // A run that is open is followed at once.
  const isHome = readRoute(location.hash).view === 'home'
  if (!isHome) draw()
  // An engine that does not answer does not keep the page from being shown.
  await Promise.race([pluginsView.refresh(), new Promise((go) => setTimeout(go, PATIENCE_MS))])
  if (simulated) {
    byId('samples', HTMLElement).append(...SAMPLES.map(({ name }) => new Option(name, name)))
    byId('try', HTMLElement).hidden = false
    byId('tries', HTMLElement).append(...SAMPLES.map((sample) => forms.sample(sample)))
  }
  if (isHome) draw()
  addEventListener('hashchange', draw)
  addEventListener('focus', () => {
    pluginsView.refreshInTime()
    void refreshPast()
  })
  addEventListener('dragover', (event) => event.preventDefault())
  addEventListener('drop', (event) => void drop(event))
  setText(
    byId('engine', HTMLElement),
    simulated ? `simulated engine (${engine}): nothing is kept` : `on ${engine}`,
  )
  void followChanges<{ flows: FlowSummary[] }>(session, '/changes', {
    shown: (list) => flowsChanged(list.flows),
    failed: say,
  })
}

/** Before it is decided whether there is anything to list. */
const PATIENCE_MS = 2_000
/** Of a file that is dropped; far more than any run has. */
const MOST_BYTES = 64 * 1024 * 1024

function flowsChanged(now: readonly FlowSummary[]): void {
  const hadEnded = new Set(flows.filter(({ ended }) => ended !== undefined).map(({ id }) => id))
  flows = now
  attention.show(now)
  showRuns()
  // A run that has ended may have changed what is installed.
  if (now.some(({ id, ended }) => ended !== undefined && !hadEnded.has(id))) {
    void pluginsView.refresh()
  }
}

async function refreshPast(): Promise<void> {
  const { ok, body } = await ask('/history')
  if (!ok) return
  past = body.runs as PastRun[]
  showRuns()
}

/** The flows of this server, and what was recorded besides; the newest first. */
function runs(): ListedRun[] {
  const ids = new Set(flows.map(({ id }) => id))
  const others = past.filter(({ id }) => !ids.has(id)).map((run) => ({ ...run, isPast: true }))
  return [...flows.toReversed(), ...others]
}

function showRuns(): void {
  const route = readRoute(location.hash)
  const all = runs()
  runsView.show(all)
  if (route.view !== 'run') return
  const open = [...all, ...(newest ? [newest] : [])].find(({ id }) => id === route.id)
  runView.show(route.id, open)
  attention.setTitle(`${open?.name || 'Run'} · plugin-flow`)
}

function pluginsChanged(now: readonly ListedPlugin[]): void {
  plugins = now
  byId('installed-names', HTMLElement).replaceChildren(
    ...now.map(({ name }) => element('option', { value: name })),
  )
}

function started(id: string): void {
  const blank = { name: '', reference: '', state: '', tone: 'working', began: Date.now() } as const
  newest = { id, kind: 'install', ...blank }
  location.hash = runAddress(id)
}

function say(message: string): void {
  setText(problem, message)
}

/** Opens a recorded run that is dropped on the page. */
async function drop(event: DragEvent): Promise<void> {
  event.preventDefault()
  const [file] = event.dataTransfer?.files ?? []
  if (!file) return
  try {
    if (file.size > MOST_BYTES) throw new RangeError('it is too large')
    const run: unknown = JSON.parse(await file.text())
    location.hash = '#/recorded'
    draw()
    say('')
    runView.load(run)
  } catch (error) {
    const why = error instanceof RangeError ? error.message : 'it is not JSON'
    say(`The file cannot be shown: ${why}.`)
  }
}

const TITLES: Readonly<Record<string, string>> = {
  plugins: 'Plugins · plugin-flow',
  install: 'Install · plugin-flow',
  upgrade: 'Upgrade · plugin-flow',
  runs: 'Runs · plugin-flow',
  recorded: 'A recorded run · plugin-flow',
  rollouts: 'Rollouts · plugin-flow',
}

/** The view that lists what another shows one of. */
const LISTS: Readonly<Record<string, string>> = { run: 'runs', rollout: 'rollouts' }

/** Shows the part of the page that its address names. */
function draw(): void {
  const route = readRoute(location.hash)
  const isEmpty = plugins.length + runs().length === 0
  const view = route.view === 'home' ? (isEmpty ? 'install' : 'plugins') : route.view
  document.body.dataset.view = view
  const shown: Readonly<Record<string, boolean>> = {
    welcome: view === 'install' && isEmpty,
    forms: view === 'install' || view === 'upgrade',
    install: view === 'install',
    upgrade: view === 'upgrade',
    plugins: view === 'plugins',
    runs: ['runs', 'run', 'recorded'].includes(view),
    flows: view === 'run' || view === 'recorded',
    rollouts: view === 'rollouts',
    rollout: view === 'rollout',
  }
  for (const [id, isShown] of Object.entries(shown)) byId(id, HTMLElement).hidden = !isShown
  for (const link of document.querySelectorAll<HTMLAnchorElement>('nav a')) {
    const isHere = readRoute(link.hash).view === (LISTS[view] ?? view)
    if (isHere) link.ariaCurrent = 'page'
    else link.removeAttribute('aria-current')
  }
  attention.setTitle(TITLES[view] ?? 'plugin-flow')
  runsView.mark(route.view === 'run' ? route.id : undefined)
  if (route.view === 'upgrade') forms.prefillUpgrade(route.name)
  if (route.view !== 'run') runView.show(view === 'recorded' ? view : undefined, undefined)
  if (view === 'runs') void refreshPast()
  rolloutsView.show(view === 'rollouts')
  const { id, target } = route.view === 'rollout' ? route : {}
  rolloutView.show(id, target)
  showRuns()
  if (route.view !== 'home') focusOn(target === undefined ? view : 'target')
}

/** The element that had the focus before is gone. A question takes it only where nothing else has it. */
function focusOn(view: string): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  document.getElementById(`${view}-title`)?.focus({ preventScroll: true })
}

await begin()
