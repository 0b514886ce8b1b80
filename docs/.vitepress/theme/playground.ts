// <flow-playground>: the real flow, on the simulated engine, inside the page. Nothing in it is recorded.
import { installPlugin, type PluginInstall } from '../../../src/core.ts'
import { flowEvents } from '../../../src/events.ts'
import { type Simulation, simulateEngine } from '../../../src/simulation.ts'
import { PluginFlowElement } from '../../../src/viewer.ts'

type Login = { username: string; password: string }

interface Scenario {
  title: string
  reference: string
  settings?: Readonly<Record<string, string>>
  /** What to look at, or to do. */
  hint: string
}

const scenarios: readonly Scenario[] = [
  {
    title: 'It works',
    reference: 'vieux/sshfs:latest',
    settings: { DEBUG: '1' },
    hint: 'Read what the plugin asks for, and grant it. Cancel at any moment: what was done is taken back.',
  },
  {
    title: 'A wrong setting',
    reference: 'vieux/sshfs:latest',
    settings: { DEBUGG: '1' },
    hint: 'Known only after the download. The plugin is removed again.',
  },
  {
    title: 'A plugin that dies',
    reference: 'acme/dies',
    hint: 'The engine waits for its socket, which never opens.',
  },
  {
    title: 'A private registry',
    reference: 'registry.example.com/acme/private:1.0',
    hint: 'User demo, password demo. Try a wrong one first.',
  },
  {
    title: 'An engine that lies',
    reference: 'acme/liar',
    hint: 'It shows fewer privileges than the plugin gets, which is found before the plugin is enabled.',
  },
  {
    title: 'A damaged download',
    reference: 'acme/corrupt',
    hint: 'A layer whose bytes do not match its digest.',
  },
  {
    title: 'A connection that is lost',
    reference: 'vieux/sshfs:latest',
    hint: 'Grant, then press “Cut the connection” during the download.',
  },
]

const template = `
  <form>
    <label>Scenario <select name="scenario"></select></label>
    <button type="submit">Start</button>
    <button type="button" name="cut" disabled>Cut the connection</button>
  </form>
  <p role="note"></p>
  <plugin-flow></plugin-flow>
  <p role="status"></p>`

class FlowPlayground extends HTMLElement {
  #run: { flow: PluginInstall; simulation: Simulation } | undefined

  connectedCallback(): void {
    this.innerHTML = template
    const select = this.#part('select', HTMLSelectElement)
    select.append(...scenarios.map(({ title }) => new Option(title)))
    select.addEventListener('change', () => this.#showHint())
    this.#part('form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      this.#start()
    })
    this.#part('[name=cut]', HTMLButtonElement).addEventListener('click', () =>
      this.#run?.simulation.cut(),
    )
    this.#answerQuestions()
    this.#showHint()
  }

  disconnectedCallback(): void {
    this.#end()
  }

  #part<Part extends Element>(selector: string, type: new () => Part): Part {
    const part = this.querySelector(selector)
    if (!(part instanceof type)) throw new Error(`The playground has no ${selector}.`)
    return part
  }

  get #scenario(): Scenario {
    const { selectedIndex } = this.#part('select', HTMLSelectElement)
    return scenarios[selectedIndex] as Scenario
  }

  #showHint(): void {
    this.#part('[role=note]', HTMLElement).textContent = this.#scenario.hint
  }

  #start(): void {
    this.#end()
    const { reference, settings = {} } = this.#scenario
    const simulation = simulateEngine()
    const flow = installPlugin(simulation.engine, { reference, settings })
    this.#run = { flow, simulation }
    const element = this.#part('plugin-flow', PluginFlowElement)
    element.clear()
    element.events = flowEvents(flow, { engine: simulation.engine.host, simulated: true })
    const status = this.#part('[role=status]', HTMLElement)
    const cut = this.#part('[name=cut]', HTMLButtonElement)
    status.textContent = ''
    cut.disabled = false
    const showWhatIsThere = () => {
      if (this.#run?.flow !== flow) return
      const names = simulation.plugins().map(({ Name }) => Name)
      status.textContent = `On the engine now: ${names.join(', ') || 'no plugin'}.`
      cut.disabled = true
    }
    void flow.result.then(showWhatIsThere, showWhatIsThere)
  }

  #answerQuestions(): void {
    const element = this.#part('plugin-flow', PluginFlowElement)
    element.addEventListener('flow-grant', () => this.#run?.flow.grant())
    element.addEventListener('flow-deny', () => this.#run?.flow.deny())
    element.addEventListener('flow-cancel', () => this.#run?.flow.cancel())
    element.addEventListener('flow-authenticate', (event) => {
      this.#run?.flow.authenticate((event as CustomEvent<Login>).detail)
    })
  }

  #end(): void {
    this.#run?.flow.cancel()
    this.#run?.simulation.close()
    this.#run = undefined
  }
}

if (!customElements.get('flow-playground')) customElements.define('flow-playground', FlowPlayground)
