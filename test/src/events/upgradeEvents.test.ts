import { lastValueFrom, toArray } from 'rxjs'
import * as assert from 'uvu/assert'
import type { PlanEntry } from '../../../machines/plugin-upgrade/planUpgrade.ts'
import type {
  FlowEvent,
  ShownUpgradeOutcome,
  ShownUpgradeRequest,
} from '../../../src/events/flowEvent.ts'
import { flowEvents } from '../../../src/events/flowEvents.ts'
import { isFlowEvent } from '../../../src/events/readRun.ts'
import { noLongerAsked, withoutValue } from '../../../src/events/upgradeEvents.ts'
import { type UpgradeOptions, upgradePlugin } from '../../../src/upgrade.ts'
import type { Stage } from '../../support/embedded.ts'
import { suite } from '../../support/suite.ts'
import { OLD, OWNERS, onUpgradeStage } from '../../support/upgradeStage.ts'

/** The events of an upgrade of which a person grants everything. */
async function upgrade({ engine }: Stage, options: Partial<UpgradeOptions> = {}) {
  const flow = upgradePlugin(engine, { name: OLD, reference: 'acme/notes:2.0', ...options })
  const events = lastValueFrom(flowEvents(flow, { engine: 'unix:///x.sock' }).pipe(toArray()))
  flow.consent$.subscribe((request) => flow.grant(request))
  await flow.result.catch(() => {})
  const all = await events
  assert.ok(all.every(isFlowEvent))
  return all
}

function requests(events: readonly FlowEvent[]): ShownUpgradeRequest[] {
  return events.flatMap((event) =>
    event.type === 'consent' && event.machine === 'pluginUpgrade' ? [event.request] : [],
  )
}

function outcome(events: readonly FlowEvent[]): ShownUpgradeOutcome | undefined {
  const last = events.at(-1)
  return last?.type === 'outcome' && last.machine === 'pluginUpgrade' ? last.outcome : undefined
}

suite('events of an upgrade', (test) => {
  test('from its first state to its outcome, by the names of the plugin', () =>
    onUpgradeStage(async (stage) => {
      const events = await upgrade(stage)
      const { sequence: _, at: __, ...first } = events[0] as FlowEvent
      assert.equal(first, {
        type: 'flow',
        machine: 'pluginUpgrade',
        reference: 'acme/notes:2.0',
        alias: OLD,
        engine: 'unix:///x.sock',
      })
      assert.ok(events.some((event) => event.type === 'transition' && event.to === 'proving'))
      assert.ok(events.some(({ type }) => type === 'progress'))
      const end = outcome(events)
      assert.ok(end?.state === 'done')
      const { from, reference, mode, changed, consentBy } = end.plugin
      assert.equal([from, reference, mode, changed], [OLD, 'acme/notes:2.0', 'replace', true])
      assert.is(consentBy, 'person')
    }))

  test('the questions :: the difference, and then what becomes of everything in effect', () =>
    onUpgradeStage(
      async (stage) => {
        const [first, second, ...others] = requests(await upgrade(stage, { mode: 'inPlace' }))
        assert.equal(others, [])
        assert.equal([first?.from, first?.wayBack], [OLD, { remote: OLD }])
        assert.equal(first?.uses, { containers: [], volumes: [], networks: [] })
        assert.not(first && 'plan' in first)
        const fates = second?.plan?.entries.map(({ name, fate }) => `${name} ${fate}`) ?? []
        assert.ok(
          fates.some((fate) => / (kept|setAgain)$/.test(fate)),
          fates.join(),
        )
        assert.ok(
          fates.some((fate) => / (stays|onlyByReplacing)$/.test(fate)),
          fates.join(),
        )
      },
      { settings: OWNERS },
    ))

  test('without a reference :: that is its name, and there is no other', () =>
    onUpgradeStage(async ({ engine }) => {
      const flow = upgradePlugin(engine, { name: OLD })
      const events = lastValueFrom(flowEvents(flow).pipe(toArray()))
      flow.cancel()
      const [first] = await events
      assert.ok(first?.type === 'flow' && first.reference === OLD && !('alias' in first))
    }))

  test('no value that was given, and none of its owner, is in any event', () =>
    onUpgradeStage(
      async (stage) => {
        const events = await upgrade(stage, { settings: ['LEVEL=s3cret-given'], mode: 'inPlace' })
        assert.is(outcome(events)?.state, 'done')
        assert.ok(JSON.stringify(events).includes('"asked"'))
        assert.not.match(JSON.stringify(events), /s3cret/)
      },
      { settings: ['args=--s3cret'] },
    ))

  test('a new version that does not start :: the old one is back', () =>
    onUpgradeStage(async (stage) => {
      const end = outcome(await upgrade(stage, { reference: 'acme/notes:3.0', mode: 'inPlace' }))
      assert.ok(end?.state === 'rolledBack' && end.changed)
    }))
})

suite('privileges that are no longer asked for', (test) => {
  const mount = (place: string) => ({ Name: 'mount', Description: '', Value: [place] })

  test('but for the place that a mount is pointed at again', () => {
    const settings = [
      { name: 'state', field: 'source', value: '/own', widens: true },
      { name: 'DEBUG', value: '/plain', widens: false },
    ]
    const removed = ['/own', '/plain', '/other'].map(mount)
    assert.equal(noLongerAsked({ removed, settings }), ['/plain', '/other'].map(mount))
  })
})

suite('an entry without its value', (test) => {
  const entry = (kind: PlanEntry['kind'], fate: PlanEntry['fate']): PlanEntry => ({
    kind,
    name: 'A',
    fate,
    from: '1',
    to: '2',
  })

  test('the value asked for of a variable or an argument may be a secret', () => {
    for (const kind of ['env', 'args'] as const) {
      assert.not('to' in withoutValue(entry(kind, 'asked')))
      assert.equal(withoutValue(entry(kind, 'newDefault')), entry(kind, 'newDefault'))
    }
    assert.equal(withoutValue(entry('mount', 'asked')), entry('mount', 'asked'))
    const { to: _, ...without } = entry('env', 'lost')
    assert.not('to' in withoutValue(without))
  })
})
