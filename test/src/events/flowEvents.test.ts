import { firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import * as assert from 'uvu/assert'
import type { FlowEvent } from '../../../src/events/flowEvent.ts'
import { flowEvents } from '../../../src/events/flowEvents.ts'
import { isFlowEvent } from '../../../src/events/readRun.ts'
import { flowGate } from '../../../src/flow/place.ts'
import { onStage } from '../../support/embedded.ts'
import { limited } from '../../support/limited.ts'
import { suite } from '../../support/suite.ts'

const SSHFS = 'vieux/sshfs:latest'
const PRIVATE = 'registry.example.com/acme/private:1.0'

suite('flow events', (test) => {
  test('a run from its first state to its outcome, with numbers that rise', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: SSHFS, settings: ['DEBUG=1'] })
      const events = flowEvents(flow, { engine: 'unix:///x.sock', simulated: true })
      flow.consent$.subscribe((request) => flow.grant(request))
      const all = await collect(events)
      assert.equal(states(all), [
        'checkPrivileges',
        'awaitConsent',
        'pulling.streaming',
        'pulling.verifying',
        'configuring',
        'enabling',
        'done',
      ])
      const [first] = all
      assert.equal(first?.type === 'flow' && [first.reference, first.engine, first.simulated], [
        SSHFS,
        'unix:///x.sock',
        true,
      ])
      assert.is(all.at(-1)?.type, 'outcome')
      assert.ok(all.every(isFlowEvent))
      assert.ok(
        all.every(
          ({ sequence }, index) => index === 0 || sequence > (all[index - 1]?.sequence ?? 0),
        ),
      )
      const labels = all.flatMap((event) => (event.type === 'transition' ? [event.event] : []))
      assert.ok(
        labels.includes('done(pluginPull)') && labels.includes('consent.grant'),
        labels.join(),
      )
    }))

  test('a flow that waits for its place :: an event says so, before its first state', () =>
    onStage(({ install }) =>
      limited(1, async () => {
        const leave = flowGate.tryEnter()
        const flow = install({ reference: 'acme/plain' })
        const events = collect(flowEvents(flow))
        leave?.()
        await flow.result
        const all = await events
        assert.equal(
          all.slice(0, 3).map(({ type }) => type),
          ['flow', 'queued', 'transition'],
        )
        const [, queued] = all
        assert.equal(queued?.type === 'queued' && queued.queued, { ahead: 0 })
        assert.ok(all.every(isFlowEvent))
      }),
    ))

  test('an answer that the flow does not take :: an event says which', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: SSHFS })
      const events = collect(flowEvents(flow))
      const request = await firstValueFrom(flow.consent$)
      assert.is(flow.authenticate({ username: 'ann', password: 'pw' }), false)
      assert.is(flow.deny('no', { ...request }), false)
      assert.is(flow.grant(request), true)
      assert.is(flow.grant(), false)
      await flow.result
      assert.is(flow.cancel(), false)
      const all = await events
      const ignored = all.flatMap((event) => (event.type === 'ignored' ? [event.event] : []))
      // The last one came after the end.
      assert.equal(ignored, ['credentials.submit', 'consent.deny', 'consent.grant'])
      assert.ok(all.every(isFlowEvent))
    }))

  test('a late subscriber gets it all from the first', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: 'acme/plain' })
      const events = flowEvents(flow)
      const early = collect(events)
      await flow.result
      const all = await early
      const late = await collect(events)
      assert.equal(late.filter(isNoProgress), all.filter(isNoProgress))
      assert.equal(late.filter(isProgress).at(-1), all.filter(isProgress).at(-1))
    }))

  test('a subscriber that answers within its callback gets the events in their order', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: SSHFS })
      const seen: FlowEvent[] = []
      const events = flowEvents(flow)
      // Later, so that the answer is taken at once, in the middle of the events.
      await new Promise((resolve) => flow.consent$.subscribe(resolve))
      events.subscribe((event) => {
        if (event.type === 'consent') flow.deny('no')
        seen.push(event)
      })
      await flow.result.catch(() => {})
      assert.equal(
        seen.map(({ type }) => type),
        ['flow', 'transition', 'transition', 'consent', 'transition', 'outcome'],
      )
      const outcome = seen.at(-1)
      assert.is(
        outcome?.type === 'outcome' &&
          outcome.outcome.state === 'rolledBack' &&
          outcome.outcome.failure.code,
        'consent-denied',
      )
    }))

  test('a subscriber that comes in the middle of a wait sees the open request', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: PRIVATE })
      const asked = new Promise((resolve) => flow.credentials$.subscribe(resolve))
      await asked
      const seen: string[] = []
      const late = flowEvents(flow).subscribe(({ type }) => seen.push(type))
      assert.equal(seen, ['flow', 'transition', 'credentials'])
      late.unsubscribe()
      flow.cancel()
      await flow.result.catch(() => {})
    }))

  test('no password and no value of a setting is in any event', () =>
    onStage(async ({ install }) => {
      const flow = install({
        reference: PRIVATE,
        settings: ['TOKEN=s3cret-setting'],
        grantAllPermissions: true,
      })
      const events = collect(flowEvents(flow))
      flow.credentials$.subscribe(({ attempt }) =>
        flow.authenticate({ username: 'demo', password: attempt === 1 ? 's3cret-wrong' : 'demo' }),
      )
      await flow.result.catch(() => {})
      const text = JSON.stringify(await events)
      assert.ok(text.includes('"credentials"'))
      assert.not.match(text, /s3cret/)
    }))

  test('a setting that widens what the plugin may do is shown whole', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: SSHFS, settings: ['sshkey.source=/root/.ssh', 'DEBUG=7'] })
      const events = collect(flowEvents(flow))
      flow.consent$.subscribe(() => flow.deny())
      const consent = (await events).find(({ type }) => type === 'consent')
      assert.equal(consent?.type === 'consent' && consent.request.settings, [
        { setting: 'sshkey.source=/root/.ssh', widens: true },
        { setting: 'DEBUG', widens: false },
      ])
    }))
})

function collect(events: ReturnType<typeof flowEvents>): Promise<FlowEvent[]> {
  return lastValueFrom(events.pipe(toArray()))
}

function states(events: readonly FlowEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'transition' ? [event.to] : []))
}

function isProgress({ type }: FlowEvent): boolean {
  return type === 'progress'
}

function isNoProgress(event: FlowEvent): boolean {
  return !isProgress(event)
}
