import * as assert from 'uvu/assert'
import type { PluginFlowElement } from '../../src/viewer.ts'
import { enter } from '../src/ui/uiStage.ts'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { fillSettings, go, onPage } from './world/onPage.ts'

const NOTES = 'acme/notes:1.0'

browserSuite('page :: forms', (test, browser) => {
  test('an error is shown at its field, and no run is begun', () =>
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
      assert.is(new URL(page.url()).hash, '')
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

  test('a notification, where it is allowed and the page has not the focus, leads to the decision', () =>
    onPage(browser(), async (stage) => {
      const { page, install, flow, state, origin } = stage
      await page.context().grantPermissions(['notifications'], { origin })
      await page.evaluate(keepNotifications)
      await install('vieux/sshfs')
      await flow.getByRole('dialog').waitFor()
      const decision = page.url()
      await go(stage, 'Plugins')
      const shown = () => page.evaluate(() => (globalThis as unknown as Kept).titles)
      assert.equal(await shown(), [])
      await page.goBack()
      await flow.getByRole('button', { name: 'Deny' }).click()
      await state('rolledBack')

      const client = await enter(stage)
      const devtools = await page.context().newCDPSession(page)
      // Every page of a test has the focus otherwise.
      await devtools.send('Emulation.setFocusEmulationEnabled', { enabled: false })
      const other = await page.context().newPage()
      await other.bringToFront()
      await page.waitForFunction(() => !document.hasFocus())
      const id = await client.install({ reference: 'vieux/sshfs' })
      await page.waitForFunction(() => (globalThis as unknown as Kept).titles.length > 0)
      assert.equal(await shown(), ['vieux/sshfs waits for your decision'])
      await page.evaluate(() => (globalThis as unknown as Kept).last?.onclick?.(new Event('click')))
      await page.waitForFunction((hash) => location.hash === hash, `#/runs/${id}`)
      assert.not.equal(page.url(), decision)
      await flow.getByRole('dialog').waitFor()
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
      await drop('{"format":"another"}')
      await page.locator('#problem', { hasText: 'this is not a recorded run' }).waitFor()
      await drop(recorded)
      await page.waitForFunction(() => location.hash === '#/recorded')
      await state('done')
      assert.is(await page.locator('#problem').textContent(), '')
    }))
})

/** The notifications that a page has shown. */
interface Kept {
  titles: string[]
  last?: Notification
}

/** Keeps each notification once the browser has shown it. */
function keepNotifications(): void {
  const kept = globalThis as unknown as Kept
  kept.titles = []
  globalThis.Notification = class extends Notification {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options)
      this.addEventListener('show', () => {
        kept.titles.push(this.title)
        kept.last = this
      })
    }
  }
}
