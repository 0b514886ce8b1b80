import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createWebSocketInspector, type StatelyInspectionEvent } from '@statelyai/inspect'
import * as assert from 'uvu/assert'
import { WebSocketServer } from 'ws'
import { type AnyStateMachine, createMachine } from 'xstate'
import { pluginInstallMachine } from '../../../../machines/plugin-install/pluginInstallMachine.ts'
import { chartEdges } from '../../../../src/chart/chart.ts'
import type { InstallOptions } from '../../../../src/flow/types.ts'
import { suite } from '../../../support/suite.ts'
import { findPlanted, onPlanted, planted } from './planted.ts'
import { shownStates } from './shownStates.ts'

const LIMIT_MS = 60_000

/** It writes a chart down with its keys sorted. */
function sortedEdges(machine: AnyStateMachine): string[] {
  return chartEdges(machine)
    .map((edge) => JSON.stringify(edge))
    .sort()
}

/** The frames that arrive at the other end of `@statelyai/inspect`'s socket, one by one. */
async function received(options: Partial<InstallOptions>) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const signal = AbortSignal.timeout(LIMIT_MS)
  await once(server, 'listening', { signal })
  const { port } = server.address() as AddressInfo
  const connected = once(server, 'connection', { signal })
  const inspector = createWebSocketInspector({ url: `ws://127.0.0.1:${port}` })
  const [socket] = await connected
  const frames: string[] = []
  socket.on('message', (data: Buffer) => frames.push(String(data)))
  let states: string[] = []
  try {
    await onPlanted(async (start) => {
      const flow = start({ inspect: inspector.inspect, ...options })
      await flow.result.catch(() => {})
      states = flow.states
    })
    // It sends its events in later turns of the loop, in order; this one after all others.
    setTimeout(() => inspector.event('test', 'test.end'), 0)
    while (!frames.at(-1)?.includes('test.end')) await once(socket, 'message', { signal })
  } finally {
    inspector.stop()
    server.close()
    await once(server, 'close', { signal })
  }
  const events = frames.slice(0, -1).map((frame): StatelyInspectionEvent => JSON.parse(frame))
  return { frames, events, states }
}

suite('@statelyai/inspect', (test) => {
  test('by WebSocket :: the states in order, the chart, and nothing planted in any frame', async () => {
    const { frames, events, states } = await received({ consent: () => true })
    const [first] = events
    assert.ok(first?.type === '@xstate.actor')
    assert.is(first.name, 'pluginInstall')
    const drawn = createMachine(JSON.parse(first.definition ?? ''))
    assert.equal(sortedEdges(drawn), sortedEdges(pluginInstallMachine))
    assert.equal(states.slice(0, 3), ['checkPrivileges', 'reauth', 'checkPrivileges'])
    assert.is(states.at(-1), 'done')
    assert.equal(
      shownStates(events.filter(({ sessionId }) => sessionId === first.sessionId)),
      states,
    )
    const names = events.flatMap((event) =>
      event.type === '@xstate.actor' && event.parentId === first.sessionId ? [event.name] : [],
    )
    assert.equal(
      [...new Set(names)],
      [
        'lookUpPlugin',
        'requestCredentials',
        'decideConsent',
        'pluginPull',
        'pluginInspect',
        'pluginSet',
        'pluginEnable',
      ],
    )
    for (const frame of frames) assert.equal(findPlanted(frame), [], frame)
  })

  test('by WebSocket :: a denial in somebody’s own words', async () => {
    const consent = () => ({ granted: false, reason: planted.reason })
    const { frames, events, states } = await received({ consent })
    assert.is(states.at(-1), 'rolledBack')
    assert.is(shownStates(events).at(-1), 'rolledBack')
    assert.ok(frames.some((frame) => frame.includes('consent-denied')))
    for (const frame of frames) assert.equal(findPlanted(frame), [], frame)
  })
})

suite('the search for what is planted', (test) => {
  const { password } = planted
  const writings = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from(`${'å?>'.repeat(before)}${':'.repeat(before)}${password}:after`)
    return [bytes.toString('base64'), bytes.toString('base64url')]
  })
  for (const [index, written] of [`a ${password} b`, ...writings].entries()) {
    test(`finds it :: ${index}`, () => {
      assert.equal(findPlanted(`{"x":"${written}"}`), [password])
    })
  }
})
