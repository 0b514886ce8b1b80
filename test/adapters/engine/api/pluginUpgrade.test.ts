import * as assert from 'uvu/assert'
import type { InstallErrorCode } from '../../../../machines/catalogue.ts'
import { toFailure } from '../../../../machines/failure.ts'
import type { JSONMessage } from '../../../../machines/plugin.ts'
import { PLANTED_HEADER, refusedWith } from '../../../support/engineFailure.ts'
import { answerAsRecorded, readRecording } from '../../../support/recordingServer.ts'
import { suite } from '../../../support/suite.ts'
import { answerLines, callOn, digest, withEngine } from '../engineFixture.ts'

const remote = '127.0.0.1:5055/acme/up:2.0'
const name = '127.0.0.1:5055/acme/up:1.0'
const privileges = [{ Name: 'network', Description: 'a network', Value: ['host'] }]
const input = { remote, name, privileges }

suite('pluginUpgrade :: request', (test) => {
  test('POST to the local name, with the reference and all privileges of the new version', async () => {
    await withEngine(answerLines({ status: 'done' }), async (connection, { requests }) => {
      await callOn(connection, 'pluginUpgrade', input, { registryAuth: PLANTED_HEADER })
      const [request] = requests
      assert.is(request?.method, 'POST')
      assert.is(
        request?.url,
        '/plugins/127.0.0.1:5055/acme/up:1.0/upgrade?remote=127.0.0.1%3A5055%2Facme%2Fup%3A2.0',
      )
      assert.is(request?.body, JSON.stringify(privileges))
      assert.is(request?.headers['content-type'], 'application/json')
      assert.is(request?.headers['x-registry-auth'], PLANTED_HEADER)
    })
  })

  test('no privileges :: an empty list, without credentials', async () => {
    await withEngine(answerLines({ status: 'done' }), async (connection, { requests }) => {
      await callOn(connection, 'pluginUpgrade', { ...input, privileges: [] })
      assert.is(requests[0]?.body, '[]')
      assert.is(requests[0]?.headers['x-registry-auth'], undefined)
    })
  })
})

suite('pluginUpgrade :: answer', (test) => {
  test('the name, the digest and every message', async () => {
    const lines = [{ status: `Digest: ${digest}` }, { id: 'a', status: 'Complete' }]
    const messages: JSONMessage[] = []
    await withEngine(
      (request, response, message) => {
        response.setHeader('Docker-Plugin-Name', name)
        return answerLines(...lines)(request, response, message)
      },
      async (connection) => {
        const onMessage = (each: JSONMessage) => messages.push(each)
        const result = await callOn(connection, 'pluginUpgrade', input, { onMessage })
        assert.equal(result, { name, digest })
      },
    )
    assert.equal(messages, lines)
  })

  test('an engine that repeats itself :: is silent, and given up after timeouts.idle', async () => {
    await withEngine(
      (_, response) => {
        response.writeHead(200)
        const beat = setInterval(() => response.write('{"id":"a","status":"Waiting"}\r\n'), 20)
        response.on('close', () => clearInterval(beat))
      },
      async (connection, server) => {
        await refusedWith('timed-out', () => callOn(connection, 'pluginUpgrade', input))
        await server.connectionClosed()
      },
      { timeouts: { idle: 200 } },
    )
  })

  test('an answer that comes late :: is waited for as long as for that of a pull', async () => {
    await withEngine(
      (_, response) => {
        const timer = setTimeout(() => response.end('{"status":"on"}\r\n'), 60)
        response.on('close', () => clearTimeout(timer))
      },
      async (connection) => {
        assert.equal(await callOn(connection, 'pluginUpgrade', input), {})
      },
      { timeouts: { answer: 20, pull: 60_000 } },
    )
  })
})

suite('pluginUpgrade :: failure', (test) => {
  const recorded: [scenario: string, code: InstallErrorCode, message: RegExp, next: RegExp][] = [
    [
      'upgrade.enabled',
      'plugin-enabled',
      /acme\/up:1\.0 is enabled, and the engine upgrades only a disabled plugin: /,
      /plugin-flow disable/,
    ],
    [
      'upgrade.missing',
      'not-found',
      /^the engine has no plugin 127\.0\.0\.1:5055\/acme\/up:1\.0$/,
      /Check the name/,
    ],
    [
      'upgrade.full-id',
      'invalid-reference',
      /by its name only, not by 127\.0\.0\.1:5055\/acme\/up:1\.0: /,
      /plugin-flow ls/,
    ],
    [
      'upgrade.privileges-more-difference',
      'privileges-changed',
      /acme\/up:2\.0 asks for other privileges than were granted$/,
      /Review the new privileges/,
    ],
    [
      'upgrade.removed-meanwhile',
      'plugin-gone',
      /the files of 127\.0\.0\.1:5055\/acme\/up:1\.0 are gone/,
      /no other client/,
    ],
    [
      'upgrade.rootfs-old-left',
      'engine-leftover',
      /an earlier upgrade of .*acme\/up:1\.0 that was cut short/,
      /remove the directory \/var\/lib\/docker\/plugins\/495f784\w+\/rootfs-old, /,
    ],
    [
      'upgrade.save-fails',
      'upgrade-failed',
      /has the new configuration and the old files/,
      /go back to the old reference/,
    ],
    ['upgrade.disk-full', 'disk-full', /no room left .* acme|no room left/, /has left there/],
    [
      'upgrade.layer-flipped-again',
      'corrupt-layer',
      /what the engine has fetched/,
      /empty plugins\/storage\/ingest/,
    ],
    [
      'upgrade.body-none',
      'upgrade-failed',
      /^the engine could not upgrade .*acme\/up:1\.0 to .*acme\/up:2\.0: /,
      /plugin-flow inspect/,
    ],
  ]
  for (const [scenario, code, message, next] of recorded) {
    test(`${scenario} :: ${code}`, async () => {
      const recording = readRecording(scenario)
      await withEngine(
        (_, response) => answerAsRecorded(recording, response),
        async (connection) => {
          const error = await refusedWith(code, () => callOn(connection, 'pluginUpgrade', input))
          assert.is(error.details.operation, 'pluginUpgrade')
          assert.is(error.details.inStream, recording.response.status === 200 ? true : undefined)
          const failure = toFailure(error, 'upgrading')
          assert.match(failure.message, message)
          assert.match(failure.next, next)
          assert.not.match(`${failure.message}${failure.next}`, /\{\w+\}/)
        },
      )
    })
  }
})
