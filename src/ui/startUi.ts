import type { Engine } from '../flow/types.ts'
import { createFlowRegistry } from './flowRegistry.ts'
import { answerFlows, answerPlan, streamList } from './flows.ts'
import { answerHistory, type History } from './history.ts'
import { sendJson } from './json.ts'
import { answerPlugins } from './plugins.ts'
import { answerRollouts, type Rollouts } from './rollouts.ts'
import { type PageFiles, type Route, type ServedPage, servePage } from './servePage.ts'
import type { Starts } from './startFlow.ts'

export interface UiOptions {
  /** Whose plugins the page lists and changes. */
  engine: Engine
  /** Address of the engine, as the page shows it. */
  host: string
  /** The flows that the page can start. */
  starts: Starts
  /** Default: no run is recorded. */
  history?: History
  /** Default: the page shows no rollouts. */
  rollouts?: Rollouts
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
 * Starts the page that starts and shows flows, on 127.0.0.1 alone. Rejects when it cannot listen
 * there.
 */
export async function startUi(options: UiOptions): Promise<Ui> {
  const { engine, host, starts, history = NONE, rollouts, simulated, port, files } = options
  const about = { engine: host, simulated }
  const registry = createFlowRegistry(about)
  const routes = new Map<string, Route>([
    [
      'about',
      (_path, _request, response) =>
        sendJson(response, 200, { ...about, hasRollouts: rollouts !== undefined }),
    ],
    ['changes', (_path, _request, response) => streamList(registry, response)],
    [
      'history',
      (path, request, response) => answerHistory(history, registry, path, request, response),
    ],
    ['flows', (path, request, response) => answerFlows(registry, starts, path, request, response)],
    ['plan', (_path, request, response) => answerPlan(engine, request, response)],
    ['plugins', (path, request, response) => answerPlugins(engine, path, request, response)],
    ...(rollouts
      ? [
          [
            'rollouts',
            ((path, request, response) =>
              answerRollouts(rollouts, path, request, response)) satisfies Route,
          ] as const,
        ]
      : []),
  ])
  const served = await servePage({ port, files, page: 'index.html', routes })
  return { ...served, cancelFlows: () => registry.cancelAll() }
}

const NONE: History = {
  list: async () => [],
  events: async () => undefined,
  resume: () => Promise.reject(new RangeError('no run is recorded')),
}
