import * as assert from 'uvu/assert'
import type { FlowEvent } from '../../../src/events/flowEvent.ts'
import type { FlowSummary } from '../../../src/ui/flowSummary.ts'
import { suite } from '../../support/suite.ts'
import { type Client, enter, onUiStage, stream } from './uiStage.ts'

const SSHFS = 'vieux/sshfs:latest'

suite('ui :: flows', (test) => {
  test('an install that is granted, from its first event to its outcome', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const id = await client.install({ reference: SSHFS, settings: ['DEBUG=1'] })
      const events = stream(`${stage.origin}/flows/${id}/events`, client)
      const asked = await events.seen('consent')
      assert.is(asked.type === 'consent' && asked.request.name, SSHFS)
      assert.is((await client.post(`/flows/${id}/grant`, { request: 7 })).status, 409)
      assert.is((await client.post(`/flows/${id}/grant`, { request: 1 })).status, 204)
      await events.ended
      assert.is(states(events.events).at(-1), 'done')
      assert.is(stage.embedded.plugins()[0]?.Enabled, true)
      assert.is((await client.post(`/flows/${id}/cancel`, {})).status, 409)
    }))

  test('an upgrade, both of whose questions are granted', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const grant = async (id: string, count: number) => {
        const events = stream(`${stage.origin}/flows/${id}/events`, client)
        const asked = await events.seen('consent', count)
        const request = asked.type === 'consent' && asked.request.id
        assert.is((await client.post(`/flows/${id}/grant`, { request })).status, 204)
        return events
      }
      await (await grant(await client.install({ reference: 'acme/notes:1.0' }), 1)).ended
      const upgrade = { name: 'acme/notes:1.0', reference: 'acme/notes:2.0', settings: ['LEVEL=x'] }
      const id = await client.install({ machine: 'pluginUpgrade', ...upgrade })
      await grant(id, 1)
      const { events, ended } = await grant(id, 2)
      await ended
      const [first] = events
      assert.is(first?.type === 'flow' && first.machine, 'pluginUpgrade')
      assert.is(states(events).at(-1), 'done')
      assert.is(stage.embedded.plugins()[0]?.Config.Description, 'notes, second version')
    }))

  test('an upgrade without a new version :: to that which its reference names now', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const id = await client.install({
        machine: 'pluginUpgrade',
        name: 'acme/none',
        reference: '',
      })
      const events = stream(`${stage.origin}/flows/${id}/events`, client)
      await events.ended
      const outcome = events.events.at(-1)
      assert.ok(outcome?.type === 'outcome' && outcome.outcome.state === 'rolledBack')
      assert.is(outcome.outcome.failure.code, 'plugin-missing')
    }))

  test('a dropped stream is resumed after its last event, and no transition is lost', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const id = await client.install({ reference: SSHFS })
      const url = `${stage.origin}/flows/${id}/events`
      const first = stream(url, client)
      const { sequence } = await first.seen('consent')
      first.drop()
      await first.ended
      await client.post(`/flows/${id}/grant`, { request: 1 })
      const second = stream(url, client, { 'last-event-id': String(sequence) })
      await second.ended
      const whole = stream(url, client)
      await whole.ended
      assert.ok(second.events.every((event) => event.sequence > sequence))
      assert.equal([...states(first.events), ...states(second.events)], states(whole.events))
    }))

  test('a browser that has every event gets 204, and does not reconnect', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const id = await client.install({ reference: 'acme/plain' })
      const events = stream(`${stage.origin}/flows/${id}/events`, client)
      await events.ended
      const last = String(events.events.at(-1)?.sequence)
      assert.is((await client.get(`/flows/${id}/events`, { 'last-event-id': last })).status, 204)
    }))

  test('wrong credentials, then the right ones', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const id = await client.install({ reference: 'registry.example.com/acme/private:1.0' })
      const events = stream(`${stage.origin}/flows/${id}/events`, client)
      await events.seen('credentials')
      await client.post(`/flows/${id}/credentials`, { username: 'demo', password: 'wrong-s3cret' })
      const again = await events.seen('credentials', 2)
      assert.is(again.type === 'credentials' && again.request.reason, 'refused')
      await client.post(`/flows/${id}/credentials`, { username: 'demo', password: 'demo' })
      const asked = await Promise.race([events.seen('consent'), events.seen('outcome')])
      if (asked.type === 'consent') await client.post(`/flows/${id}/grant`, { request: 1 })
      await events.ended
      assert.is(states(events.events).at(-1), 'done')
      assert.not.match(JSON.stringify(events.events), /s3cret/)
    }))

  test('ending takes back what runs', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const id = await client.install({ reference: SSHFS })
      const events = stream(`${stage.origin}/flows/${id}/events`, client)
      await events.seen('consent')
      await stage.ui.cancelFlows()
      await events.ended
      const outcome = events.events.at(-1)
      assert.is(
        outcome?.type === 'outcome' &&
          outcome.outcome.state === 'rolledBack' &&
          outcome.outcome.failure.code,
        'cancelled',
      )
    }))

  test('a stream after something that is not a number begins at the first event', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const id = await client.install({ reference: 'acme/plain' })
      const url = `${stage.origin}/flows/${id}/events`
      const events = stream(url, client, { 'last-event-id': 'x' })
      await events.ended
      assert.is(events.events[0]?.sequence, 1)
    }))

  test('an alias is the name of the plugin', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const { body } = await client.post('/flows', { reference: 'acme/plain', alias: 'mine' })
      const events = stream(`${stage.origin}/flows/${JSON.parse(body).id}/events`, client)
      await events.ended
      assert.is(stage.embedded.plugins()[0]?.Name, 'mine:latest')
    }))

  test('many flows :: the oldest that has ended makes way, and while all run no more are started', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const start = () => client.post('/flows', { reference: SSHFS })
      const ids: string[] = []
      for (let flow = 1; flow <= 100; flow++) ids.push(JSON.parse((await start()).body).id)
      const { status, body } = await start()
      assert.equal([status, JSON.parse(body)], [503, { message: 'too many flows are running' }])
      const [, second = ''] = ids
      const events = stream(`${stage.origin}/flows/${second}/events`, client)
      assert.is((await client.post(`/flows/${second}/cancel`, {})).status, 204)
      await events.ended
      assert.is((await start()).status, 201)
      const { flows } = JSON.parse((await client.get('/flows')).body)
      const listed = flows.map(({ id }: { id: string }) => id)
      assert.is(listed.length, 100)
      assert.not.ok(listed.includes(second))
      assert.is(listed[0], ids[0])
    }))

  test('the list :: each flow with its state and what it asks for, streamed when one has changed', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const list = listStream(`${stage.origin}/changes`, client)
      await list.has((flows) => flows.length === 0)
      const id = await client.install({ reference: SSHFS, alias: 'mine' })
      const [asking] = await list.has(([flow]) => flow?.asks === 'consent')
      const { began, ...shown } = asking ?? { began: 0 }
      assert.equal(shown, {
        id,
        kind: 'install',
        name: 'mine',
        reference: SSHFS,
        state: 'awaitConsent',
        tone: 'asking',
        asks: 'consent',
      })
      assert.ok(began > 0)
      await client.post(`/flows/${id}/deny`, { request: 1 })
      const [ended] = await list.has(([flow]) => flow?.ended !== undefined)
      assert.equal([ended?.state, ended?.tone, ended?.asks], ['rolledBack', 'stopped', undefined])
      const upgrade = { machine: 'pluginUpgrade', name: 'acme/none' }
      await client.install(upgrade)
      const [, second] = await list.has(([, other]) => other?.ended !== undefined)
      assert.equal([second?.kind, second?.tone], ['upgrade', 'bad'])
      const whole = JSON.parse((await client.get('/flows')).body).flows
      assert.is(whole.length, 2)
      list.drop()
    }))

  test('the list asks for credentials', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const list = listStream(`${stage.origin}/changes`, client)
      await client.install({ reference: 'registry.example.com/acme/private:1.0' })
      await list.has(([flow]) => flow?.asks === 'credentials')
      list.drop()
    }))

  test('without a journal :: there is no history', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      assert.equal(JSON.parse((await client.get('/history')).body), { runs: [] })
      assert.is((await client.get('/history/00000000')).status, 404)
      const { status, body } = await client.post('/history/00000000/resume', {})
      assert.equal([status, JSON.parse(body).message], [400, 'no run is recorded'])
    }))

  test('unknown flows and paths are not found', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      assert.is((await client.get('/flows/none/events')).status, 404)
      assert.is((await client.post('/flows/none/grant', {})).status, 404)
      assert.is((await client.get('/../package.json')).status, 404)
      assert.is((await client.get('/index.html/x')).status, 404)
      assert.is((await client.get('//')).status, 404)
    }))
})

/** The lists of flows as they come in. */
function listStream(url: string, client: Client) {
  const { messages, drop, onMessage } = stream<{ flows: FlowSummary[] }>(url, client)
  return {
    drop,
    has: (wanted: (flows: readonly FlowSummary[]) => boolean) =>
      new Promise<readonly FlowSummary[]>((resolve) => {
        const look = () => {
          const found = messages.find(({ flows }) => wanted(flows))
          if (found) resolve(found.flows)
        }
        onMessage(look)
        look()
      }),
  }
}

function states(events: readonly FlowEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'transition' ? [event.to] : []))
}
