import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { ask, enter, onUiStage } from './uiStage.ts'

const JSON_BODY = { 'content-type': 'application/json' }

suite('ui :: who gets in', (test) => {
  test('the token is good for one visit, and leaves the address', () =>
    onUiStage(async ({ ui, origin }) => {
      const { status, headers } = await ask(ui.url)
      assert.equal([status, headers.location], [303, '/'])
      const cookie = String(headers['set-cookie'])
      assert.match(cookie, /; HttpOnly; SameSite=Strict; Path=\/$/)
      assert.not.match(cookie, new URL(ui.url).searchParams.get('token') ?? '?')
      assert.is((await ask(ui.url)).status, 403)
      const page = await ask(`${origin}/`, { headers: { cookie: cookie.split(';')[0] ?? '' } })
      assert.equal([page.status, page.body], [200, 'the page'])
    }))

  test('a request without the cookie, or with another one, is refused', () =>
    onUiStage(async (stage) => {
      const { cookie } = await enter(stage)
      const name = cookie.split('=')[0]
      const foreign = [
        {},
        { cookie: `${name}=` },
        { cookie: `${name}=${'A'.repeat(32)}` },
        { cookie: 'other=1' },
      ]
      for (const headers of foreign) {
        for (const path of ['/', '/page.js', '/about', '/flows']) {
          assert.is((await ask(`${stage.origin}${path}`, { headers })).status, 403)
        }
      }
    }))

  test('a wrong token is refused and spends nothing', () =>
    onUiStage(async ({ ui, origin }) => {
      assert.is((await ask(`${origin}/?token=wrong`)).status, 403)
      assert.is((await ask(ui.url)).status, 303)
    }))

  test('a name that was made to point here is refused, with cookie and token', () =>
    onUiStage(async (stage) => {
      const { cookie } = await enter(stage)
      for (const host of [
        'evil.example',
        'localhost',
        `evil.example:${new URL(stage.origin).port}`,
        '127.0.0.1',
      ]) {
        assert.is(
          (await ask(`${stage.origin}/flows`, { headers: { cookie, host } })).status,
          421,
          host,
        )
      }
    }))

  const foreignHeaders: [string, Record<string, string>][] = [
    ['another origin', { origin: 'http://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed page', { origin: 'null' }],
    ['no origin', {}],
  ]
  for (const [title, headers] of foreignHeaders) {
    test(`a change is refused that comes from ${title}`, () =>
      onUiStage(async (stage) => {
        const { cookie } = await enter(stage)
        const { status } = await ask(`${stage.origin}/flows`, {
          method: 'POST',
          headers: { cookie, ...JSON_BODY, ...headers },
          body: { reference: 'acme/plain' },
        })
        assert.is(status, 403)
        assert.equal(stage.embedded.requests(), [])
      }))
  }

  test('a change is refused that the browser calls cross-site', () =>
    onUiStage(async (stage) => {
      const { cookie } = await enter(stage)
      const headers = { cookie, ...JSON_BODY, origin: stage.origin, 'sec-fetch-site': 'same-site' }
      const { status } = await ask(`${stage.origin}/flows`, { method: 'POST', headers, body: {} })
      assert.is(status, 403)
    }))

  test('reading is refused to another origin', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      assert.is((await client.get('/flows', { origin: 'http://evil.example' })).status, 403)
    }))

  test('every answer has the strict policy, refusals too', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      for (const { headers } of [
        await client.get('/'),
        await ask(`${stage.origin}/`),
        await client.get('/none'),
      ]) {
        assert.match(
          String(headers['content-security-policy']),
          /^default-src 'none'; script-src 'self';/,
        )
        assert.not.match(String(headers['content-security-policy']), /unsafe/)
        assert.is(headers['x-content-type-options'], 'nosniff')
        assert.is(headers['cache-control'], 'no-store')
        assert.is(headers['access-control-allow-origin'], undefined)
      }
    }))

  test('bad bodies are refused in words', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const { origin } = stage
      const cases: [Record<string, unknown>, RegExp][] = [
        [{}, /reference is missing/],
        [{ reference: 'a', settings: 'DEBUG=1' }, /settings/],
        [{ reference: 'a', alias: 1 }, /alias/],
        [{ reference: 'a', pad: 'x'.repeat(70_000) }, /too long/],
      ]
      for (const [body, message] of cases) {
        const answer = await client.post('/flows', body)
        assert.is(answer.status, 400)
        assert.match(answer.body, message)
      }
      const headers = { cookie: client.cookie, origin, 'content-type': 'text/plain' }
      assert.is((await ask(`${origin}/flows`, { method: 'POST', headers, body: {} })).status, 400)
    }))
})
