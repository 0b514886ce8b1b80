import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

const LIMIT_MS = 60_000
const folder = join(import.meta.dirname, '../../../screenshots')

export interface Visit {
  page: Page
  screenshot(name: string): Promise<void>
}

/** Opens an address, and fails for what the page threw, or what its policy of content refused. */
export async function visitPage(
  browser: Browser,
  url: string,
  contextOptions: BrowserContextOptions,
  act: (visit: Visit) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 900 },
    reducedMotion: 'reduce',
    ...contextOptions,
  })
  const problems: string[] = []
  try {
    // tsx calls this in every function that is handed to the page.
    await context.addInitScript('globalThis.__name = (value) => value')
    const page = await context.newPage()
    page.setDefaultTimeout(LIMIT_MS)
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('dialog', (dialog) => problems.push(`a dialog: ${dialog.message()}`))
    page.on('console', (message) => {
      // A refused policy of content is reported here, and nowhere else.
      if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text())
    })
    await page.goto(url)
    await act({
      page,
      async screenshot(name) {
        mkdirSync(folder, { recursive: true })
        await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
      },
    })
  } finally {
    await context.close()
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
}
