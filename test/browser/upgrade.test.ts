import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import type { Failure } from '../../machines/errors.ts'
import type { FlowEvent, ShownUpgradeOutcome } from '../../src/events/flowEvent.ts'
import { entries, outcomesOf, upgraded, upgradeRequest } from '../src/events/upgradeSamples.ts'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { fillSettings, onPage, type PageStage, unfold } from './world/onPage.ts'

const machine = 'pluginUpgrade'
const failure: Failure = {
  code: 'enable-failed',
  state: 'enabling',
  message: 'it did not start',
  next: 'Read the log.',
  retryable: false,
}

/** A run that reaches these states, and then this event. */
function run(states: readonly string[], last: object): FlowEvent[] {
  const transitions = states.map((to, index) => {
    const from = states[index - 1]
    return {
      type: 'transition',
      ...(from !== undefined && { from }),
      to,
      event: 'later',
      sequence: index + 2,
      at: index + 2,
    }
  })
  const flow = { type: 'flow', machine, reference: 'acme/plain:2.0', alias: 'acme/plain:1.0' }
  return [
    { ...flow, sequence: 1, at: 1 },
    ...transitions,
    { ...last, machine, sequence: 99, at: 99 },
  ] as FlowEvent[]
}

const asked = (more: object = {}) =>
  run(['awaitConsent'], { type: 'consent', request: { ...upgradeRequest, ...more } })
const ended = (outcome: ShownUpgradeOutcome) => run([outcome.state], { type: 'outcome', outcome })

async function show(
  { page, flow }: PageStage,
  events: readonly FlowEvent[],
): Promise<string | null> {
  await unfold(page)
  await page.getByRole('button', { name: 'Open a recorded run' }).click()
  await push(page, events)
  const what = events.at(-1)?.type === 'outcome' ? '.outcome h3' : '.ask h3'
  await flow.locator(what).waitFor()
  return flow.locator(what).textContent()
}

function push(page: Page, events: readonly FlowEvent[]): Promise<void> {
  return page.evaluate((all) => {
    const element = document.querySelector('plugin-flow')
    for (const event of all) element?.push(event)
  }, events)
}

browserSuite('an upgrade on the page', (test, browser) => {
  test('started in its form, granted twice, and drawn to its end', () =>
    onPage(browser(), async ({ page, flow, install, state, timeline, outcome, embedded }) => {
      await install('acme/notes:1.0')
      await flow.getByRole('button', { name: /^Grant/ }).click()
      await state('done')
      await page.getByRole('link', { name: 'Plugins' }).click()
      await page.getByRole('link', { name: 'Upgrade acme/notes:1.0' }).click()
      await page.locator('#to').fill('acme/notes:2.0')
      await fillSettings(page, 'upgrade', 'LEVEL=debug')
      await page.getByRole('button', { name: 'Upgrade', exact: true }).click()
      await flow.getByRole('dialog', { name: 'Upgrade to acme/notes:2.0?' }).waitFor()
      await flow.getByRole('button', { name: /^Grant/ }).click()
      await flow.getByRole('dialog', { name: 'Replace the plugin?' }).waitFor()
      assert.is(await flow.locator('.state.visited[data-state=planning]').count(), 1)
      await flow.getByRole('button', { name: /^Grant/ }).click()
      await state('done')
      assert.match(await outcome(), /^Replaced acme\/notes:1\.0/)
      assert.ok((await timeline()).includes('staging'))
      const last = flow.locator('.arrow.last')
      assert.equal(
        [await last.getAttribute('data-from'), await last.getAttribute('data-to')],
        ['cleaning', 'done'],
      )
      assert.ok(embedded.plugins()[0]?.Settings.Env?.includes('LEVEL=debug'))
    }))

  test('the first question :: the difference, what uses the plugin, and the way back', () =>
    onPage(browser(), async (stage) => {
      assert.is(await show(stage, asked()), 'Upgrade to acme/plain:2.0?')
      const { flow, page } = stage
      assert.is(await flow.locator('h2').textContent(), 'acme/plain:1.0')
      assert.is(await flow.locator('.engine').textContent(), 'to acme/plain:2.0')
      assert.equal(await flow.locator('.privilege code').allTextContents(), ['/new'])
      assert.equal(await flow.locator('.ask h4').allTextContents(), [
        'It asks for these privileges, which it has not had',
        'As before',
        'No longer asked for',
      ])
      assert.equal(await flow.locator('.fates li').allTextContents(), [
        'mount: [/kept]',
        'mount: [/old]',
      ])
      assert.equal(await flow.locator('.ask .facts').allTextContents(), [
        'Containers that use it: web.',
        'Its volumes: data.',
        'Its networks: net.',
        'If the upgrade fails, the old version comes back from acme/plain:1.0.',
        'Settings: DEBUG',
        'Content: sha256:0',
      ])
      assert.equal(await axeViolations(page), [])
    }))

  test('no privileges that it has not had, no way back, and an engine that does not report uses', () =>
    onPage(browser(), async (stage) => {
      const none = { added: [], removed: [], privileges: [], settings: [], uses: undefined }
      await show(stage, asked({ ...none, wayBack: { none: 'the tag has moved' } }))
      assert.is(await stage.flow.locator('.ask h4').count(), 0)
      assert.equal((await stage.flow.locator('.ask .facts').allTextContents()).slice(0, 2), [
        'The engine does not tell whether the plugin is in use.',
        'There is no way back to the old version: the tag has moved.',
      ])
    }))

  test('the second question :: what is not carried over, apart from what is', () =>
    onPage(browser(), async (stage) => {
      const { flow, page } = stage
      const title = await show(stage, asked({ plan: { mode: 'inPlace', entries } }))
      assert.is(title, 'Upgrade it in place?')
      assert.equal(await flow.locator('.ask h4').allTextContents(), [
        'Not carried over',
        'Carried over, or set',
      ])
      assert.equal(
        (await flow.locator('.fates li').allTextContents()).map((text) => text.split(':')[0]),
        [
          'variable REVERTS',
          'variable LOST',
          'variable ONLYBYREPLACING',
          'device STAYS',
          'variable ASKED',
          'variable KEPT',
          'variable SETAGAIN',
          'variable NEWDEFAULT',
        ],
      )
      assert.is(await flow.locator('.ask .primary').textContent(), 'Grant')
      assert.equal(await axeViolations(page), [])
    }))

  test('the second question :: a replacement, or no way back, is granted with care', () =>
    onPage(browser(), async (stage) => {
      const { flow } = stage
      assert.is(
        await show(stage, asked({ plan: { mode: 'replace', entries: [] } })),
        'Replace the plugin?',
      )
      assert.match(
        (await flow.locator('#ask-about').textContent()) ?? '',
        /it gets another ID, and the data/,
      )
      assert.is(await flow.locator('.ask .danger').count(), 1)
      const wayBack = { none: 'the tag has moved' }
      await show(stage, asked({ wayBack, plan: { mode: 'inPlace', entries: [] } }))
      assert.is(await flow.locator('.ask .danger').count(), 1)
    }))

  const { done, rolledBack, stranded } = outcomesOf(failure)
  /** Ended by a person, which is no failure. */
  const STOPPED = ['denied', 'cancelled']
  const denied = { ...failure, code: 'consent-denied' } as const
  const cancelled = { ...failure, code: 'cancelled' } as const
  const ends: [what: string, outcome: ShownUpgradeOutcome, title: string, now: RegExp][] = [
    ['upgraded', done, 'Upgraded acme/plain:1.0', /: the new version, enabled\.$/],
    [
      'replaced',
      { ...done, plugin: { ...upgraded, mode: 'replace', enabled: false } },
      'Replaced acme/plain:1.0',
      /: the new version, disabled\.$/,
    ],
    [
      'unchanged',
      { ...done, plugin: { ...upgraded, changed: false, entries: [] } },
      'acme/plain:1.0 is of this content already',
      /: what was there before, as it was, enabled\.$/,
    ],
    ['went back', rolledBack, 'The upgrade failed', /: the old version, back as it was\.$/],
    [
      'denied',
      { ...rolledBack, failure: denied, changed: false, remnants: [] },
      'The upgrade was denied',
      /: the old version, of which nothing was changed\.$/,
    ],
    [
      'cancelled',
      { ...rolledBack, failure: cancelled, changed: false, remnants: [] },
      'The upgrade was cancelled',
      /nothing was changed\.$/,
    ],
    [
      'stranded',
      stranded,
      'The upgrade failed',
      /: the new version\. There was no way back for acme\/plain:1\.0: the registry is gone\.$/,
    ],
    [
      'stranded with neither version',
      { ...stranded, version: 'gone', commands: [] },
      'The upgrade failed',
      /: neither version: the plugin is gone\./,
    ],
  ]
  test(`the end :: ${ends.map(([what]) => what).join(', ')}`, () =>
    onPage(browser(), async (stage) => {
      const { flow, page } = stage
      for (const [what, outcome, title, now] of ends) {
        assert.is(await show(stage, ended(outcome)), title, what)
        const text = (await flow.locator('.outcome').textContent()) ?? ''
        assert.match((await flow.locator('.outcome .left').textContent()) ?? '', now)
        const isGood = outcome.state === 'done'
        assert.is(await flow.locator('.outcome.good').count(), isGood ? 1 : 0, what)
        const tone = isGood ? 'good' : STOPPED.includes(what) ? 'stopped' : 'bad'
        assert.is(await flow.locator('.status').getAttribute('data-kind'), tone, what)
        const commands = outcome.state === 'stranded' ? outcome.commands : []
        assert.equal(await flow.locator('.outcome .command').allTextContents(), [
          ...commands,
          'plugin-flow rm --force it',
        ])
        const fates = outcome.state === 'done' ? outcome.plugin.entries.length : 0
        assert.is(await flow.locator('.outcome .fates li').count(), fates, what)
        assert.is(text.includes('LEVEL stays in its settings'), what === 'went back')
      }
      assert.equal(await axeViolations(page), [])
    }))
})
