import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { defined } from '../../machines/defined.ts'
import type { TargetState } from '../../machines/rollout/records.ts'
import { installPlugin } from '../../src/flow/install.ts'
import { simulateEngine } from '../../src/simulation.ts'
import type { OpenRollout, Rollouts } from '../../src/ui/rollouts.ts'
import { awaiting, begun, ends, send } from '../support/rolloutChart.ts'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { longestOf, MARKS, type Task, tracedTasks } from './world/longestTask.ts'
import { onPage } from './world/onPage.ts'
import { onRolloutFolder, type RolloutFolder } from './world/rolloutFolder.ts'

/** How long it is flooded: a person who measures takes longer. */
const SECONDS = Number(process.env.ROLLOUT_SECONDS ?? 5)
const TARGETS = 10_000
const CHANGES_PER_SECOND = 200
const TURN_MS = 50
/** The longest task of each window counts. */
const WINDOW_MS = 250
const LIMIT_MS = 50
const MOST_NODES = 2_000
const MOST_HEAP = 100e6
const STATES = ['leased', 'running', 'done', 'failed', 'kept', 'done'] as const

async function openRollout(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Rollouts' }).click()
  await page.locator('#rollout-rows a').click()
  await page.locator('#rollout-progress:not(:empty)').waitFor()
}

/** How many targets the legend has in a state. */
function counted(page: Page, state: TargetState, count: number): Promise<void> {
  return page.locator(`#legend [data-state=${state}] ~ b`, { hasText: `${count}` }).waitFor()
}

/** Changes the states of targets for a while; resolves to the last state of each. */
async function flood({ write }: RolloutFolder, page: Page): Promise<Map<number, TargetState>> {
  const last = new Map<number, TargetState>()
  const begin = performance.now()
  for (let change = 0; change < SECONDS * CHANGES_PER_SECOND; ) {
    const due = Math.min(
      SECONDS * CHANGES_PER_SECOND,
      ((performance.now() - begin) * CHANGES_PER_SECOND) / 1_000,
    )
    const records = []
    for (; change < due; change++) {
      const index = (change * 7919) % TARGETS
      const state = STATES[change % STATES.length] ?? 'done'
      last.set(index, state)
      records.push({ index, state, message: `the engine of target ${index} said so` })
    }
    write(records)
    await page.mouse.wheel(0, 40)
    await new Promise((resolve) => setTimeout(resolve, TURN_MS))
  }
  return last
}

function longestOfWindows(tasks: readonly Task[]): number[] {
  const longest: number[] = []
  for (const { at, cost } of tasks) {
    const window = Math.floor(at / WINDOW_MS)
    longest[window] = Math.max(longest[window] ?? 0, cost)
  }
  return longest.filter((cost) => cost !== undefined)
}

/** The largest of all but one in twenty. */
function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0
}

browserSuite('page :: a rollout of 10,000 targets', (test, browser) => {
  test('200 changes a second do not freeze the page, nor fill its memory', () =>
    onRolloutFolder(TARGETS, (folder) =>
      onPage(
        browser(),
        async ({ page }) => {
          const { result: last, tasks } = await tracedTasks(browser(), page, async () => {
            await page.evaluate((mark) => performance.mark(mark), MARKS.begin)
            await openRollout(page)
            await page.locator('#targets').hover()
            const states = await flood(folder, page)
            await page.evaluate((mark) => performance.mark(mark), MARKS.end)
            return states
          })
          const cost = percentile95(longestOfWindows(tasks))
          const devtools = await page.context().newCDPSession(page)
          await devtools.send('Performance.enable')
          await devtools.send('HeapProfiler.collectGarbage')
          const { metrics } = await devtools.send('Performance.getMetrics')
          const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? 0
          const nodes = await page.evaluate(countNodes)
          console.log(
            `rollout page, ${SECONDS} s: longest task ${longestOf(tasks).toFixed(1)} ms, ${cost.toFixed(1)} ms at the 95th percentile; ${nodes} nodes, ${metric('Nodes')} with those that are gone; ${(metric('JSHeapUsedSize') / 1e6).toFixed(1)} MB`,
          )
          assert.ok(cost < LIMIT_MS, `${cost} ms`)
          assert.ok(nodes > 100 && nodes < MOST_NODES, `${nodes} nodes`)
          assert.ok(metric('JSHeapUsedSize') < MOST_HEAP, `${metric('JSHeapUsedSize')} bytes`)
          const done = [...last.values()].filter((state) => state === 'done').length
          await counted(page, 'done', done)
          await page.reload()
          await counted(page, 'done', done)
          await counted(page, 'queued', TARGETS - last.size)
        },
        { rollouts: folder.rollouts },
      ),
    ))
})

/** Nodes of the document, texts and those in shadow trees among them. */
function countNodes(): number {
  const count = (root: Node): number => {
    const walker = document.createTreeWalker(root)
    let nodes = 1
    while (walker.nextNode()) {
      nodes += 1
      const { shadowRoot } = walker.currentNode as Element
      if (shadowRoot) nodes += count(shadowRoot)
    }
    return nodes
  }
  return count(document)
}

/** The record of a failed install, as a worker writes it down. */
async function failedInstall() {
  const { engine, close } = simulateEngine({ pace: 0 })
  const flow = installPlugin(engine, { reference: 'acme/never-listens', consent: () => true })
  await flow.result.catch(() => {})
  const run = flow.snapshot()
  close()
  const message = 'it never opened its socket: <b>see its log</b>'
  return { state: 'failed', code: 'plugin-did-not-listen', message, run } as const
}

browserSuite('page :: a rollout', (test, browser) => {
  const SIZE = 300

  for (const [width, theme] of [
    [360, 'dark'],
    [1920, 'light'],
  ] as const) {
    test(`the grid, the table and a target by the keyboard, no violation :: ${width} px, ${theme}`, () =>
      onRolloutFolder(SIZE, async ({ rollouts, write }) => {
        const failed = await failedInstall()
        const others = ['done', 'running', 'unreachable', 'undone', 'undoFailed'] as const
        write(others.map((state, index) => ({ index, state })))
        write([7, 250].map((index) => ({ index, ...failed })))
        await onPage(
          browser(),
          async ({ page, flow, screenshot }) => {
            const check = async (view: string) => {
              await screenshot(`rollout-${view}-${width}-${theme}`)
              const wide = await page.evaluate(() => document.documentElement.scrollWidth)
              assert.ok(wide <= width, `${view}: ${wide} px wide`)
              assert.equal(await axeViolations(page), [], view)
            }
            await openRollout(page)
            await check('grid')
            const shown = page.locator('#targets .body .target:visible a')
            await page.locator('#legend button', { hasText: 'failed' }).focus()
            await page.keyboard.press('Space')
            assert.equal(await shown.allTextContents(), ['db-7', 'db-250'])
            await page.getByLabel('Filter targets by text').fill('db-25')
            assert.equal(await shown.allTextContents(), ['db-250'])
            await page.getByLabel('Filter targets by text').fill('')
            await page.keyboard.press('Tab')
            assert.is(await page.locator(':focus').textContent(), 'db-7')
            await page.keyboard.press('End')
            assert.is(await page.locator(':focus').textContent(), 'db-250')
            await page.keyboard.press('Enter')
            await flow.locator('.outcome', { hasText: 'The install failed' }).waitFor()
            assert.match(new URL(page.url()).hash, /\/250$/)
            assert.is(await page.locator(':focus').textContent(), 'db-250')
            assert.match(
              (await page.locator('#target-problem').textContent()) ?? '',
              /<b>see its log/,
            )
            await check('target')
            await page.reload()
            await flow.locator('.outcome', { hasText: 'The install failed' }).waitFor()
            write([{ index: 250, state: 'undone', attempt: 2, run: failed.run }])
            await page.locator('#target-state', { hasText: 'taken back' }).waitFor()
            await page.locator('#target-note', { hasText: 'before the rollback' }).waitFor()
            await page.getByRole('link', { name: 'Close' }).click()
            await page.locator('#target').waitFor({ state: 'hidden' })
            await page.locator('#targets .body .target:visible').first().waitFor()
          },
          { context: { colorScheme: theme, viewport: { width, height: 800 } }, rollouts },
        )
      }))
  }

  test('a click on a cell opens its target', () =>
    onRolloutFolder(SIZE, ({ rollouts }) =>
      onPage(
        browser(),
        async ({ page }) => {
          await openRollout(page)
          const cell = { x: 25, y: 5 }
          await page.locator('#cells').hover({ position: cell })
          await page.locator('#pointed', { hasText: 'db-1 in us: queued' }).waitFor()
          await page.locator('#cells').click({ position: cell })
          await page.locator('#target-title', { hasText: /^db-1$/ }).waitFor()
          await page.locator('#target-facts', { hasText: 'unix:///run/1.sock' }).waitFor()
        },
        { rollouts },
      ),
    ))

  test('orders, each where the state takes it, a retry of one kind where both were lost, and the grave ones after a question; a problem, until it is over', () =>
    onRolloutFolder(SIZE, ({ rollouts, save, write, orders }) => {
      let problem: string | undefined = 'no worker serves this queue now'
      const open: Rollouts['open'] = async (id) => {
        const opened = await rollouts.open(id)
        if (!opened) return undefined
        const read: OpenRollout['read'] = async (after) => {
          const news = await opened.read(after)
          return { ...news, rollout: { ...news.rollout, ...defined({ problem }) } }
        }
        return { ...opened, read }
      }
      return onPage(
        browser(),
        async ({ page }) => {
          await openRollout(page)
          const shown = page.locator('#rollout-problem')
          assert.is(await shown.textContent(), problem)
          problem = undefined
          await page.locator('#rollout-problem:empty').waitFor({ state: 'attached' })
          const order = (name: string) =>
            page.locator('#rollout-orders').getByRole('button', { name, exact: true })
          const state = (name: string) =>
            page.locator('#rollout-state', { hasText: name }).waitFor()
          await order('Pause').focus()
          await page.keyboard.press('Enter')
          await state('paused')
          await order('Pause').waitFor({ state: 'hidden' })
          assert.is(await page.locator(':focus').textContent(), 'install vieux/sshfs:latest')
          assert.match(await page.title(), /^install vieux\/sshfs:latest: paused/)
          await order('Cancel').click()
          const question = page.getByRole('dialog', { name: 'Cancel this rollout?' })
          await question.waitFor()
          await page.keyboard.press('Escape')
          await order('Cancel').click()
          await question.getByRole('button', { name: 'Cancel rollout' }).click()
          await state('stopping')
          save(awaiting(SIZE))
          const consent = page.locator('#rollout-consent')
          await consent.getByText(`install vieux/sshfs:latest on ${SIZE} targets`).waitFor()
          assert.equal(await axeViolations(page), [])
          await consent.getByRole('button', { name: /^Grant/ }).click()
          await state('rolling')
          await consent.getByRole('heading').waitFor({ state: 'detached' })
          write([{ index: 0, state: 'failed' }])
          save(send(begun(SIZE), ends(0, 'failed'), ends(1, 'unreachable')))
          await state('paused')
          await counted(page, 'failed', 1)
          await order('Retry').waitFor()
          assert.not(await order('Retry failed').isVisible())
          write([{ index: 1, state: 'unreachable' }])
          await order('Retry failed').waitFor()
          await order('Retry unreachable').click()
          await state('rolling')
          assert.equal(orders, ['pause', 'cancel', 'grant', 'retry unreachable'])
        },
        { rollouts: { ...rollouts, open } },
      )
    }))
})
