import { type Engine, installPlugin } from '../../../src/core.ts'
import { flowEvents } from '../../../src/events/flowEvents.ts'
import { PluginFlowElement } from '../../../src/viewer.ts'
import { rememberingEngine } from '../../support/rememberingEngine.ts'

/** What became of an install in a page. */
export interface InstalledInPage {
  states: string[]
  settings: readonly unknown[]
  enabled: boolean | undefined
  /** What the engine was told of credentials. */
  authHeader: string | undefined
}

/** Installs on an engine that is in the page, too, and shows it there. */
export async function installInPage(): Promise<InstalledInPage> {
  const operations = rememberingEngine()
  let readHeader: () => string | undefined = () => undefined
  let authHeader: string | undefined
  const engine: Engine = {
    host: 'the page',
    operations(read) {
      readHeader = read
      return { ...operations, pluginEnable: enable }
    },
    configured: async () => ({ username: 'zoë', password: 'planted' }),
    close() {},
  }
  const enable: typeof operations.pluginEnable = (...call) => {
    authHeader = readHeader()
    return operations.pluginEnable(...call)
  }
  const states: string[] = []
  const flow = installPlugin(engine, {
    reference: 'acme/probe:1.0',
    settings: { DEBUG: { value: 'planted', secret: true } },
    inspect() {},
    journal: async () => {},
  })
  flow.transition$.subscribe(({ to }) => states.push(to))
  const element = new PluginFlowElement()
  element.events = flowEvents(flow, { engine: engine.host })
  element.addEventListener('flow-grant', () => flow.grant())
  document.body.append(element)
  const { settings } = await flow.result
  return { states, settings, enabled: operations.plugin()?.Enabled, authHeader }
}
