import * as assert from 'uvu/assert'
import type { EngineConnection } from '../../../adapters/engine/http/connectEngine.ts'
import { engineTarget } from '../../../adapters/engine/http/engineTarget.ts'
import { httpEngine } from '../../../adapters/engine/httpEngine.ts'
import type { JSONMessage } from '../../../machines/plugin.ts'
import { PLANTED_HEADER, refusedWith } from '../../support/engineFailure.ts'
import { serveEngine } from '../../support/engineServer.ts'
import {
  answerAsRecorded,
  type Recording,
  readRecording,
  recordedBody,
  replay,
  scenarios,
} from '../../support/recordingServer.ts'
import { suite } from '../../support/suite.ts'
import { connectTo } from './connectTo.ts'
import { callOn, never, ping } from './engineFixture.ts'
import { expectations, refusalsOfNewer } from './expectations.ts'

const options = { signal: never, registryAuth: PLANTED_HEADER }
const kinds = [
  'privileges',
  'pull',
  'set',
  'enable',
  'disable',
  'inspect',
  'list',
  'remove',
  'upgrade',
  'version',
]
/** Calls that are never made here. */
const unused = ['version.info']

/** Makes the recorded call; a stand-in where the adapter would refuse to send what was recorded. */
function call(connection: EngineConnection, { scenario, request }: Recording): Promise<unknown> {
  const url = new URL(request.path, 'http://engine')
  const remote = url.searchParams.get('remote') || 'example.org/acme/stand-in:1.0'
  const name = decodeURIComponent(
    /^\/v1\.\d+\/plugins\/(.*?)(?:\/\w+)?$/.exec(url.pathname)?.[1] ?? '',
  )
  const force = url.searchParams.has('force')
  switch (callIn({ scenario, request })) {
    case 'privileges':
      return callOn(connection, 'getPluginPrivileges', { remote }, options)
    case 'distribution': {
      const [, path = ''] = /^\/v1\.\d+\/distribution\/(.*)\/json$/.exec(url.pathname) ?? []
      return callOn(connection, 'distributionInspect', { remote: path }, options)
    }
    case 'pull':
      return pull(connection, 'pluginPull', remote, url.searchParams.get('name') || remote)
    case 'upgrade':
      return pull(connection, 'pluginUpgrade', remote, name)
    case 'set':
      return callOn(connection, 'pluginSet', { name, settings: [] })
    case 'enable':
      return callOn(connection, 'pluginEnable', { name, timeout: 0 })
    case 'disable':
      return callOn(connection, 'pluginDisable', { name, force })
    case 'list':
      return callOn(connection, 'pluginList', { filters: {} })
    case 'remove': {
      const id = request.path.replace(/^\/v1\.\d+\/plugins\/|\?.*$/g, '')
      return callOn(connection, 'pluginDelete', { name: id, force })
    }
    default:
      if (scenario.startsWith('version.ping')) return ping(connection)
      if (scenario === 'version.version') return callOn(connection, 'systemVersion', {})
      return callOn(connection, 'pluginInspect', { name: name || 'stand-in' })
  }
}

/** Scenarios of an upgrade have other calls as well, before it and after it. */
function callIn({
  scenario,
  request,
}: Pick<Recording, 'scenario' | 'request'>): string | undefined {
  const [kind] = scenario.split('.')
  if (kind !== 'upgrade') return kind
  if (request.method === 'GET') return 'inspect'
  return /\/(\w+)(?:\?|$)/.exec(request.path)?.[1]
}

async function pull(
  connection: EngineConnection,
  operation: 'pluginPull' | 'pluginUpgrade',
  remote: string,
  name: string,
) {
  const messages: JSONMessage[] = []
  const onMessage = (message: JSONMessage) => messages.push(message)
  const input = { remote, name, privileges: [] }
  const result = await callOn(connection, operation, input, { ...options, onMessage })
  return { ...result, messages }
}

/** The value in the recorded bytes, parsed by other means than the adapter's. */
function recordedValue(recording: Recording): unknown {
  const body = recordedBody(recording).toString('utf8')
  switch (callIn(recording)) {
    case 'privileges':
      return { privileges: JSON.parse(body) ?? [], hidden: body.trim() === '[]' }
    case 'inspect':
    case 'list':
      return JSON.parse(body)
    case 'pull':
    case 'upgrade': {
      const messages = body
        .trim()
        .split('\r\n')
        .map((line) => JSON.parse(line) as JSONMessage)
      const digest = /"Digest: (sha256:[0-9a-f]{64})"/.exec(body)?.[1]
      const header = recording.response.headers?.find(([name]) => name === 'Docker-Plugin-Name')
      return { name: header?.[1], digest, messages }
    }
    case 'version':
      if (recording.scenario === 'version.version')
        return { version: '20.10.24+dfsg1', arch: 'amd64' }
      return { apiVersion: '1.41', version: '20.10.24+dfsg1' }
    default:
      return undefined
  }
}

suite('recordings', (test) => {
  test('every recording of the calls made here has an expectation', () => {
    const recorded = kinds
      .flatMap((kind) => scenarios(kind))
      .filter((each) => !unused.includes(each))
    assert.equal(Object.keys(expectations).sort(), recorded.sort())
  })

  for (const [scenario, expected] of Object.entries(expectations)) {
    test(`${scenario} :: ${expected}`, async () => {
      const recording = readRecording(scenario)
      const server = await serveEngine((_, response) => answerAsRecorded(recording, response))
      const connection = connectTo({ host: server.host })
      try {
        if (expected === 'value') {
          assert.equal(await call(connection, recording), recordedValue(recording))
        } else if (expected === 'nothing') {
          assert.is(await call(connection, recording), undefined)
        } else {
          await refusedWith(expected, () => call(connection, recording))
        }
      } finally {
        connection.close()
        await server.close()
      }
    })
  }

  for (const scenario of Object.keys(expectations)) {
    const recording = readRecording(scenario)
    if (
      !/^(?:privileges|pull|upgrade)\./.test(scenario) ||
      !/remote=[^&]*%40/.test(recording.request.path)
    )
      continue
    test(`${scenario} :: the engine that it would kill is not asked`, async () => {
      const remote =
        new URL(recording.request.path, 'http://engine').searchParams.get('remote') ?? ''
      const server = await replay(recording)
      const engine = httpEngine(engineTarget({ host: server.host }))
      try {
        await refusedWith('engine-unsupported', () =>
          scenario.startsWith('privileges.')
            ? engine.call('getPluginPrivileges', { remote }, options)
            : engine.call(
                scenario.startsWith('pull.') ? 'pluginPull' : 'pluginUpgrade',
                { remote, name: 'probe:1.0', privileges: [] },
                options,
              ),
        )
        assert.equal(
          server.requests.map(({ url }) => url),
          ['/_ping'],
        )
      } finally {
        engine.close()
        await server.close()
      }
    })
  }
})

suite('recordings :: refusals of 26.1.5', (test) => {
  test('every one has an expectation', () => {
    const recorded = [...kinds, 'distribution'].flatMap((kind) => scenarios(kind, '26.1.5'))
    assert.equal(Object.keys(refusalsOfNewer).sort(), recorded.sort())
  })

  for (const [scenario, expected] of Object.entries(refusalsOfNewer)) {
    test(`${scenario} :: ${expected}`, async () => {
      const recording = readRecording(scenario, '26.1.5')
      const server = await serveEngine((_, response) => answerAsRecorded(recording, response))
      const connection = connectTo({ host: server.host })
      try {
        await refusedWith(expected, () => call(connection, recording))
      } finally {
        connection.close()
        await server.close()
      }
    })
  }
})
