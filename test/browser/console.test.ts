import * as assert from 'uvu/assert'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { go, onPage, type PageStage } from './world/onPage.ts'

const NOTES = 'acme/notes:1.0'
const PLAIN = 'acme/plain:latest'

/** Installs a plugin that asks for something. */
async function installed({ install, flow, state }: PageStage, reference: string): Promise<void> {
  await install(reference)
  await flow.getByRole('button', { name: /^Grant/ }).click()
  await state('done')
}

browserSuite('page :: plugins on the engine', (test, browser) => {
  test('listed, disabled, enabled, upgraded in the form, removed after a question', () =>
    onPage(browser(), async (stage) => {
      const { page, embedded } = stage
      await installed(stage, NOTES)
      await go(stage, 'Plugins')
      const row = page.locator('#plugin-rows .row', { hasText: NOTES })
      await row.waitFor()
      const id = embedded.plugins()[0]?.Id.slice(0, 12) ?? ''
      assert.is(await row.locator('code').textContent(), id)
      assert.is(await row.locator('.about').textContent(), 'notes, first version')
      await row.getByRole('button', { name: 'Disable' }).click()
      await row.locator('.badge', { hasText: 'disabled' }).waitFor()
      assert.is(embedded.plugins()[0]?.Enabled, false)
      await row.getByRole('button', { name: 'Enable' }).click()
      await row.locator('.badge', { hasText: 'enabled' }).waitFor()
      await row.getByRole('link', { name: 'Upgrade' }).click()
      await page.locator('#upgrade').waitFor()
      assert.is(await page.locator('#installed').inputValue(), NOTES)
      await page.goBack()
      await row.getByRole('button', { name: 'Disable' }).click()
      await row.locator('.badge', { hasText: 'disabled' }).waitFor()
      const confirm = page.getByRole('dialog', { name: `Remove ${NOTES}?` })
      await row.getByRole('button', { name: 'Remove' }).click()
      await confirm.getByRole('button', { name: 'Cancel' }).click()
      assert.is(embedded.plugins().length, 1)
      await row.getByRole('button', { name: 'Remove' }).click()
      await confirm.getByRole('button', { name: 'Remove' }).click()
      await row.waitFor({ state: 'detached' })
      assert.equal(embedded.plugins(), [])
      await page.getByText('No plugin is installed on this engine.').waitFor()
    }))

  test('an enabled one :: the refusal of the engine at its row, and force after a question of its own', () =>
    onPage(browser(), async (stage) => {
      const { page, embedded, install, state } = stage
      await install(PLAIN)
      await state('done')
      await go(stage, 'Plugins')
      const row = page.locator('#plugin-rows .row', { hasText: PLAIN })
      const remove = async () => {
        await row.getByRole('button', { name: 'Remove' }).click()
        const confirm = page.getByRole('dialog', { name: `Remove ${PLAIN}?` })
        await confirm.getByRole('button', { name: 'Remove' }).click()
      }
      const force = page.getByRole('dialog', { name: `Remove ${PLAIN} by force?` })
      await remove()
      await force.waitFor()
      await page.keyboard.press('Escape')
      await row.locator('.problem', { hasText: `${PLAIN} is enabled` }).waitFor()
      assert.is(embedded.plugins().length, 1)
      await remove()
      await force.getByRole('button', { name: 'Remove by force' }).click()
      await row.waitFor({ state: 'detached' })
      assert.equal(embedded.plugins(), [])
    }))
})

browserSuite('page :: runs', (test, browser) => {
  test('one is open by its permalink, after a reload too; back and forward', () =>
    onPage(browser(), async (stage) => {
      const { page, install, flow, state, ui } = stage
      await install(PLAIN)
      await state('done')
      const address = page.url()
      assert.match(new URL(address).hash, /^#\/runs\/[0-9a-f]+$/)
      assert.not.match(address, new URL(ui.url).hash)
      await page.reload()
      await state('done')
      assert.is(await flow.locator('h2').textContent(), PLAIN)
      await install('acme/never-listens')
      await state('rolledBack')
      const names = page.locator('#run-rows strong')
      assert.equal(await names.allTextContents(), ['acme/never-listens', PLAIN])
      assert.is(await page.locator('plugin-flow').count(), 1)
      await page.goBack()
      await page.goBack()
      assert.is(page.url(), address)
      await state('done')
      await page.goForward()
      await page.goForward()
      await state('rolledBack')
    }))

  test('the list :: filtered by text and by state', () =>
    onPage(browser(), async (stage) => {
      const { page, install, state, flow } = stage
      await install(PLAIN)
      await state('done')
      await install('vieux/sshfs')
      await flow.getByRole('dialog').waitFor()
      await go(stage, 'Runs')
      const shown = () => page.locator('#run-rows strong').allTextContents()
      await page.locator('#run-rows .badge', { hasText: 'waiting for you' }).waitFor()
      assert.equal(await shown(), ['vieux/sshfs', PLAIN])
      await page.getByLabel('Filter runs by state').selectOption('good')
      assert.equal(await shown(), [PLAIN])
      await page.getByLabel('Filter runs by text').fill('SSH')
      await page.getByText('No run matches the filter.').waitFor()
      await page.getByLabel('Filter runs by state').selectOption('')
      assert.equal(await shown(), ['vieux/sshfs'])
      await page.locator('#run-rows a').click()
      await flow.getByRole('button', { name: 'Deny' }).click()
      await page.locator('#run-rows .badge', { hasText: 'stopped' }).waitFor({ state: 'attached' })
    }))
})

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1280]) {
    browserSuite(`page :: every view, ${width} px, ${theme}`, (test, browser) => {
      test('no violation, and no scrolling sideways', () =>
        onPage(
          browser(),
          async (stage) => {
            const { page, install, flow } = stage
            const check = async (view: string) => {
              const wide = await page.evaluate(() => document.documentElement.scrollWidth)
              assert.ok(wide <= width, `${view}: ${wide} px wide`)
              assert.equal(await axeViolations(page), [], view)
            }
            await check('the first screen')
            await installed(stage, NOTES)
            await install('vieux/sshfs')
            await flow.getByRole('dialog').waitFor()
            for (const section of ['Runs', 'Plugins', 'Install']) {
              await go(stage, section)
              await check(section)
            }
            await go(stage, 'Plugins')
            await page.getByRole('button', { name: 'Remove' }).click()
            await page.getByRole('dialog').waitFor()
            await check('a question')
            await page.keyboard.press('Escape')
            await page.getByRole('link', { name: 'Upgrade' }).click()
            await check('an upgrade')
          },
          {
            context: { colorScheme: theme, viewport: { width, height: width === 360 ? 740 : 800 } },
          },
        ))
    })
  }
}
