import type { MachineChart } from '../chart/chartLayout.ts'
import type { PageFiles } from './pageFiles.ts'
import { sendJson } from './sendJson.ts'
import { type Route, type ServedPage, servePage } from './servePage.ts'

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
