import * as assert from 'uvu/assert'
import type {} from '../../src/viewer.ts'
import { browserSuite } from './world/browserSuite.ts'
import { longestTask, MARKS } from './world/longestTask.ts'
import { onPage } from './world/onPage.ts'

const LIMIT_MS = 50
const ROUNDS = 5

browserSuite('page :: flood', (test, browser) => {
  test('10,000 events of progress a second do not freeze the page', () =>
    onPage(browser(), async ({ page, flow }) => {
      await page.getByRole('button', { name: 'Open a recorded run' }).click()
      await flow.waitFor()
      const rounds: string[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const { result, longestCost } = await longestTask(browser(), page, () =>
          page.evaluate(flood, { milliseconds: 2_000, marks: MARKS }),
        )
        rounds.push(`${longestCost.toFixed(1)} (${result.longest.toFixed(1)} by the clock)`)
        assert.ok(result.pushed >= 20_000, `only ${result.pushed} events`)
        assert.match(result.drawn, /MB\/s/)
        assert.ok(
          longestCost > 0 && longestCost < LIMIT_MS,
          `longest task: ${rounds.join(', ')} ms`,
        )
      }
      console.log(`longest task: ${rounds.join(', ')} ms`)
      const kept = await page.evaluate(
        () => document.querySelector('plugin-flow')?.run.events.length,
      )
      assert.ok(Number(kept) < 500, `${kept} events kept`)
    }))
})

/** Pushes progress for a while and measures the longest time in which the page did nothing else. */
async function flood({ milliseconds, marks }: { milliseconds: number; marks: typeof MARKS }) {
  const element = document.querySelector('plugin-flow')
  if (!element) throw new Error('no element')
  element.clear()
  let sequence = 1
  const at = () => Date.now()
  element.push({ type: 'transition', sequence, at: at(), to: 'pulling.streaming', event: 'go' })
  // The state is drawn once; what is measured is what the progress costs.
  for (let frame = 0; frame < 3; frame++)
    await new Promise((resolve) => requestAnimationFrame(resolve))
  performance.mark(marks.begin)
  const began = performance.now()
  let longest = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
  })
  observer.observe({ type: 'longtask' })
  await new Promise<void>((resolve) => {
    let last = performance.now()
    const turn = () => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      const due = Math.floor((now - began) * 10) - sequence
      for (let index = 0; index < due; index++) {
        sequence += 1
        const layers = Array.from({ length: 12 }, (_, layer) => ({
          id: `layer${layer}`,
          phase: 'downloading' as const,
          current: sequence,
          total: 1e6,
          extracted: 0,
        }))
        const progress = {
          layers,
          current: sequence,
          total: 12e6,
          percent: sequence / 1e3,
          bytesPerSecond: 5e6,
        }
        element.push({ type: 'progress', sequence, at: at(), progress })
      }
      last = performance.now()
      if (now - began > milliseconds) resolve()
      else channel.port2.postMessage(0)
    }
    // A timer would be held back by the browser; a message comes as soon as the page is free.
    const channel = new MessageChannel()
    channel.port1.onmessage = turn
    turn()
  })
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))
  observer.disconnect()
  performance.mark(marks.end)
  const drawn = element.shadowRoot?.querySelector('.amount')?.textContent ?? ''
  return { longest, pushed: sequence, drawn }
}
