import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import * as assert from 'uvu/assert'
import { layouts } from '../../src/chart/layouts.generated.ts'
import type { FlowEvent } from '../../src/events/flowEvent.ts'
import { recordRun } from '../../src/events/readRun.ts'
import type { PluginFlowElement } from '../../src/viewer.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onPage } from './world/onPage.ts'

const SSHFS = 'vieux/sshfs:latest'
const SIZES = [
  [360, 740],
  [768, 1024],
  [1280, 800],
  [1440, 900],
  [1920, 1080],
] as const
const folder = join(import.meta.dirname, '../../docs/runs')

for (const [width, height] of SIZES) {
  const options = { context: { viewport: { width, height } } }

  browserSuite(`page :: in view, ${width} × ${height}`, (test, browser) => {
    test('a question :: its answers, the gravest privilege, the active state and the step', () =>
      onPage(
        browser(),
        async ({ install, flow, state }) => {
          await install(SSHFS, 'DEBUG=1 state.source=/data')
          const grant = flow.getByRole('button', { name: /^Grant/ })
          await grant.waitFor()
          assert.is(await flow.locator('.privilege .badge').first().textContent(), 'critical')
          const buttons = ['.buttons .quiet', '.buttons .danger', '.privilege .badge']
          assert.equal(await hidden(flow, [...buttons, ...stepTo('awaitConsent')]), [])
          await grant.click()
          await state('done')
          assert.equal(await hidden(flow, ['.outcome h3', ...stepTo('done')]), [])
        },
        options,
      ))

    test('credentials, and a failure :: the same', () =>
      onPage(
        browser(),
        async ({ install, flow, state }) => {
          await install('acme/never-listens')
          await state('rolledBack')
          assert.equal(await hidden(flow, ['.outcome h3', ...stepTo('rolledBack')]), [])
          await flow.evaluate((node) => node.remove())
          await install('registry.example.com/acme/private:1.0')
          await flow.getByRole('dialog').waitFor()
          assert.equal(await hidden(flow, ['.buttons .primary', ...stepTo('reauth')]), [])
        },
        options,
      ))

    test('every step of every recorded run, and every state of every machine', () =>
      onPage(
        browser(),
        async ({ page, flow }) => {
          await page.getByRole('button', { name: 'Open a recorded run' }).click()
          const back = flow.getByRole('button', { name: 'Back', exact: true })
          for (const { events } of everyRun()) {
            const run = recordRun(events)
            await flow.evaluate(
              (node, text) => (node as PluginFlowElement).load(JSON.parse(text)),
              JSON.stringify(run),
            )
            const states = events.flatMap((event) =>
              event.type === 'transition' ? [event.to] : [],
            )
            assert.ok(states.length > 2)
            for (const [index, state] of [...states.entries()].reverse()) {
              assert.equal(await hidden(flow, stepTo(state)), [], `${state}, step ${index}`)
              if (index > 0) await back.press('Enter')
            }
          }
        },
        options,
      ))
  })
}

function everyRun(): { events: readonly FlowEvent[] }[] {
  const recorded = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  const made = [...layouts].map(([id, { states }]) => {
    const leaves = states.filter(({ type }) => type !== 'compound')
    const steps = leaves.map(
      ({ path: to }, index): FlowEvent => ({
        type: 'transition',
        sequence: index + 2,
        at: index,
        to,
        event: 'go',
        ...(leaves[index - 1] && { from: leaves[index - 1]?.path ?? '' }),
      }),
    )
    const flow = { type: 'flow', sequence: 1, at: 0, machine: id, reference: SSHFS } as const
    return { events: [flow, ...steps] }
  })
  return [...recorded, ...made]
}

/** Selectors of the elements that show a state: its name, its box in the chart, its step in the timeline. */
function stepTo(state: string): string[] {
  const box = `.state.active[data-state="${state}"] .box`
  return ['.status', box, '.steps [aria-current] .to']
}

/** Which of these are not there, or beyond the viewport or what they scroll in, or covered in their middle. */
function hidden(flow: Locator, selectors: readonly string[]): Promise<string[]> {
  return flow.evaluate(async (host, all) => {
    // Where something stands is known once what changed is laid out, and measured again.
    for (let frame = 0; frame < 4; frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    const root = host.shadowRoot
    if (!root) return ['no element']
    const parentOf = (of: Node) => of.parentElement ?? (of.getRootNode() as ShadowRoot).host
    return all.flatMap((selector) => {
      const node = root.querySelector(selector)
      if (!node) return [`${selector} is not there`]
      const box = node.getBoundingClientRect()
      let [left, top, right, bottom] = [0, 0, innerWidth, innerHeight]
      for (let around = parentOf(node); around; around = parentOf(around)) {
        if (getComputedStyle(around).overflow === 'visible') continue
        const edge = around.getBoundingClientRect()
        left = Math.max(left, edge.left)
        top = Math.max(top, edge.top)
        right = Math.min(right, edge.right)
        bottom = Math.min(bottom, edge.bottom)
      }
      const isInside =
        box.left >= left - 1 &&
        box.top >= top - 1 &&
        box.right <= right + 1 &&
        box.bottom <= bottom + 1
      if (!isInside)
        return [`${selector} at ${JSON.stringify(box)} in ${[left, top, right, bottom]}`]
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
      const found = root.elementFromPoint(x, y)
      const isOnTop = found && (node.contains(found) || found.closest('.state') === node.parentNode)
      return isOnTop ? [] : [`${selector} below ${found?.outerHTML.slice(0, 90)}`]
    })
  }, selectors)
}
