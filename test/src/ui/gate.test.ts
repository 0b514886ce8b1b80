import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { ask, enter, onUiStage, tokenOf } from './uiStage.ts'

const JSON_BODY = { 'content-type': 'application/json' }

suite('ui :: who gets in', (test) => {
  test('the printed address holds the token in its fragment, and opens the page each time', () =>
    onUiStage(async (stage) => {
      const { url } = stage.ui
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32}$/)
      for (let visit = 0; visit < 3; visit += 1) {
        const page = await ask(url)
        assert.equal([page.status, page.body], [200, 'the page'])
        assert.is(page.headers['set-cookie'], undefined)
        assert.is((await (await enter(stage)).get('/flows')).status, 200)
      }
    }))

  test('a request without the token, with another one, or with it in another place, is refused', () =>
    onUiStage(async ({ ui, origin }) => {
      const { authorization = '' } = tokenOf(ui.url)
      const token = authorization.replace('Bearer ', '')
      const foreign: Record<string, string>[] = [
        {},
        { authorization: 'Bearer ' },
        { authorization: token },
        { authorization: `Bearer ${'A'.repeat(32)}` },
        { authorization: `Bearer ${token}A` },
        { authorization: `Basic ${Buffer.from(`token:${token}`).toString('base64')}` },
        { cookie: `token=${token}; plugin-flow-${new URL(origin).port}=${token}` },
        { referer: ui.url },
      ]
      for (const headers of foreign) {
        for (const path of ['/about', '/flows', `/flows?token=${token}`, '/flows/x/events']) {
          const { status, body } = await ask(`${origin}${path}`, { headers })
          assert.is(status, 403, `${path} ${JSON.stringify(headers)}`)
          assert.match(body, 'open the address')
          assert.not.match(body, token)
        }
        const post = { ...headers, ...JSON_BODY, origin }
        const sent = { method: 'POST', headers: post, body: { reference: 'acme/plain' } }
        assert.is((await ask(`${origin}/flows`, sent)).status, 403)
      }
    }))

  test('a look by HEAD changes nothing', () =>
    onUiStage(async (stage) => {
      for (const path of ['/', '/flows', '/about']) {
        await ask(`${stage.origin}${path}`, { method: 'HEAD', headers: tokenOf(stage.ui.url) })
        await ask(`${stage.origin}${path}`, { method: 'HEAD' })
      }
      assert.is((await (await enter(stage)).get('/flows')).status, 200)
    }))

  test('a person who opens an address that is refused reads a page, a script JSON', () =>
    onUiStage(async ({ origin }) => {
      for (const path of ['/flows', '/none', '/flows/x/events']) {
        const page = await ask(`${origin}${path}`, { headers: { accept: 'text/html,*/*;q=0.8' } })
        assert.match(String(page.headers['content-type']), 'text/html')
        assert.match(page.body, /^<!doctype html>.*<p>\w/)
        const script = await ask(`${origin}${path}`, { headers: { accept: '*/*' } })
        assert.is(script.status, page.status)
        assert.is(typeof JSON.parse(script.body).message, 'string')
      }
    }))

  test('a name that was made to point here is refused, with the token too', () =>
    onUiStage(async (stage) => {
      const { headers } = await enter(stage)
      for (const host of [
        'evil.example',
        'localhost',
        `evil.example:${new URL(stage.origin).port}`,
        '127.0.0.1',
      ]) {
        for (const path of ['/flows', '/']) {
          const answer = await ask(`${stage.origin}${path}`, { headers: { ...headers, host } })
          assert.is(answer.status, 421, host)
        }
      }
    }))

  const foreignHeaders: [string, Record<string, string>][] = [
    ['another origin', { origin: 'http://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed page', { origin: 'null' }],
    ['no origin', {}],
  ]
  for (const [title, others] of foreignHeaders) {
    test(`a change is refused that comes from ${title}`, () =>
      onUiStage(async (stage) => {
        const { headers } = await enter(stage)
        const { status } = await ask(`${stage.origin}/flows`, {
          method: 'POST',
          headers: { ...headers, ...JSON_BODY, ...others },
          body: { reference: 'acme/plain' },
        })
        assert.is(status, 403)
        assert.equal(stage.embedded.requests(), [])
      }))
  }

  for (const site of ['same-site', 'cross-site', 'none']) {
    test(`data is for our own page alone, and not for what the browser calls ${site}`, () =>
      onUiStage(async (stage) => {
        const client = await enter(stage)
        assert.is((await client.get('/flows', { 'sec-fetch-site': site })).status, 403)
        const own = { ...client.headers, ...JSON_BODY, origin: stage.origin }
        const headers = { ...own, 'sec-fetch-site': site }
        const { status } = await ask(`${stage.origin}/flows`, { method: 'POST', headers, body: {} })
        assert.is(status, 403)
      }))
  }

  test('reading is refused to another origin', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      assert.is((await client.get('/flows', { origin: 'http://evil.example' })).status, 403)
      const { status, headers } = await ask(`${stage.origin}/flows`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://evil.example',
          'access-control-request-headers': 'authorization',
        },
      })
      assert.is(status, 403)
      assert.is(headers['access-control-allow-headers'], undefined)
    }))

  test('every answer has the strict policy, refusals too', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      for (const { headers } of [
        await client.get('/'),
        await ask(`${stage.origin}/flows`),
        await client.get('/none'),
      ]) {
        assert.match(
          String(headers['content-security-policy']),
          /^default-src 'none'; script-src 'self';/,
        )
        assert.not.match(String(headers['content-security-policy']), /unsafe/)
        assert.is(headers['x-content-type-options'], 'nosniff')
        assert.is(headers['cache-control'], 'no-store')
        assert.is(headers['referrer-policy'], 'no-referrer')
        assert.is(headers['access-control-allow-origin'], undefined)
      }
    }))

  test('a method that a path does not have is not allowed', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      const { origin } = stage
      const id = await client.install({ reference: 'vieux/sshfs:latest' })
      for (const [method, path] of [
        ['PUT', '/flows'],
        ['GET', `/flows/${id}/grant`],
        ['PUT', `/flows/${id}/cancel`],
        ['POST', '/'],
      ] as const) {
        const headers = { ...client.headers, ...JSON_BODY, origin }
        const { status, body } = await ask(`${origin}${path}`, { method, headers })
        assert.is(status, 405, `${method} ${path}`)
        assert.is(JSON.parse(body).message, 'the method is not allowed')
      }
    }))

  test('a body that is not an object of JSON is refused, and not quoted', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      for (const [text, message] of [
        ['{"reference": s3cret', 'the body is not JSON'],
        ['', 'the body is not JSON'],
        ['["s3cret"]', 'the body must be a JSON object'],
        ['null', 'the body must be a JSON object'],
        ['7', 'the body must be a JSON object'],
      ] as const) {
        const { status, body } = await client.post('/flows', Buffer.from(text))
        assert.equal([status, JSON.parse(body)], [400, { message }], text)
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
        [{ machine: 'pluginUpgrade', reference: 'a' }, /name is missing/],
        [{ machine: 'pluginUpgrade', name: 'a', reference: 1 }, /reference must be a string/],
        [{ machine: 'toString' }, /machine must be pluginInstall or pluginUpgrade/],
        [{ reference: 'a', pad: 'x'.repeat(70_000) }, /too long/],
      ]
      for (const [body, message] of cases) {
        const answer = await client.post('/flows', body)
        assert.is(answer.status, 400)
        assert.match(answer.body, message)
      }
      const headers = { ...client.headers, origin, 'content-type': 'text/plain' }
      assert.is((await ask(`${origin}/flows`, { method: 'POST', headers, body: {} })).status, 400)
    }))
})
