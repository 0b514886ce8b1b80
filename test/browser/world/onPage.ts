import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { bundleForBrowser } from '../../../.ci/bundleViewer.ts'
import type { EmbeddedEngineOptions } from '../../../src/embedded.ts'
import type { PageFiles } from '../../../src/ui/servePage.ts'
import { onUiStage, type UiStage } from '../../src/ui/uiStage.ts'
import { type Visit, visitPage } from './visitPage.ts'

const root = join(import.meta.dirname, '../../..')
const script = bundleForBrowser('src/ui/page/page.ts')

export interface PageStage extends UiStage, Visit {
  /** Starts an install in the form. */
  install(reference: string, settings?: string): Promise<void>
  /** What the newest flow shows. */
  flow: Locator
  /** Waits until the newest flow is in this state. */
  state(path: string): Promise<void>
  /** What the newest flow tells of its end. */
  outcome(): Promise<string>
  /** Names of the states in the newest flow's timeline. */
  timeline(): Promise<string[]>
}

/** The page of the server in a browser, as whoever opened the address sees it. */
export async function onPage(
  browser: Browser,
  act: (stage: PageStage) => Promise<void>,
  options: EmbeddedEngineOptions & { context?: BrowserContextOptions } = {},
): Promise<void> {
  const { context = {}, ...engineOptions } = options
  await onUiStage(
    async (stage) => {
      await visitPage(browser, stage.ui.url, context, async (visit) => {
        await visit.page.locator('#engine:not(:empty)').waitFor()
        await act(makeStage(stage, visit))
      })
    },
    { ...engineOptions, files: await pageFiles() },
  )
}

function makeStage(stage: UiStage, { page, screenshot }: Visit): PageStage {
  const flow = page.locator('plugin-flow').first()
  return {
    ...stage,
    page,
    screenshot,
    flow,
    async install(reference, settings = '') {
      const before = await page.locator('plugin-flow').count()
      await unfold(page)
      await page.locator('#reference').fill(reference)
      await page.locator('#settings').fill(settings)
      await page.locator('button[type=submit]', { hasText: 'Install' }).click()
      await page.locator('plugin-flow').nth(before).waitFor()
    },
    state: (path) => flow.locator('.status', { hasText: new RegExp(`^${path}$`) }).waitFor(),
    outcome: async () => (await flow.locator('.outcome').textContent()) ?? '',
    timeline: () => flow.locator('.steps .to').allTextContents(),
  }
}

/** Shows the forms, which make room for a flow. */
export async function unfold(page: Page): Promise<void> {
  const another = page.getByRole('button', { name: 'Install another' })
  if ((await another.isVisible()) && !(await page.locator('#forms').isVisible())) {
    await another.click()
  }
}

async function pageFiles(): Promise<PageFiles> {
  const file = (name: string) => readFileSync(join(root, 'src/ui/page', name))
  return new Map([
    ['index.html', { type: 'text/html; charset=utf-8', content: file('index.html') }],
    ['page.css', { type: 'text/css; charset=utf-8', content: file('page.css') }],
    ['page.js', { type: 'text/javascript; charset=utf-8', content: Buffer.from(await script) }],
  ])
}
