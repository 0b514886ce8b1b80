import { type Engine, installPlugin } from '../../../src/core.ts'
import { flowEvents } from '../../../src/events/flowEvents.ts'
import { PluginFlowElement } from '../../../src/viewer.ts'
import { engineOf } from '../../support/fakePorts.ts'
import { rememberingEngine } from '../../support/rememberingEngine.ts'

/** The result of an install in a page. */
export interface InstalledInPage {
  states: string[]
  settings: readonly unknown[]
  enabled: boolean | undefined
  /** The value of `X-Registry-Auth` that the engine got. */
  authHeader: string | undefined
}

/** Installs on an engine that is in the page, too, and shows it there. */
export async function installInPage(): Promise<InstalledInPage> {
  const answers = rememberingEngine()
  let authHeader: string | undefined
  const host = 'the page'
  const { call } = engineOf({
    ...answers,
    pluginPull(input, options) {
      authHeader = options.registryAuth
      return answers.pluginPull(input, options)
    },
  })
  const engine: Engine = {
    call,
    host,
    configured: async () => ({ username: 'zoë', password: 'planted' }),
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
  element.events = flowEvents(flow, { engine: host })
  element.addEventListener('flow-grant', () => flow.grant())
  document.body.append(element)
  const { settings } = await flow.result
  return { states, settings, enabled: answers.plugin()?.Enabled, authHeader }
}
