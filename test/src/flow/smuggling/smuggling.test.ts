import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { canonicalName, localName, parseReference } from '../../../../machines/reference.ts'
import { connect } from '../../../../src/flow/connect.ts'
import { planInstall } from '../../../../src/flow/install.ts'
import { suite } from '../../../support/suite.ts'
import {
  around,
  assertOwnHeaders,
  lacking,
  onServer,
  refusalOf,
  signal,
  taken,
  V,
  ways,
} from './ground.ts'

suite('smuggling', (test) => {
  test('references and aliases :: reach the three look-ups they are meant for, or nothing', () =>
    onServer(lacking, async (server) => {
      const engine = connect({ host: server.host, env: {} })
      const { seen, both } = ways()
      const alias = fc.option(around('mine/volume:2'), { nil: undefined })
      const examples: [string, string | undefined][] = [
        ['acme/volume', 'mine'],
        ['a/../b', 'b'],
      ]
      await fc.assert(
        fc.asyncProperty(around('acme/volume:1.0'), alias, async (reference, alias) => {
          const options = { reference, ...(alias === undefined ? {} : { alias }) }
          const code = await refusalOf(() => planInstall(engine, options))
          const requests = taken(server)
          const [remote, local] = [parseReference(reference), parseReference(alias ?? reference)]
          if (code === 'invalid-reference') {
            assert.equal(requests, [], reference)
            seen.refused++
            return
          }
          assert.is(code, '')
          if (typeof remote === 'string' || typeof local === 'string') throw new Error(reference)
          const tagged = (remote.tag ?? remote.digest) ? remote : { ...remote, tag: 'latest' }
          const name = canonicalName(tagged)
          assert.match(name + localName(local), /^[\w.:@[\]/-]+$/)
          const meant = [
            `${V}/distribution/${name}/json`,
            `${V}/plugins/${localName(local)}/json`,
            `${V}/plugins/privileges?remote=${encodeURIComponent(name)}`,
          ]
          const urls = requests.map(({ url }) => url).filter((url) => url !== '/_ping')
          assert.equal(urls.sort(), meant.sort())
          assertOwnHeaders(requests)
          seen.sent++
        }),
        { includeErrorInReport: true, numRuns: 300, examples },
      )
      engine.close()
      both()
    }))

  test('names and settings :: arrive as they are, in one body, or nothing does', () =>
    onServer(lacking, async (server) => {
      const engine = connect({ host: server.host, env: {} })
      const { seen, both } = ways()
      const name = fc.oneof(fc.constant('acme/volume:1.0'), around('acme/volume:1.0'))
      const settings = fc.array(around('DEBUG=1'), { maxLength: 3 })
      await fc.assert(
        fc.asyncProperty(name, settings, async (name, settings) => {
          const code = await refusalOf(() =>
            engine.call('pluginSet', { name, settings }, { signal }),
          )
          const requests = taken(server).filter(({ url }) => url !== '/_ping')
          if (code !== '') {
            assert.is(code, 'invalid-reference')
            assert.equal(requests, [])
            seen.refused++
            return
          }
          assert.is(requests.length, 1)
          const [request] = requests
          assert.equal([request?.method, request?.url], ['POST', `${V}/plugins/${name}/set`])
          assert.match(name, /^[\w.:@[\]/+-]+$/)
          assert.is(request?.body, JSON.stringify(settings))
          assertOwnHeaders(requests)
          seen.sent++
        }),
        { includeErrorInReport: true, numRuns: 300 },
      )
      engine.close()
      both()
    }))

  test('headers :: arrive alone and as they are, or are refused', () =>
    onServer(lacking, async (server) => {
      const { seen, both } = ways()
      const odd = ['common', 'get', 'constructor', '__proto__', 'toString', 'set-cookie', 'Cookie']
      const names = fc.oneof(around('X-Mine'), fc.constantFrom(...odd, 'Host', 'X-Registry-Auth'))
      const values = fc.oneof(fc.constant('mine'), around('mine'), fc.string({ minLength: 1 }))
      await fc.assert(
        fc.asyncProperty(names, values, async (name, value) => {
          const headers = Object.fromEntries([[name, value]])
          let engine: ReturnType<typeof connect> | undefined
          const code = await refusalOf(async () => {
            engine = connect({ host: server.host, env: {}, headers })
          })
          if (!engine) {
            assert.is(code, 'invalid-option')
            seen.refused++
            return
          }
          await engine.call('systemPing', {}, { signal })
          engine.close()
          const requests = taken(server)
          assert.is(requests.length, 1)
          assertOwnHeaders(requests, [name.toLowerCase()])
          const received = requests[0]?.headers ?? {}
          const arrived =
            Object.hasOwn(received, name.toLowerCase()) && received[name.toLowerCase()]
          assert.equal([arrived].flat(), [value.replace(/^[ \t]+|[ \t]+$/g, '')])
          seen.sent++
        }),
        { includeErrorInReport: true, numRuns: 300 },
      )
      both()
    }))

  test('hosts :: what is connected to is what was named, or nothing is', () =>
    onServer(lacking, async (server) => {
      const { seen, both } = ways()
      const sound = `${server.host}/behind/a`
      const ends = [
        '',
        '/',
        '/..',
        '/../x',
        '/.',
        '//x',
        '/x/../..',
        '/%2e%2e',
        '/v1.41',
        '?x',
        '#x',
        '@x',
      ]
      const ended = fc.constantFrom(...ends).map((end) => sound + end)
      const hosts = fc.oneof(fc.constant(server.host), ended, around(sound))
      await fc.assert(
        fc.asyncProperty(hosts, async (host) => {
          let engine: ReturnType<typeof connect> | undefined
          const code = await refusalOf(async () => {
            engine = connect({ host, env: {} })
          })
          if (!engine) {
            assert.is(code, 'invalid-option')
            seen.refused++
            return
          }
          // Space around it is not of the host, as Docker reads it.
          const named = host.trim()
          const [, authority = '', prefix = ''] = /^[a-z]+:\/\/([^/]+)(.*)$/.exec(named) ?? []
          const isHere = authority === server.host.slice('tcp://'.length)
          // To look somebody else's name up is not for a test.
          if (!isHere) return void engine.close()
          assert.match(prefix, /^(?:\/[\w.~!$&'()*+,;=:@-]+)*\/?$/)
          await engine.call('systemPing', {}, { signal })
          engine.close()
          const requests = taken(server)
          assert.equal(
            requests.map(({ url }) => url),
            [`${prefix.replace(/\/$/, '')}/_ping`],
          )
          assertOwnHeaders(requests)
          seen.sent++
        }),
        { includeErrorInReport: true, numRuns: 300, examples: [[`${sound}\t`], [` ${sound} `]] },
      )
      both()
    }))
})
