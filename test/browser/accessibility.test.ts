import * as assert from 'uvu/assert'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onPage } from './world/onPage.ts'

const SSHFS = 'vieux/sshfs:latest'
const PRIVATE = 'registry.example.com/acme/private:1.0'

for (const theme of ['light', 'dark'] as const) {
  browserSuite(`page :: accessibility, ${theme}`, (test, browser) => {
    for (const width of [1200, 320]) {
      test(`no violation, and no scrolling sideways :: ${width} px`, () =>
        onPage(
          browser(),
          async ({ page, flow, install, state, screenshot }) => {
            const check = async (name: string) => {
              await screenshot(`${name}-${width}-${theme}`)
              const wide = await page.evaluate(() => document.documentElement.scrollWidth)
              assert.ok(wide <= width, `${name}: ${wide} px wide`)
              assert.equal(await axeViolations(page), [], name)
            }
            await check('empty')
            await install(PRIVATE)
            await flow.getByRole('dialog', { name: 'Log in' }).waitFor()
            await check('reauth')
            await install(SSHFS, 'state.source=/ DEBUG=1')
            await flow.getByRole('dialog', { name: 'Grant' }).waitFor()
            await check('consent')
            await flow.getByRole('button', { name: /^Grant/ }).click()
            await state('done|rolledBack')
            await check('end')
          },
          { context: { colorScheme: theme, viewport: { width, height: 900 } } },
        ))
    }
  })
}
