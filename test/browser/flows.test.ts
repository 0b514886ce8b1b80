import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as assert from 'uvu/assert'
import type {} from '../../src/viewer.ts'
import { enter } from '../src/ui/uiStage.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onPage } from './world/onPage.ts'

const SSHFS = 'vieux/sshfs:latest'
const PRIVATE = 'registry.example.com/acme/private:1.0'

browserSuite('page :: flows', (test, browser) => {
  test('grant', () =>
    onPage(browser(), async (stage) => {
      const { outcome, install, flow, state, timeline, embedded, screenshot, page } = stage
      await install(SSHFS, 'DEBUG=1')
      const dialog = flow.getByRole('dialog', { name: 'Grant these privileges?' })
      await dialog.waitFor()
      // As by somebody with an old page.
      const id = page.url().split('/').at(-1)
      const account = { username: 'ann', password: 'pw' }
      const client = await enter(stage)
      assert.is((await client.post(`/flows/${id}/credentials`, account)).status, 409)
      await flow.locator('.steps').getByText('credentials.submit ignored').waitFor()
      const text = (await dialog.textContent()) ?? ''
      for (const word of ['CAP_SYS_ADMIN', '/dev/fuse', 'host', 'as good as root']) {
        assert.ok(text.includes(word), word)
      }
      assert.equal(embedded.plugins(), [])
      await screenshot('consent-1200-light')
      await dialog.getByRole('button', { name: /^Grant/ }).click()
      await state('done')
      assert.is(await flow.getByRole('dialog').count(), 0)
      assert.match(await outcome(), /Installed vieux\/sshfs:latest.*enabled/)
      assert.is(embedded.plugins()[0]?.Enabled, true)
      assert.equal(await timeline(), [
        'checkPrivileges',
        'awaitConsent',
        'pulling.streaming',
        'pulling.verifying',
        'configuring',
        'enabling',
        'done',
      ])
      await screenshot('done-1200-light')
    }))

  test('deny', () =>
    onPage(browser(), async ({ outcome, install, flow, state, embedded }) => {
      await install(SSHFS)
      await flow.getByRole('button', { name: 'Deny' }).click()
      await state('rolledBack')
      assert.match(await outcome(), /denied.*nothing of this run/)
      assert.equal(embedded.plugins(), [])
    }))

  test('wrong credentials, then the right ones', () =>
    onPage(browser(), async ({ install, page, flow, state, screenshot }) => {
      await install(PRIVATE)
      const form = flow.getByRole('dialog', { name: 'Log in to registry.example.com' })
      await form.getByLabel('User name').fill('demo')
      await form.getByLabel('Password or token').fill('wr0ng')
      await form.getByRole('button', { name: 'Log in' }).click()
      await form.getByText('The registry gives no access with these credentials.').waitFor()
      assert.is(await form.getByLabel('Password or token').inputValue(), '')
      await screenshot('reauth-1200-light')
      await form.getByLabel('User name').fill('demo')
      await form.getByLabel('Password or token').fill('demo')
      await form.getByRole('button', { name: 'Log in' }).click()
      await form.waitFor({ state: 'detached' })
      const grant = flow.getByRole('button', { name: /^Grant/ })
      const done = flow.locator('.outcome.good')
      await grant.or(done).first().waitFor()
      if (await grant.isVisible()) await grant.click()
      await state('done')
      const run = await page.evaluate(() =>
        JSON.stringify(document.querySelector('plugin-flow')?.run),
      )
      assert.not.match(run, /wr0ng/)
    }))

  test('cancel in the middle of a pull', () =>
    onPage(
      browser(),
      async ({ outcome, install, flow, state, embedded, screenshot }) => {
        await install(SSHFS)
        await flow.getByRole('button', { name: /^Grant/ }).click()
        await flow.locator('.track[aria-valuenow]').first().waitFor()
        await screenshot('pull-1200-light')
        await flow.getByRole('button', { name: 'Cancel', exact: true }).click()
        await state('rolledBack')
        assert.match(await outcome(), /cancelled/)
        assert.equal(embedded.plugins(), [])
      },
      { pace: 1 },
    ))

  test('a failure is rolled back', () =>
    onPage(browser(), async ({ outcome, install, state, timeline, embedded, screenshot }) => {
      await install('acme/never-listens')
      await state('rolledBack')
      assert.equal((await timeline()).slice(-2), ['rollingBack', 'rolledBack'])
      assert.match(await outcome(), /plugin-did-not-listen/)
      assert.match(await outcome(), /was removed, and looked for/)
      assert.equal(embedded.plugins(), [])
      await screenshot('rolled-back-1200-light')
    }))

  test('a reload in the middle of a pull shows the run where it is', () =>
    onPage(
      browser(),
      async ({ install, page, flow, state, timeline, origin }) => {
        await install(SSHFS)
        await flow.getByRole('button', { name: /^Grant/ }).click()
        await flow.locator('.layers .track[data-phase=downloading]').first().waitFor()
        const before = page.url()
        await page.reload()
        assert.is(page.url(), before)
        assert.match(before, `${origin}/#/runs/`)
        await state('pulling.streaming')
        assert.equal(await timeline(), ['checkPrivileges', 'awaitConsent', 'pulling.streaming'])
        await flow.locator('.layers .track').first().waitFor()
        await state('done')
      },
      { pace: 1 },
    ))

  test('a stream that drops is taken up again, and no transition is lost', () =>
    onPage(browser(), async ({ install, flow, state, timeline }) => {
      const open = collectStreams()
      try {
        await install(SSHFS)
        await flow.getByRole('dialog').waitFor()
        const [request] = open.requests
        open.drop()
        await flow.getByText('The connection was lost; trying again.').waitFor()
        await open.resumed
        assert.is(request?.headers['last-event-id'], undefined)
        assert.ok(Number(open.requests.at(-1)?.headers['last-event-id']) >= 4)
        await flow.getByRole('button', { name: /^Grant/ }).click()
        await state('done')
        assert.equal((await timeline()).slice(0, 3), [
          'checkPrivileges',
          'awaitConsent',
          'pulling.streaming',
        ])
        assert.is(await flow.locator('.notice').isVisible(), false)
      } finally {
        open.release()
      }
    }))

  test('two flows, one of them open :: each keeps its own question and its own end', () =>
    onPage(browser(), async ({ install, page, flow, state, embedded }) => {
      await install(SSHFS)
      await flow.getByRole('dialog').waitFor()
      await install('acme/never-listens')
      await state('rolledBack')
      assert.is(await page.locator('plugin-flow').count(), 1)
      await page.goBack()
      await page.goBack()
      await flow.getByRole('button', { name: /^Grant/ }).click()
      await state('done')
      assert.equal(
        embedded.plugins().map(({ Name }) => Name),
        [SSHFS],
      )
    }))
})

/** The streams of events that the server has open, so that one can be cut from its side. */
function collectStreams() {
  const requests: IncomingMessage[] = []
  const responses: ServerResponse[] = []
  let resume = () => {}
  const resumed = new Promise<void>((resolve) => {
    resume = resolve
  })
  const collect = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    if (!request.url?.endsWith('/events') || request.url.startsWith('/v1')) return
    requests.push(request)
    responses.push(response)
    if (requests.length > 1) resume()
  }
  subscribe('http.server.request.start', collect)
  return {
    requests,
    resumed,
    drop: () => responses[0]?.socket?.destroy(),
    release: () => unsubscribe('http.server.request.start', collect),
  }
}
