import * as assert from 'uvu/assert'
import { visible } from '../../src/text/visible.ts'
import { hostile, parcel } from '../support/foreignMachines.ts'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onMachinePage } from './world/onMachinePage.ts'

/** Fourteen steps below each other: more would stand in columns. */
const way = {
  id: 'way',
  initial: 's0',
  states: Object.fromEntries(
    Array.from({ length: 14 }, (_, index) => [
      `s${index}`,
      index < 13 ? { on: { NEXT: `s${index + 1}` } } : {},
    ]),
  ),
}

browserSuite('page :: machine', (test, browser) => {
  test('every state and every transition is drawn, and listed as text', () =>
    onMachinePage(browser(), JSON.stringify(parcel), async ({ page, chart, screenshot }) => {
      assert.is(await page.locator('h1').textContent(), 'parcel')
      assert.is(await page.locator('#counts').textContent(), '15 states, 19 transitions')
      for (const { path } of chart.states) {
        await page.locator(`[data-state="${path}"] > .box`).waitFor()
        assert.is(
          await page.getByRole('button', { name: path || 'parcel', exact: true }).count(),
          1,
          path,
        )
      }
      const lines = await page.locator('.outline ul ul li').allTextContents()
      for (const { from, to, events } of chart.arrows) {
        const arrow = page.locator(`.arrow[data-from="${from}"][data-to="${to}"] .line`)
        assert.ok((await arrow.getAttribute('d'))?.startsWith('M'), `${from} → ${to}`)
        const label = page.locator(`.label[data-from="${from}"][data-to="${to}"]`)
        assert.equal(await label.locator('tspan').allTextContents(), events)
        for (const event of events) assert.ok(lines.includes(`${event} → ${to || 'parcel'}`), event)
      }
      assert.ok(lines.includes('PING / pong (stays)'))
      assert.ok(lines.includes('invoke / charge'))
      assert.equal(await page.locator('[data-state=idle] .inside').allTextContents(), [
        'PING / pong',
      ])
      assert.is(await page.locator('.region').count(), 2)
      assert.is(await page.locator('.start').count(), 4)
      assert.is(await page.getByText('H* recent').count(), 1)
      await screenshot('machine-1200-light')
    }))

  test('names from outside are text, and invisible characters in them are shown', () =>
    onMachinePage(browser(), JSON.stringify(hostile), async ({ page, chart, screenshot }) => {
      assert.is(await page.locator('img, script:not([src]), b, i, [onload]').count(), 0)
      assert.is(await page.locator('h1').textContent(), hostile.id)
      const buttons = await page.locator('.outline button').allTextContents()
      assert.equal(
        buttons,
        [hostile.id, ...Object.keys(hostile.states).map(escapeDots)].map(visible),
      )
      const drawn = await page.locator('.state text').allTextContents()
      assert.ok(drawn.includes('bell\\u{7} turned\\u{202e}'))
      assert.ok(drawn.includes(`${'n'.repeat(39)}…`))
      const box = chart.picture.boxes[2] ?? []
      assert.ok(Number(box[2]) < 400, `${box[2]} px wide`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= 1200, `${wide} px wide`)
      await screenshot('machine-hostile-1200-light')
    }))

  test('keyboard only: from a state in the text to the picture, and larger and smaller there', () =>
    onMachinePage(browser(), JSON.stringify(parcel), async ({ page }) => {
      const picture = page.locator('.picture')
      const width = async () => Number(await picture.getAttribute('width'))
      await page.getByRole('group', { name: /^The picture/ }).focus()
      await page.keyboard.press('0')
      const whole = await width()
      await page.keyboard.press('+')
      assert.ok((await width()) > whole)
      await page.keyboard.press('-')
      assert.is(Math.round(await width()), Math.round(whole))
      await page.getByRole('button', { name: 'working.packing.packed' }).focus()
      await page.keyboard.press('Enter')
      assert.equal(
        await page
          .locator('.state.selected')
          .evaluateAll((all) => all.map((box) => box.getAttribute('data-state'))),
        ['working.packing.packed'],
      )
      assert.is(await page.locator('.outline [aria-current]').count(), 1)
    }))

  test('a state is drawn without its inside and with it again; the search leads into it', () =>
    onMachinePage(browser(), JSON.stringify(parcel), async ({ page }) => {
      const inside = page.locator('[data-state="working.packing.packed"]')
      await page.getByRole('button', { name: 'Collapse working', exact: true }).click()
      await inside.waitFor({ state: 'detached' })
      assert.is(await page.getByText('10 states within').count(), 1)
      await page.keyboard.press('/')
      await page.keyboard.type('PACKED')
      const listed = page.locator('.outline > ul > li:visible > button:first-child')
      assert.ok((await listed.allTextContents()).includes('working.packing.packed'))
      assert.not((await listed.allTextContents()).includes('idle'))
      await page.keyboard.type('/')
      assert.is(await page.getByRole('searchbox').inputValue(), 'PACKED/')
      await page.getByRole('searchbox').fill('working.packing.packed')
      await page.keyboard.press('Enter')
      await inside.waitFor()
      assert.is(await page.locator('.state.selected').count(), 1)
      await page.locator('[data-state="working"] > .box').dblclick({ position: { x: 5, y: 5 } })
      await inside.waitFor({ state: 'detached' })
      assert.is(await page.getByRole('button', { name: 'Expand working' }).count(), 1)
    }))

  test('a click in the picture chooses a state in the list; moving the picture does not', () =>
    onMachinePage(browser(), JSON.stringify(parcel), async ({ page }) => {
      await page.locator('[data-state="idle"] > .box').click({ position: { x: 5, y: 5 } })
      const current = page.locator('.outline [aria-current]')
      assert.equal(await current.allTextContents(), ['idle'])
      const box = await page.locator('[data-state="paused"] > .box').boundingBox()
      assert.ok(box)
      await page.mouse.move(box.x + 5, box.y + 5)
      await page.mouse.down()
      await page.mouse.move(box.x + 25, box.y + 5)
      await page.mouse.up()
      assert.equal(await current.allTextContents(), ['idle'])
    }))

  test('a picture that is larger than its room has a small one, which moves it', () =>
    onMachinePage(browser(), JSON.stringify(way), async ({ page }) => {
      const map = page.locator('.minimap')
      const scroll = page.locator('.canvas .scroll')
      const top = () => scroll.evaluate(({ scrollTop }) => scrollTop)
      const part = async () => Number(await map.locator('.part').getAttribute('y'))
      await scroll.evaluate((node) => node.scrollTo(0, 0))
      assert.is(await map.locator('rect:not(.part)').count(), 14)
      const { width, height } = (await map.boundingBox()) ?? { width: 0, height: 0 }
      await map.click({ position: { x: width / 2, y: height - 2 } })
      assert.ok((await top()) > 200, `${await top()}`)
      await page.locator('.canvas').getByRole('button', { name: 'Fit' }).click()
      await map.waitFor({ state: 'hidden' })
      assert.ok((await part()) <= 0)
    }))

  for (const theme of ['light', 'dark'] as const) {
    for (const width of [1200, 320]) {
      test(`no violation, and no scrolling sideways :: ${theme}, ${width} px`, () =>
        onMachinePage(
          browser(),
          JSON.stringify(parcel),
          async ({ page, screenshot }) => {
            await page.getByRole('button', { name: 'working.payment', exact: true }).click()
            await screenshot(`machine-${width}-${theme}`)
            const wide = await page.evaluate(() => document.documentElement.scrollWidth)
            assert.ok(wide <= width, `${wide} px wide`)
            assert.equal(await axeViolations(page), [])
          },
          { colorScheme: theme, viewport: { width, height: 900 } },
        ))
    }
  }
})

function escapeDots(name: string): string {
  return name.replace(/\./g, '\\.')
}
