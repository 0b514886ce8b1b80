import * as assert from 'uvu/assert'
import type { PluginFlowElement } from '../../src/viewer.ts'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { fillSettings, onPage, type PageStage } from './world/onPage.ts'

const NOTES = 'acme/notes:1.0'
const PLAIN = 'acme/plain:latest'

/** Installs a plugin that asks for something. */
async function installed({ install, flow, state }: PageStage, reference: string): Promise<void> {
  await install(reference)
  await flow.getByRole('button', { name: /^Grant/ }).click()
  await state('done')
}

async function go({ page }: PageStage, section: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: section }).click()
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

browserSuite('page :: forms', (test, browser) => {
  test('what is wrong is said at its field, and no run is begun', () =>
    onPage(browser(), async (stage) => {
      const { page, embedded } = stage
      await page.locator('#reference').fill('acme/X')
      await page.locator('#alias').fill('a@b')
      await fillSettings(page, 'install', 'DEBUG=1 state.source=x')
      const submit = page.locator('#install button[type=submit]')
      const focused = () => page.evaluate(() => document.activeElement?.id)
      await submit.click()
      await page.locator('#reference-problem', { hasText: 'is not a plugin reference' }).waitFor()
      assert.is(await focused(), 'reference')
      assert.is(await page.locator('#reference').getAttribute('aria-invalid'), 'true')
      await page.locator('#reference').fill(NOTES)
      await submit.click()
      await page.locator('#alias-problem', { hasText: 'is not an alias' }).waitFor()
      assert.is(await page.locator('#reference-problem').textContent(), '')
      await page.locator('#alias').fill('')
      await submit.click()
      const rows = page.locator('#install .settings li')
      await rows.nth(1).locator('.problem', { hasText: 'needs an absolute path' }).waitFor()
      assert.is(await rows.nth(0).locator('.problem').textContent(), '')
      await rows.nth(1).getByLabel('Value of the setting').fill('/data')
      await page.locator('#install summary').click()
      await page.locator('#install-policy').fill('{"version":2}')
      await submit.click()
      await page.locator('#install-policy-problem', { hasText: 'the policy is not' }).waitFor()
      assert.equal(await axeViolations(page), [])
      assert.is(new URL(page.url()).hash, '#/install')
      assert.is(await page.locator('#run-rows li').count(), 0)
      assert.equal(embedded.plugins(), [])
    }))

  test('a dry run, a secret setting, and the same form again without its value', () =>
    onPage(browser(), async (stage) => {
      const { page, flow, state, embedded } = stage
      await page.locator('#reference').fill(NOTES)
      await fillSettings(page, 'install', 'DEBUG=planted state.source=/data')
      const row = page.locator('#install .settings li').first()
      await row.getByLabel('Secret').check()
      assert.is(await row.getByLabel('Value of the setting').getAttribute('type'), 'password')
      await page.locator('#install').getByRole('button', { name: 'Dry run' }).click()
      const plan = page.getByRole('region', { name: 'Dry run' })
      await plan.getByText('You would be asked.').waitFor()
      assert.match((await plan.textContent()) ?? '', /\/dev\/fuse.*POST \/plugins\/pull/)
      assert.equal(embedded.plugins(), [])
      assert.equal(await axeViolations(page), [])
      await page.locator('#install button[type=submit]').click()
      await flow.getByRole('button', { name: /^Grant/ }).click()
      await state('done')
      assert.ok(embedded.plugins()[0]?.Settings.Env?.includes('DEBUG=planted'))
      await page.getByRole('button', { name: 'Retry' }).click()
      await page.locator('#install').waitFor()
      assert.is(await page.locator('#reference').inputValue(), NOTES)
      const values = page.getByLabel('Value of the setting')
      assert.equal(
        [await values.nth(0).inputValue(), await values.nth(1).inputValue()],
        ['', '/data'],
      )
      assert.ok(await row.getByLabel('Secret').isChecked())
    }))
})

browserSuite('page :: attention', (test, browser) => {
  test('a decision that is waited for is in the title and the icon, and nothing is asked for unprompted', () =>
    onPage(browser(), async (stage) => {
      const { page, install, flow, state } = stage
      const icon = () => page.locator('link[rel=icon]').getAttribute('href')
      assert.equal([await page.title(), await icon()], ['Install · plugin-flow', '/icon.svg'])
      assert.is(await page.evaluate(() => Notification.permission), 'default')
      await install('vieux/sshfs')
      await flow.getByRole('dialog').waitFor()
      await go(stage, 'Plugins')
      await page.waitForFunction(() => document.title === 'Decide: vieux/sshfs · plugin-flow')
      assert.is(await icon(), '/icon-asking.svg')
      assert.is(await page.locator('#waiting').textContent(), '1')
      await page.goBack()
      await flow.getByRole('button', { name: 'Deny' }).click()
      await state('rolledBack')
      await page.waitForFunction(() => document.title === 'vieux/sshfs · plugin-flow')
      assert.is(await icon(), '/icon.svg')
      await go(stage, 'Runs')
      await page.getByRole('button', { name: 'Notify me' }).waitFor()
    }))

  test('the first screen :: a sample is installed by a click; a recorded run is dropped on the page', () =>
    onPage(browser(), async (stage) => {
      const { page, flow, state } = stage
      await page.getByText('plugin-flow installs and upgrades Docker Engine plugins').waitFor()
      await page.getByRole('button', { name: 'acme/plain' }).click()
      await state('done')
      const recorded = await flow.evaluate((node) =>
        JSON.stringify((node as PluginFlowElement).run),
      )
      const drop = (text: string) =>
        page.evaluate((content) => {
          const dataTransfer = new DataTransfer()
          dataTransfer.items.add(new File([content], 'run.json', { type: 'application/json' }))
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }))
        }, text)
      await drop('x')
      await page.locator('#problem', { hasText: 'cannot be shown: it is not JSON' }).waitFor()
      await drop(recorded)
      await page.waitForFunction(() => location.hash === '#/recorded')
      await state('done')
      assert.is(await page.locator('#problem').textContent(), '')
    }))
})
