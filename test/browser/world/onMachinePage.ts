import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { bundleForBrowser } from '../../../.ci/bundleViewer.ts'
import type { ChartLayout } from '../../../src/chart/chartLayout.ts'
import { layOutMachine } from '../../../src/chart/layout/layOut.ts'
import { parseStatechart } from '../../../src/chart/statechart/readStatechart.ts'
import { type PageFiles, readFolder } from '../../../src/ui/servePage.ts'
import { startMachineUi } from '../../../src/ui/startMachineUi.ts'
import { visitPage } from './visitPage.ts'

const root = join(import.meta.dirname, '../../..')
const script = bundleForBrowser('src/ui/page/machine.ts')

export interface MachinePageStage {
  page: Page
  chart: ChartLayout
  /** Where a live inspector reports to. */
  url: string
  /** Ends the server. */
  close(): Promise<void>
  screenshot(name: string): Promise<void>
}

/** The page of a machine in a browser, by the JSON of the machine. */
export async function onMachinePage(
  browser: Browser,
  json: string,
  act: (stage: MachinePageStage) => Promise<void>,
  context: BrowserContextOptions = {},
): Promise<void> {
  const machine = parseStatechart(json)
  const chart = await layOutMachine(machine)
  const server = await startMachineUi({ machine, live: true, port: 0, files: await pageFiles() })
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= server.close()
    return closed
  }
  try {
    await visitPage(browser, server.url, context, async ({ page, screenshot }) => {
      await page.locator('.outline').waitFor()
      await act({ page, chart, screenshot, url: server.url, close })
    })
  } finally {
    await close()
  }
}

async function pageFiles(): Promise<PageFiles> {
  const code = { type: 'text/javascript; charset=utf-8', content: Buffer.from(await script) }
  return new Map([...(await readFolder(join(root, 'src/ui/page'))), ['machine.js', code]])
}
