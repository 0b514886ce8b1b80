import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import type { Failure } from '../../machines/errors.ts'
import type { FlowEvent } from '../../src/events/flowEvent.ts'
import { recordRun } from '../../src/events/readRun.ts'
import type {} from '../../src/viewer.ts'
import { everyEvent, mutationsOf } from '../src/events/mutations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onPage, unfold } from './world/onPage.ts'

const SSHFS = 'vieux/sshfs:latest'
const PRIVATE = 'registry.example.com/acme/private:1.0'

browserSuite('page :: element', (test, browser) => {
  test('keyboard only: install, read, grant, go back in time', () =>
    onPage(browser(), async ({ page, flow, state, timeline }) => {
      const { keyboard } = page
      await page.locator('#reference').focus()
      await keyboard.type(SSHFS)
      await keyboard.press('Enter')
      await flow.getByRole('dialog').waitFor()
      assert.is(await focused(page), 'Grant these privileges?')
      await keyboard.press('Tab')
      assert.is(await focused(page), 'Deny')
      await keyboard.press('Tab')
      assert.match(await focused(page), /^Grant/)
      await keyboard.press('Enter')
      await state('done')
      assert.is(await focused(page), 'done')
      for (let presses = 0; presses < 9 && (await focused(page)) !== 'Back'; presses++) {
        await keyboard.press('Tab')
      }
      await keyboard.press('Enter')
      await state('enabling')
      for (
        let presses = 0;
        presses < 9 && !(await focused(page)).includes('checkPrivileges');
        presses++
      ) {
        await keyboard.press('Tab')
      }
      await keyboard.press('ArrowDown')
      await state('awaitConsent')
      assert.match(await focused(page), /awaitConsent/)
      assert.is((await timeline()).length, 6)
    }))

  test('keyboard only: credentials', () =>
    onPage(browser(), async ({ page, flow, install }) => {
      await install(PRIVATE)
      const dialog = flow.getByRole('dialog', { name: 'Log in' })
      await dialog.waitFor()
      assert.is(await focused(page), 'Log in to registry.example.com')
      await page.keyboard.press('Tab')
      await page.keyboard.type('demo')
      await page.keyboard.press('Tab')
      await page.keyboard.type('demo')
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'detached' })
    }))

  test('a screen reader hears what happens', () =>
    onPage(browser(), async ({ flow, install, state }) => {
      await install(SSHFS)
      const heard = flow.locator('[role=status]')
      await heard
        .getByText('asks for privileges. Grant or deny them.')
        .waitFor({ state: 'attached' })
      await flow.getByRole('button', { name: 'Deny' }).click()
      await state('rolledBack')
      await heard.getByText('The install was denied.').waitFor({ state: 'attached' })
      const chart = flow.getByRole('img', { name: /Active: rolledBack/ })
      assert.is(await chart.count(), 1)
    }))

  test('time travel: each step shows the run as it was, and nothing can be answered there', () =>
    onPage(browser(), async ({ flow, install, state }) => {
      await install(SSHFS)
      await flow.getByRole('button', { name: /^Grant/ }).click()
      await state('done')
      const step = (name: string) => flow.locator('.steps button', { hasText: name })
      await step('awaitConsent').click()
      await state('awaitConsent')
      assert.is(await flow.getByRole('button', { name: /^Grant/ }).isDisabled(), true)
      assert.is(await flow.locator('.state.active').getAttribute('data-state'), 'awaitConsent')
      assert.is(await flow.locator('.outcome').isVisible(), false)
      await flow.getByRole('button', { name: 'Next' }).click()
      await state('pulling.streaming')
      const last = flow.locator('.arrow.last')
      assert.equal(
        [await last.getAttribute('data-from'), await last.getAttribute('data-to')],
        ['awaitConsent', 'pulling'],
      )
      await flow.getByRole('button', { name: 'Latest' }).click()
      await state('done')
    }))

  test('a run is saved to a file, loaded again, and played', () =>
    onPage(browser(), async ({ page, flow, install, state, timeline }) => {
      await install('acme/never-listens')
      await state('rolledBack')
      const steps = await timeline()
      const downloading = page.waitForEvent('download')
      await flow.getByRole('button', { name: 'Save run' }).click()
      const path = await (await downloading).path()
      await unfold(page)
      await page.getByRole('button', { name: 'Open a recorded run' }).click()
      await flow.locator('input[type=file]').setInputFiles(path)
      await state('rolledBack')
      assert.equal(await timeline(), steps)
      assert.is(await flow.getByRole('button', { name: 'Cancel' }).isVisible(), false)
      // Each state is shown for a moment only, which a busy machine may miss.
      const seen = await flow.locator('.status').evaluateHandle((status) => {
        const texts = [status.textContent]
        const look = () => texts.push(status.textContent)
        const changes = { characterData: true, childList: true, subtree: true }
        new MutationObserver(look).observe(status, changes)
        return texts
      })
      await flow.getByRole('button', { name: 'Play' }).click()
      await page.waitForFunction(
        (texts) => texts.includes('checkPrivileges') && texts.at(-1) === 'rolledBack',
        seen,
      )
      await flow.getByRole('button', { name: 'Play' }).waitFor()
      await flow.locator('input[type=file]').setInputFiles({
        name: 'x.json',
        mimeType: 'application/json',
        buffer: Buffer.from('{"format":"har"}'),
      })
      await flow.getByText('The run was not loaded: this is not a recorded run.').waitFor()
      assert.equal(await timeline(), steps)
    }))

  test('text from outside is text, and invisible characters in it are shown', () =>
    onPage(browser(), async ({ page, flow }) => {
      await page.getByRole('button', { name: 'Open a recorded run' }).click()
      const evil = '<img src=x onerror=alert(1)>\u202e\u200b\u05d0'
      const events: FlowEvent[] = [
        { type: 'flow', sequence: 1, at: 1, machine: evil, reference: evil, engine: evil },
        { type: 'transition', sequence: 2, at: 2, to: evil, event: evil },
        {
          type: 'consent',
          sequence: 3,
          at: 3,
          request: {
            id: 1,
            reference: evil,
            name: evil,
            digest: evil,
            privileges: [{ Name: evil, Description: evil, Value: [evil] }],
            settings: [{ setting: evil, widens: true }],
          },
        },
      ]
      await push(page, events)
      await flow.getByRole('dialog').waitFor()
      assert.is(await flow.locator('img').count(), 0)
      const text = (await flow.getByRole('dialog').textContent()) ?? ''
      assert.ok(text.includes('<img src=x onerror=alert(1)>\\u{202e}\\u{200b}\\u{5d0}'), text)
    }))

  test('how the installed plugin differs from what was granted', () =>
    onPage(browser(), async ({ page, flow }) => {
      await page.getByRole('button', { name: 'Open a recorded run' }).click()
      const privilege = (value: string) => ({ Name: 'mount', Description: '', Value: [value] })
      const failure: Failure = {
        code: 'privileges-not-enforced',
        state: 'pulling',
        message: 'it is another',
        next: 'Do not install it.',
        retryable: false,
        difference: {
          added: [privilege('/')],
          removed: [privilege('/tmp')],
          digests: { granted: 'sha256:a', found: 'sha256:b' },
        },
      }
      const rollback = { result: 'nothingToRemove' } as const
      await push(page, [
        { type: 'flow', sequence: 1, at: 1, machine: 'pluginInstall', reference: SSHFS },
        { type: 'transition', sequence: 2, at: 2, to: 'rolledBack', event: 'always' },
        {
          type: 'outcome',
          sequence: 3,
          at: 3,
          outcome: { state: 'rolledBack', failure, rollback },
        },
      ])
      await flow.locator('.difference').waitFor()
      assert.equal(await flow.locator('.difference li').allTextContents(), [
        'Granted: - mount: [/tmp]',
        'Found: + mount: [/]',
        'Granted: - sha256:a',
        'Found: + sha256:b',
      ])
    }))

  test('asked again :: what the plugin asks for now, and did not before', () =>
    onPage(browser(), async ({ page, flow }) => {
      await page.getByRole('button', { name: 'Open a recorded run' }).click()
      const asked = (sequence: number, id: number, source: string): FlowEvent[] => {
        const privileges = [{ Name: 'mount', Description: '', Value: [source] }]
        const request = { id, reference: SSHFS, name: SSHFS, privileges, settings: [] }
        return [
          { type: 'transition', sequence, at: sequence, to: 'awaitConsent', event: 'always' },
          { type: 'consent', sequence: sequence + 1, at: sequence + 1, request },
        ]
      }
      await push(page, [
        { type: 'flow', sequence: 1, at: 1, machine: 'pluginInstall', reference: SSHFS },
        ...asked(2, 1, '/tmp'),
        { type: 'transition', sequence: 4, at: 4, to: 'pulling.streaming', event: 'always' },
        ...asked(5, 2, '/'),
      ])
      await flow.locator('.difference').waitFor()
      assert.equal(await flow.locator('.difference li').allTextContents(), [
        'Granted: - mount: [/tmp]',
        'Found: + mount: [/]',
      ])
    }))

  test('any mutation of any event is refused, or drawn: nothing is thrown in a frame', () =>
    onPage(browser(), async ({ page }) => {
      const runs = everyEvent.flatMap((event, index) =>
        mutationsOf(event).map(({ value }) =>
          recordRun([...everyEvent.slice(0, index), value as FlowEvent]),
        ),
      )
      const counts = await page.evaluate(
        async (texts) => {
          const elements = Array.from({ length: 20 }, () => document.createElement('plugin-flow'))
          document.body.append(...elements)
          const counts = { drawn: 0, refused: 0 }
          for (let index = 0; index < texts.length; index += elements.length) {
            for (const [place, text] of texts.slice(index, index + elements.length).entries()) {
              try {
                elements[place]?.load(JSON.parse(text))
                counts.drawn++
              } catch (error) {
                if (!(error instanceof RangeError)) throw error
                counts.refused++
              }
            }
            // Everything is drawn with the next frame.
            await new Promise((resolve) =>
              requestAnimationFrame(() => requestAnimationFrame(resolve)),
            )
          }
          return counts
        },
        runs.map((run) => JSON.stringify(run)),
      )
      assert.is(counts.drawn + counts.refused, runs.length)
      assert.ok(counts.drawn > 300 && counts.refused > 1_000, JSON.stringify(counts))
    }))
})

/** The text of what has the focus, within shadow roots too. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    return active?.textContent ?? ''
  })
}

function push(page: Page, events: readonly FlowEvent[]): Promise<void> {
  return page.evaluate((all) => {
    const element = document.querySelector('plugin-flow')
    for (const event of all) element?.push(event)
  }, events)
}
