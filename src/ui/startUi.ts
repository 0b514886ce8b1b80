import type { MachineChart } from '../chart/chartLayout.ts'
import { createFlowRegistry, type Install } from './flowRegistry.ts'
import { answerFlows } from './flowRoutes.ts'
import { sendJson } from './json.ts'
import { type PageFiles, type Route, type ServedPage, servePage } from './servePage.ts'

export interface UiOptions {
  /** Address of the engine, as the page shows it. */
  host: string
  install: Install
  /** The engine downloads, runs and keeps nothing. */
  simulated: boolean
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  files: PageFiles
}

export interface Ui extends ServedPage {
  /** Cancels the flows that have not ended; pages see them end. */
  cancelFlows(): Promise<void>
}

/**
 * Starts the page that installs and shows flows, on 127.0.0.1 alone. Rejects when it cannot listen
 * there.
 */
export async function startUi({ host, install, simulated, port, files }: UiOptions): Promise<Ui> {
  const about = { engine: host, simulated }
  const registry = createFlowRegistry(install, about)
  const routes = new Map<string, Route>([
    ['flows', (path, request, response) => answerFlows(registry, path, request, response)],
    ['about', (_path, _request, response) => sendJson(response, 200, about)],
  ])
  const served = await servePage({ port, files, page: 'index.html', routes })
  return { ...served, cancelFlows: () => registry.cancelAll() }
}

export interface MachineUiOptions {
  chart: MachineChart
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  files: PageFiles
}

/** Starts the page that shows a machine, on 127.0.0.1 alone. Rejects when it cannot listen there. */
export function startMachineUi({ chart, port, files }: MachineUiOptions): Promise<ServedPage> {
  const routes = new Map<string, Route>([
    ['chart', (_path, _request, response) => sendJson(response, 200, chart)],
  ])
  return servePage({ port, files, page: 'machine.html', routes })
}
