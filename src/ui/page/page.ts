import '../../viewer.ts'
import { openSession } from './session.ts'

/** References that the simulated engine knows. */
const SAMPLES = [
  'vieux/sshfs:latest',
  'acme/plain',
  'acme/notes:1.0',
  'acme/notes:2.0',
  'acme/late',
  'acme/never-listens',
  'acme/bad-mount',
  'acme/corrupt',
  'acme/liar',
  'registry.example.com/acme/private:1.0',
]

const session = openSession()
const flows = byId('flows', HTMLElement)
const forms = byId('forms', HTMLElement)
const problem = byId('problem', HTMLElement)
const another = byId('another', HTMLButtonElement)

byId('install', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  void start({
    reference: textIn('reference'),
    settings: settingsOf('settings'),
    disabled: byId('disabled', HTMLInputElement).checked,
    alias: textIn('alias'),
  })
})
byId('upgrade', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  void start({
    machine: 'pluginUpgrade',
    name: textIn('installed'),
    reference: textIn('to'),
    settings: settingsOf('upgrade-settings'),
  })
})
byId('recorded', HTMLButtonElement).addEventListener('click', () => {
  add(document.createElement('plugin-flow'))
})
another.addEventListener('click', () => {
  fold(!forms.hidden)
  if (!forms.hidden) byId('reference', HTMLInputElement).focus()
})
for (const [name, action] of [
  ['flow-grant', 'grant'],
  ['flow-deny', 'deny'],
  ['flow-authenticate', 'credentials'],
  ['flow-cancel', 'cancel'],
] as const) {
  flows.addEventListener(name, (event) => void answer(event as CustomEvent, action))
}
await begin()

/** Shows the flows that the server has: a reload shows each of them in its present state. */
async function begin(): Promise<void> {
  const about = await ask('/about')
  if (about.engine === undefined) return
  const { flows: ids = [] } = await ask('/flows')
  byId('engine', HTMLElement).textContent = about.simulated
    ? `on a simulated engine (${about.engine}): nothing is downloaded, run or kept`
    : `on ${about.engine}`
  if (about.simulated) {
    byId('samples', HTMLElement).append(...SAMPLES.map((sample) => new Option(sample, sample)))
  }
  for (const id of ids as string[]) show(id)
}

function textIn(id: string): string {
  return byId(id, HTMLInputElement).value.trim()
}

function settingsOf(id: string): string[] {
  return textIn(id).split(/\s+/).filter(Boolean)
}

async function start(body: object): Promise<void> {
  const made = await ask('/flows', body)
  if (typeof made.id !== 'string') return
  // A question takes the focus only where nothing else has it.
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  show(made.id)
}

function show(id: string): void {
  const shown = document.createElement('plugin-flow')
  shown.dataset.flow = id
  shown.headers = session.headers
  shown.src = `/flows/${encodeURIComponent(id)}/events`
  add(shown)
}

/** Shows a flow, which then has the page: the form makes room. */
function add(shown: HTMLElement): void {
  flows.prepend(shown)
  another.hidden = false
  fold(true)
}

function fold(isFolded: boolean): void {
  forms.hidden = isFolded
  another.ariaExpanded = String(!isFolded)
}

async function answer({ target, detail }: CustomEvent, action: string): Promise<void> {
  const id = target instanceof HTMLElement && target.dataset.flow
  if (!id) return
  const body = action === 'credentials' ? detail : { request: detail?.request?.id }
  await ask(`/flows/${encodeURIComponent(id)}/${action}`, body)
}

/** Sends a request to the server, and shows its refusal. */
async function ask(path: string, body?: unknown): Promise<Record<string, unknown>> {
  try {
    const response = await session.send(path, body)
    const text = await response.text()
    const answer = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    problem.textContent = response.ok ? '' : String(answer.message)
    return response.ok ? answer : {}
  } catch {
    problem.textContent = 'The server does not answer. Is plugin-flow ui still running?'
    return {}
  }
}

function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`)
  return found
}
