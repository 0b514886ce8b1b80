import * as assert from 'uvu/assert'
import { environmentProxy } from '../../../../adapters/engine/http/environmentProxy.ts'
import { EngineError } from '../../../../machines/errors.ts'
import { PLANTED } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'

const plain = { hostname: 'engine.test', port: 2375, secure: false }
const secure = { hostname: 'engine.test', port: 2376, secure: true }

function refusalOf(env: Record<string, string>, engine = plain): string {
  try {
    environmentProxy(engine, env)
  } catch (error) {
    assert.instance(error, EngineError)
    const { code, message } = error as EngineError
    assert.is(code, 'invalid-option')
    return message
  }
  return 'nothing was refused'
}

const named = (env: Record<string, string>, engine = plain) => environmentProxy(engine, env)?.name

suite('environmentProxy :: which one', (test) => {
  const both = { HTTP_PROXY: 'http://plain.test:1', HTTPS_PROXY: 'http://secure.test:2' }

  test('by whether TLS is spoken with the engine', () => {
    assert.is(named(both), 'plain.test:1')
    assert.is(named(both, secure), 'secure.test:2')
    assert.is(named({ HTTPS_PROXY: both.HTTPS_PROXY }), undefined)
    assert.is(named({ HTTP_PROXY: both.HTTP_PROXY }, secure), undefined)
    assert.is(named({ ALL_PROXY: 'http://all.test:3' }, secure), undefined)
    assert.is(named({}), undefined)
  })

  test('in capitals first; an empty one is ignored', () => {
    assert.is(named({ http_proxy: 'small.test:1', HTTP_PROXY: 'great.test:1' }), 'great.test:1')
    assert.is(named({ http_proxy: 'small.test:1', HTTP_PROXY: '' }), 'small.test:1')
    assert.is(named({ https_proxy: 'small.test:1' }, secure), 'small.test:1')
    assert.is(named({ http_proxy: '' }), undefined)
  })

  test('NO_PROXY, in capitals first', () => {
    assert.is(named({ ...both, NO_PROXY: 'engine.test' }), undefined)
    assert.is(named({ ...both, no_proxy: '.test' }, secure), undefined)
    assert.is(named({ ...both, NO_PROXY: 'a.test', no_proxy: '*' }), 'plain.test:1')
    assert.is(named({ ...both, NO_PROXY: 'engine.test:2376' }), 'plain.test:1')
    assert.is(named({ ...both, NO_PROXY: 'engine.test:2376' }, secure), undefined)
    const far = { hostname: '[FD00:0::1]', port: 2375, secure: false }
    assert.is(named({ ...both, NO_PROXY: 'fd00::/16' }, far), undefined)
    const loud = { ...plain, hostname: 'ENGINE.test' }
    assert.is(named({ ...both, NO_PROXY: 'engine.test' }, loud), undefined)
  })

  for (const hostname of ['localhost', 'LOCALHOST', '127.0.0.1', '127.1', '0x7f000001', '[::1]']) {
    test(`never to this host :: ${hostname}`, () => {
      assert.is(named(both, { ...plain, hostname }), undefined)
      assert.is(named(both, { ...secure, hostname }), undefined)
      assert.is(named({ HTTP_PROXY: 'no proxy' }, { ...plain, hostname }), undefined)
    })
  }

  test('a proxy that is not used is not read', () => {
    assert.is(named({ HTTP_PROXY: 'no proxy', NO_PROXY: '*' }), undefined)
    assert.is(named({ HTTP_PROXY: 'no proxy' }, secure), undefined)
  })

  test('a variable that a request to a web server may have set is refused, as in Go', () => {
    const env = { HTTP_PROXY: both.HTTP_PROXY, REQUEST_METHOD: 'GET' }
    assert.is(
      refusalOf(env),
      'the proxy in HTTP_PROXY cannot be used: a request to a web server may have set it (REQUEST_METHOD is set)',
    )
    assert.is(named({ ...both, REQUEST_METHOD: 'GET' }, secure), 'secure.test:2')
  })
})

suite('environmentProxy :: what it is', (test) => {
  const values: [value: string, name: string, secure?: boolean][] = [
    ['http://proxy.test:3128', 'proxy.test:3128'],
    ['HTTP://Proxy.Test:3128/', 'proxy.test:3128'],
    ['http://proxy.test', 'proxy.test:80'],
    ['https://proxy.test', 'proxy.test:443', true],
    ['https://proxy.test:8443/', 'proxy.test:8443', true],
    ['proxy.test:3128', 'proxy.test:3128'],
    ['proxy', 'proxy:80'],
    ['10.1.2.3:3128', '10.1.2.3:3128'],
    ['http://[FD00::1]:3128', '[fd00::1]:3128'],
    ['me:pw@proxy.test:3128', 'proxy.test:3128'],
  ]
  for (const [value, name, secure = false] of values) {
    test(value, () => {
      const proxy = environmentProxy(plain, { http_proxy: value })
      assert.is(proxy?.name, name)
      assert.is(proxy?.secure, secure)
      assert.is(proxy?.variable, 'http_proxy')
      assert.is(proxy?.target, 'engine.test:2375')
      assert.is(`${proxy?.hostname}`.includes('['), false)
    })
  }

  test('the target is as it is connected to', () => {
    const env = { HTTP_PROXY: 'proxy.test' }
    const target = (hostname: string) => environmentProxy({ ...plain, hostname }, env)?.target
    assert.is(target('10.1'), '10.0.0.1:2375')
    assert.is(target('[fd00::1]'), '[fd00::1]:2375')
  })

  const basic = (words: string) => `Basic ${Buffer.from(words).toString('base64')}`
  const credentials: [given: string, words: string, secrets: string[]][] = [
    ['me:pass', 'me:pass', ['pass', 'pass']],
    ['me:p%40ss%2Fw%3a', 'me:p@ss/w:', ['p@ss/w:', 'p%40ss%2Fw%3a']],
    ['me:p@ss', 'me:p@ss', ['p@ss', 'p@ss']],
    ['me:a:b', 'me:a:b', ['a:b', 'a:b']],
    ['t%2Fken', 't/ken:', ['t/ken', 't%2Fken']],
    [':pass', ':pass', ['pass', 'pass']],
    ['me:%C3%A4', 'me:ä', ['ä', '%C3%A4']],
  ]
  for (const [given, words, secrets] of credentials) {
    test(`credentials :: ${given}`, () => {
      const proxy = environmentProxy(plain, { HTTP_PROXY: `http://${given}@proxy.test:1` })
      assert.is(proxy?.authorization, basic(words))
      assert.equal(proxy?.secrets, [basic(words).slice('Basic '.length), ...secrets])
      assert.is(proxy?.name, 'proxy.test:1')
    })
  }

  test('credentials :: none', () => {
    for (const value of ['http://proxy.test:1', 'http://@proxy.test:1']) {
      const proxy = environmentProxy(plain, { HTTP_PROXY: value })
      assert.is(proxy?.authorization, undefined)
      assert.equal(proxy?.secrets, [])
    }
  })

  for (const value of [
    `socks5://me:${PLANTED}@proxy.test:1080`,
    `http://me:${PLANTED}@`,
    `http://me:${PLANTED}@proxy.test:0`,
    `http://me:${PLANTED}@proxy.test:65536`,
    `http://me:${PLANTED}@proxy.test:port`,
    `http://me:${PLANTED}/x@proxy.test:1`,
    `http://me:${PLANTED}#x@proxy.test:1`,
    `http://me:${PLANTED}@proxy.test:1/path`,
    `http://me:${PLANTED}@proxy.test:1?query`,
    `http://me:${PLANTED}@proxy.test:1\r\nX: y`,
    `http://me:${PLANTED}@[fd00]:1`,
    `http://me:${PLANTED}@1.2.3.456:1`,
    `http://me:${PLANTED} @proxy.test:1`,
    PLANTED.replaceAll('-', ' '),
  ]) {
    test(`refused, and not told :: ${JSON.stringify(value.replace(PLANTED, 'pw'))}`, () => {
      assert.is(
        refusalOf({ HTTP_PROXY: value }),
        'the proxy in HTTP_PROXY cannot be used: it is not http://USER:PASSWORD@HOST:PORT, https://… or HOST:PORT',
      )
      assert.match(refusalOf({ https_proxy: value }, secure), 'the proxy in https_proxy cannot')
    })
  }

  test('refused, and not told :: a sign that is not escaped', () => {
    assert.is(
      refusalOf({ HTTP_PROXY: `http://me:${PLANTED}%zz@proxy.test:1` }),
      'the proxy in HTTP_PROXY cannot be used: a % in its user or its password is not written as %25',
    )
  })
})
