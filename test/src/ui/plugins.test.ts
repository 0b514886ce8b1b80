import * as assert from 'uvu/assert'
import type { ListedPlugin } from '../../../src/ui/plugins.ts'
import { suite } from '../../support/suite.ts'
import { type Client, enter, onUiStage, stream, type UiStage } from './uiStage.ts'

const PLAIN = 'acme/plain:latest'

/** On an engine with plugins that are installed. */
function onPlugins(
  references: readonly string[],
  act: (stage: UiStage, client: Client) => Promise<void>,
): Promise<void> {
  return onUiStage(async (stage) => {
    const client = await enter(stage)
    for (const reference of references) {
      const id = await client.install({ reference })
      const events = stream(`${stage.origin}/flows/${id}/events`, client)
      await Promise.race([
        events.ended,
        events.seen('consent').then(() => client.post(`/flows/${id}/grant`, { request: 1 })),
      ])
      await events.ended
    }
    await act(stage, client)
  })
}

async function list(client: Client): Promise<ListedPlugin[]> {
  const { status, body } = await client.get('/plugins')
  assert.is(status, 200, body)
  return JSON.parse(body).plugins
}

suite('ui :: plugins', (test) => {
  test('the list :: by name, with what a row shows', () =>
    onPlugins(['acme/plain', 'acme/late'], async (stage, client) => {
      const [late, plain, ...others] = await list(client)
      assert.equal(others, [])
      assert.is(late?.name, 'acme/late:latest')
      assert.equal(plain, {
        id: stage.embedded.plugins().find(({ Name }) => Name === PLAIN)?.Id,
        name: PLAIN,
        enabled: true,
        description: 'asks for nothing',
        reference: 'docker.io/acme/plain:latest',
      })
    }))

  test('disable, enable, disable and remove', () =>
    onPlugins([PLAIN], async (stage, client) => {
      const [{ id } = { id: '' }] = await list(client)
      const change = async (action: string) =>
        (await client.post(`/plugins/${id}/${action}`, {})).status
      const isEnabled = () => stage.embedded.plugins()[0]?.Enabled
      assert.is(await change('disable'), 204)
      assert.is(isEnabled(), false)
      assert.is(await change('enable'), 204)
      assert.is(isEnabled(), true)
      assert.is(await change('disable'), 204)
      assert.is(await change('remove'), 204)
      assert.equal(stage.embedded.plugins(), [])
    }))

  test('an enabled one is removed by force only, and the engine says why', () =>
    onPlugins([PLAIN], async (stage, client) => {
      const [{ id } = { id: '' }] = await list(client)
      const refused = await client.post(`/plugins/${id}/remove`, {})
      assert.is(refused.status, 409)
      const { mayForce, message } = JSON.parse(refused.body)
      assert.is(mayForce, true)
      assert.match(message, /acme\/plain:latest is enabled/)
      assert.is(stage.embedded.plugins().length, 1)
      assert.is((await client.post(`/plugins/${id}/remove`, { force: true })).status, 204)
      assert.equal(stage.embedded.plugins(), [])
    }))

  test('one that is gone, and an engine that is gone', () =>
    onPlugins([], async (stage, client) => {
      const gone = await client.post(`/plugins/${'0'.repeat(64)}/enable`, {})
      assert.is(gone.status, 409)
      assert.match(JSON.parse(gone.body).message, /not found/)
      assert.is(JSON.parse(gone.body).mayForce, false)
      await stage.embedded.close()
      const { status, body } = await client.get('/plugins')
      assert.is(status, 409)
      assert.match(JSON.parse(body).message, /Docker Engine/)
    }))

  test('bad requests', () =>
    onPlugins([], async (_stage, client) => {
      const bad = await client.post('/plugins/x/remove', { force: 'yes' })
      assert.equal([bad.status, JSON.parse(bad.body).message], [400, 'force must be true or false'])
      assert.is((await client.post('/plugins/x/explode', {})).status, 404)
      assert.is((await client.get('/plugins/x/remove')).status, 405)
      assert.is((await client.post('/plugins', {})).status, 405)
    }))
})
