import { answerFlows } from './flowRoutes.ts'
import { createFlowShelf, type Install } from './flowShelf.ts'
import type { PageFiles } from './pageFiles.ts'
import { sendJson } from './sendJson.ts'
import { type Route, type ServedPage, servePage } from './servePage.ts'

export interface UiOptions {
  /** What pages call the engine. */
  host: string
  install: Install
  /** The engine downloads, runs and keeps nothing. */
  simulated: boolean
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  files: PageFiles
}

export interface Ui extends ServedPage {
  /** Takes back the flows that have not ended; pages see them end. */
  cancelFlows(): Promise<void>
}

/**
 * Starts the page that installs and shows flows, on 127.0.0.1 alone. Rejects when it cannot listen
 * there.
 */
export async function startUi({ host, install, simulated, port, files }: UiOptions): Promise<Ui> {
  const about = { engine: host, simulated }
  const shelf = createFlowShelf(install, about)
  const routes = new Map<string, Route>([
    ['flows', (path, request, response) => answerFlows(shelf, path, request, response)],
    ['about', (_path, _request, response) => sendJson(response, 200, about)],
  ])
  const served = await servePage({ port, files, page: 'index.html', routes })
  return { ...served, cancelFlows: () => shelf.cancelAll() }
}
