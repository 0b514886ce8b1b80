import * as assert from 'uvu/assert'
import { parcel } from '../support/foreignMachines.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onMachinePage } from './world/onMachinePage.ts'
import { onPage } from './world/onPage.ts'

const LOCKED = 'This page is locked. Open the address that plugin-flow ui has printed'

browserSuite('page :: its address', (test, browser) => {
  test('is good again: after a reload, in the same tab, in another one', () =>
    onPage(browser(), async ({ page, ui, origin }) => {
      assert.is(page.url(), `${origin}/`)
      await page.reload()
      await page.locator('#engine:not(:empty)').waitFor()
      const reloaded = page.waitForEvent('load')
      await page.evaluate((to) => void location.assign(to), ui.url)
      await reloaded
      await page.locator('#engine:not(:empty)').waitFor()
      assert.is(page.url(), `${origin}/`)
      const other = await page.context().newPage()
      await other.goto(ui.url)
      await other.locator('#engine:not(:empty)').waitFor()
    }))

  test('without its token, or with another one, the page says what to open', () =>
    onPage(browser(), async ({ page, ui, origin }) => {
      const token = new URL(ui.url).hash.replace('#token=', '')
      const wrong = ['/', '/#', '/#token=', `/#token=${'A'.repeat(32)}`, `/?token=${token}`]
      for (const path of wrong) {
        const other = await page.context().newPage()
        await other.goto(`${origin}${path}`)
        await other.getByText(LOCKED).waitFor()
        assert.is(await other.locator('form, plugin-flow').count(), 0)
        await other.goto(ui.url)
        await other.locator('#engine:not(:empty)').waitFor()
        await other.close()
      }
    }))

  test('the page of a machine :: the same', () =>
    onMachinePage(browser(), JSON.stringify(parcel), async ({ page }) => {
      await page.reload()
      await page.locator('.outline').waitFor()
      const other = await page.context().newPage()
      await other.goto(page.url())
      await other.getByText(LOCKED).waitFor()
    }))
})
