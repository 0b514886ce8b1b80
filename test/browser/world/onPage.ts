import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { bundleForBrowser } from '../../../.ci/bundleViewer.ts'
import type { EmbeddedEngineOptions } from '../../../src/embedded.ts'
import type { Rollouts } from '../../../src/ui/rollouts.ts'
import { type PageFiles, readFolder } from '../../../src/ui/servePage.ts'
import { onUiStage, type UiStage } from '../../src/ui/uiStage.ts'
import { type Visit, visitPage } from './visitPage.ts'

const root = join(import.meta.dirname, '../../..')
const script = bundleForBrowser('src/ui/page/page.ts')

export interface PageStage extends UiStage, Visit {
  /** Starts an install in the form. */
  install(reference: string, settings?: string): Promise<void>
  /** The view of the flow that is open. */
  flow: Locator
  /** Waits until it is in this state. */
  state(path: string): Promise<void>
  /** The text about its end. */
  outcome(): Promise<string>
  /** Names of the states in its timeline. */
  timeline(): Promise<string[]>
}

/** The page of the server in a browser, as the person who opened the address sees it. */
export async function onPage(
  browser: Browser,
  act: (stage: PageStage) => Promise<void>,
  options: EmbeddedEngineOptions & { context?: BrowserContextOptions; rollouts?: Rollouts } = {},
): Promise<void> {
  const { context = {}, ...engineOptions } = options
  await onUiStage(
    async (stage) => {
      await visitPage(browser, stage.ui.url, context, async (visit) => {
        await visit.page.locator('#engine:not(:empty)').waitFor({ state: 'attached' })
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
      await unfold(page)
      await page.locator('#reference').fill(reference)
      await fillSettings(page, 'install', settings)
      await page.locator('#install button[type=submit]').click()
      await flow.waitFor()
    },
    state: (path) => flow.locator('.status', { hasText: new RegExp(`^${path}$`) }).waitFor(),
    outcome: async () => (await flow.locator('.outcome').textContent()) ?? '',
    timeline: () => flow.locator('.steps .to').allTextContents(),
  }
}

/** Goes to a section by the menu. */
export async function go({ page }: Pick<PageStage, 'page'>, section: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: section }).click()
}

/** Fills in rows of settings: `KEY=VALUE`, with blanks between them. */
export async function fillSettings(page: Page, form: string, settings: string): Promise<void> {
  const rows = page.locator(`#${form} .settings li`)
  while ((await rows.count()) > 0) {
    await rows.first().getByRole('button', { name: 'Remove the setting' }).click()
  }
  for (const setting of settings.split(' ').filter(Boolean)) {
    const [name = '', value = ''] = setting.split('=')
    await page.locator(`#${form} .add`).click()
    await rows.last().getByLabel('Name of the setting').fill(name)
    await rows.last().getByLabel('Value of the setting').fill(value)
  }
}

/** Shows the form of an install; a run that was open is closed. */
export async function unfold(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Install', exact: true }).click()
  await page.locator('#reference').waitFor()
}

async function pageFiles(): Promise<PageFiles> {
  const code = { type: 'text/javascript; charset=utf-8', content: Buffer.from(await script) }
  return new Map([...(await readFolder(join(root, 'src/ui/page'))), ['page.js', code]])
}
