import * as assert from 'uvu/assert'
import { createActor, createMachine } from 'xstate'
import { liveInspector } from '../../src/live/liveInspector.ts'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onMachinePage } from './world/onMachinePage.ts'

const order = createMachine({
  id: 'order',
  initial: 'cart',
  states: {
    cart: { on: { PAY: 'paid\\.today' } },
    'paid.today': {
      type: 'parallel',
      on: { CLOSE: 'closed' },
      states: {
        packing: { initial: 'open', states: { open: { on: { PACK: 'packed' } }, packed: {} } },
        invoice: {},
      },
    },
    closed: { type: 'final' },
  },
})

browserSuite('page :: a running actor', (test, browser) => {
  test('its states light up, its events are listed, and it goes on without the page', () =>
    onMachinePage(browser(), JSON.stringify(order.config), async (stage) => {
      const { page, url, close, screenshot } = stage
      const live = liveInspector(url)
      const actor = createActor(order, { inspect: live.inspect }).start()
      const active = () =>
        page
          .locator('.state.active')
          .evaluateAll((all) => all.map((box) => box.getAttribute('data-state')).sort())
      const newest = (words: string) =>
        page.locator('.live ol > li:first-child', { hasText: words }).waitFor()
      await newest('xstate.init → cart')
      assert.equal(await active(), ['cart'])
      actor.send({ type: 'PACK', password: 'planted' } as never)
      await newest('PACK was ignored in cart')
      actor.send({ type: 'PAY' })
      actor.send({ type: 'PACK' })
      await newest('PACK → paid\\.today.packing.packed, paid\\.today.invoice')
      assert.equal(await active(), [
        'paid\\.today',
        'paid\\.today.invoice',
        'paid\\.today.packing',
        'paid\\.today.packing.packed',
      ])
      assert.not.match(await page.content(), 'planted')
      await screenshot('machine-live-1200-light')
      assert.equal(await axeViolations(page), [])
      await page.getByRole('button', { name: 'Collapse paid\\.today', exact: true }).click()
      await page.locator('[data-state="paid\\\\.today.packing"]').waitFor({ state: 'detached' })
      assert.equal(await active(), ['paid\\.today'])
      await close()
      actor.send({ type: 'CLOSE' })
      assert.is(actor.getSnapshot().status, 'done')
      await page.getByText('plugin-flow ui does not answer').waitFor()
      await live.close()
    }))
})
