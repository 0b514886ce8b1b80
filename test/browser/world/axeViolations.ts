import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')

/** The findings of axe, in short, in the whole page or in a part of it. */
export async function axeViolations(page: Page, part?: string): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate((context) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(context: string | undefined): Promise<{
          violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
        }>
      }
    }
    return axe.run(context)
  }, part)
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`,
    ),
  )
}
