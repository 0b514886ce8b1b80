import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import type { ChartLayout } from '../chart/chartLayout.ts'
import { collapsedAtFirst } from '../chart/statechart/collapse.ts'
import type { Statechart } from '../chart/statechart/readStatechart.ts'
import { readBody, sendJson, validBody } from './json.ts'
import { createLayouter } from './layouter.ts'
import { createLiveLog } from './liveLog.ts'
import { type PageFiles, type Route, type ServedPage, servePage } from './servePage.ts'

export interface MachineUiOptions {
  machine: Statechart
  /** Takes what a running actor reports. */
  live?: boolean
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  files: PageFiles
}

/** A machine as its page gets it. */
export interface ShownMachine {
  machine: Statechart
  /** Whether there is news of running actors to ask for. */
  live: boolean
  /** The states that the picture is without the inside of. */
  collapsed: readonly string[]
  layout: ChartLayout
}

/** Every picture is of one machine: there is one page, and perhaps a second tab of it. */
const MOST_WAITING = 4

const PATHS = 'collapsed must be a list of paths of states'
const collapsedBody = v.object({ collapsed: v.array(v.string(PATHS), PATHS) }, PATHS)

/**
 * Starts the page that shows a machine, on 127.0.0.1 alone, once the first picture is laid out. Rejects with
 * an error that can be shown when that fails, or when it cannot listen there.
 */
export async function startMachineUi({
  machine,
  live = false,
  port,
  files,
}: MachineUiOptions): Promise<ServedPage> {
  const layouter = createLayouter(machine)
  const collapsed = collapsedAtFirst(machine)
  let waiting = 0

  async function answerChart(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return sendJson(response, 200, shown)
    if (request.method !== 'POST') {
      return sendJson(response, 405, { message: 'the method is not allowed' })
    }
    const body = validBody(collapsedBody, await readBody(request))
    if (waiting >= MOST_WAITING) {
      return sendJson(response, 503, { message: 'too many pictures are being laid out' })
    }
    waiting++
    try {
      sendJson(response, 200, await layouter.layOut(body.collapsed))
    } catch (error) {
      sendJson(response, 500, { message: (error as Error).message })
    } finally {
      waiting--
    }
  }

  const routes = new Map<string, Route>([
    ['chart', (_path, request, response) => answerChart(request, response)],
    ...(live ? [['live', createLiveLog()] as const] : []),
  ])
  let shown: ShownMachine
  try {
    shown = { machine, live, collapsed, layout: await layouter.layOut(collapsed) }
    const served = await servePage({ port, files, page: 'machine.html', routes })
    return {
      ...served,
      async close() {
        await served.close()
        await layouter.close()
      },
    }
  } catch (error) {
    await layouter.close()
    throw error
  }
}
