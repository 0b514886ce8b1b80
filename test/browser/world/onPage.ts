import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { bundleForBrowser } from '../../../.ci/bundleViewer.ts'
import type { EmbeddedEngineOptions } from '../../../adapters/embedded/startEmbeddedEngine.ts'
import type { PageFiles } from '../../../src/ui/pageFiles.ts'
import { onUiStage, type UiStage } from '../../src/ui/uiStage.ts'

const root = join(import.meta.dirname, '../../..')
const LIMIT_MS = 15_000
const script = bundleForBrowser('src/ui/page/page.ts')

export interface PageStage extends UiStage {
  page: Page
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
  screenshot(name: string): Promise<void>
}

/** The page of the server in a browser, as whoever opened the address sees it. */
export async function onPage(
  browser: Browser,
  act: (stage: PageStage) => Promise<void>,
  options: EmbeddedEngineOptions & { context?: BrowserContextOptions } = {},
): Promise<void> {
  const { context: contextOptions = {}, ...engineOptions } = options
  await onUiStage(
    async (stage) => {
      const context = await browser.newContext({
        viewport: { width: 1200, height: 900 },
        reducedMotion: 'reduce',
        ...contextOptions,
      })
      const problems: string[] = []
      try {
        // What tsx calls in every function that is handed to the page.
        await context.addInitScript('globalThis.__name = (value) => value')
        const page = await context.newPage()
        page.setDefaultTimeout(LIMIT_MS)
        page.on('pageerror', (error) => problems.push(String(error)))
        page.on('console', (message) => {
          // A refused policy of content is told here, and nowhere else.
          if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text())
        })
        await page.goto(stage.ui.url)
        await page.locator('#engine:not(:empty)').waitFor()
        await act(makeStage(stage, page))
      } finally {
        await context.close()
      }
      if (problems.length > 0) throw new Error(problems.join('\n'))
    },
    { ...engineOptions, files: await pageFiles() },
  )
}

function makeStage(stage: UiStage, page: Page): PageStage {
  const flow = page.locator('plugin-flow').first()
  return {
    ...stage,
    page,
    flow,
    async install(reference, settings = '') {
      const before = await page.locator('plugin-flow').count()
      await page.locator('#reference').fill(reference)
      await page.locator('#settings').fill(settings)
      await page.locator('button[type=submit]', { hasText: 'Install' }).click()
      await page.locator('plugin-flow').nth(before).waitFor()
    },
    state: (path) => flow.locator('.status', { hasText: new RegExp(`^${path}$`) }).waitFor(),
    outcome: async () => (await flow.locator('.outcome').textContent()) ?? '',
    timeline: () => flow.locator('.steps .to').allTextContents(),
    async screenshot(name) {
      mkdirSync(join(root, 'screenshots'), { recursive: true })
      await page.screenshot({ path: join(root, 'screenshots', `${name}.png`), fullPage: true })
    },
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
