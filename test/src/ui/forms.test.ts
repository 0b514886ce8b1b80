import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { enter, onUiStage, stream } from './uiStage.ts'

const NOTES = 'acme/notes:1.0'
const policy = JSON.stringify({
  version: 1,
  rules: [{ reference: 'acme/*', allow: ['mount:/**', 'device:/dev/fuse'] }],
})

suite('ui :: forms', (test) => {
  const wrong: [body: object, field: string, message: RegExp, index?: number][] = [
    [{}, 'reference', /reference is missing/],
    [{ reference: 'acme/X' }, 'reference', /"acme\/X" is not a plugin reference/],
    [{ reference: 'acme/x', alias: 'a@b' }, 'alias', /"a@b" is not an alias/],
    [{ reference: 'acme/x', settings: ['A=1', '=2'] }, 'settings', /has no name/, 1],
    [
      { reference: 'acme/x', settings: [{ name: 'a.source', value: 'b' }] },
      'settings',
      /absolute/,
      0,
    ],
    [
      { reference: 'acme/x', settings: [1, 2].map(() => ({ name: 'A', secret: true })) },
      'settings',
      /given twice/,
    ],
    [{ reference: 'acme/x', policy: '{' }, 'policy', /./],
    [{ machine: 'pluginUpgrade' }, 'name', /name is missing/],
    [
      { machine: 'pluginUpgrade', name: 'x', reference: 'A' },
      'reference',
      /not a plugin reference/,
    ],
  ]
  for (const [body, field, message, index] of wrong) {
    test(`an error names its field :: ${JSON.stringify(body)}`, () =>
      onUiStage(async (stage) => {
        const client = await enter(stage)
        for (const path of ['/flows', '/plan']) {
          const answer = await client.post(path, body)
          const told = JSON.parse(answer.body)
          assert.equal([answer.status, told.field, told.index], [400, field, index])
          assert.match(told.message, message)
        }
        assert.equal(stage.embedded.requests(), [])
        assert.equal(JSON.parse((await client.get('/flows')).body), { flows: [] })
      }))
  }

  test('secret settings :: set, and never given back', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const settings = [{ name: 'DEBUG', value: 'planted', secret: true }, 'state.source=/data']
      const id = await client.install({ reference: NOTES, settings, policy, alias: 'mine' })
      const events = stream(`${stage.origin}/flows/${id}/events`, client)
      await Promise.race([events.ended, events.seen('consent')])
      await client.post(`/flows/${id}/grant`, { request: 1 })
      await events.ended
      assert.ok(stage.embedded.plugins()[0]?.Settings.Env?.includes('DEBUG=planted'))
      const { body } = await client.get(`/flows/${id}/form`)
      assert.equal(JSON.parse(body), {
        machine: 'pluginInstall',
        reference: NOTES,
        alias: 'mine',
        settings: [{ name: 'DEBUG', value: '', secret: true }, 'state.source=/data'],
        policy,
        disabled: false,
      })
      assert.not.match(JSON.stringify([events.events, body]), 'planted')
    }))

  test('a policy decides in place of a person', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const denying = JSON.stringify({ version: 1, rules: [] })
      const id = await client.install({ reference: 'vieux/sshfs', policy: denying })
      const events = stream(`${stage.origin}/flows/${id}/events`, client)
      await events.ended
      const outcome = events.events.at(-1)
      assert.ok(outcome?.type === 'outcome' && outcome.outcome.state === 'rolledBack')
      assert.is(outcome.outcome.failure.code, 'consent-denied')
      const plan = await client.post('/plan', { reference: 'vieux/sshfs', policy: denying })
      assert.is(JSON.parse(plan.body).answer, 'denied')
    }))

  test('a dry run :: what would be asked and sent, and nothing is changed', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const plan = async (body: object) => {
        const answer = await client.post('/plan', body)
        assert.is(answer.status, 200, answer.body)
        return JSON.parse(answer.body)
      }
      const asked = await plan({ reference: 'vieux/sshfs', settings: ['DEBUG=planted'] })
      assert.equal([asked.machine, asked.answer, asked.present], ['pluginInstall', 'asked', false])
      assert.equal(asked.request.settings, [{ setting: 'DEBUG', widens: false }])
      assert.match(asked.requests.join(), 'POST /plugins/pull')
      assert.not.match(JSON.stringify(asked), 'planted')
      assert.is((await plan({ reference: 'acme/plain' })).answer, 'nothing')
      assert.is((await plan({ reference: NOTES, policy })).answer, 'granted')
      assert.equal(stage.embedded.plugins(), [])
      const id = await client.install({ reference: 'acme/plain' })
      await stream(`${stage.origin}/flows/${id}/events`, client).ended
      const upgrade = { machine: 'pluginUpgrade', name: 'acme/plain', reference: NOTES }
      const upgraded = await plan(upgrade)
      assert.equal([upgraded.machine, upgraded.answer], ['pluginUpgrade', 'asked'])
      assert.ok(upgraded.unknown.length > 0)
      const denying = JSON.stringify({ version: 1, rules: [] })
      const denied = await plan({ ...upgrade, policy: denying })
      assert.equal([denied.answer, typeof denied.reason], ['denied', 'string'])
    }))

  test('a dry run that fails :: in the words of the flow, with the next step', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const missing = await client.post('/plan', { machine: 'pluginUpgrade', name: 'acme/none' })
      assert.is(missing.status, 409)
      assert.match(JSON.parse(missing.body).message, /acme\/none.*List what is there/)
      const unknown = await client.post('/plan', { reference: 'acme/nosuch' })
      assert.is(unknown.status, 409)
      assert.is((await client.get('/plan')).status, 405)
    }))
})
