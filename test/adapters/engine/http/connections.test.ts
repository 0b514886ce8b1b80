import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { connectionGate, enter } from '../../../../adapters/engine/http/connections.ts'
import { createGate } from '../../../../machines/gate.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerPing, type Handler, serveEngine } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { connectTo } from '../connectTo.ts'
import { callOn, ping, withEngine } from '../engineFixture.ts'

const never = new AbortController().signal
const aborted = () => new Error('aborted')

/** With so many connections in this process. */
async function limited(connections: number, act: () => Promise<void>): Promise<void> {
  const before = connectionGate.limit
  connectionGate.limit = connectionGate.taken + connections
  try {
    await act()
  } finally {
    connectionGate.limit = before
  }
}

/** Answers when it is released, oldest first, and counts what it has not answered. */
function heldPings() {
  const held: (() => void)[] = []
  let most = 0
  const handler: Handler = (_, response) => {
    held.push(() => answerPing(response))
    most = Math.max(most, held.length)
  }
  return { handler, most: () => most, held }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}

suite('connections of a process', (test) => {
  test('more calls than connections :: the others wait, and come in the order of asking', () =>
    limited(2, async () => {
      const { handler, most, held } = heldPings()
      await withEngine(handler, async (connection) => {
        const answered: number[] = []
        const calls = [0, 1, 2, 3, 4].map((call) =>
          ping(connection).then(() => answered.push(call)),
        )
        for (let call = 0; call < calls.length; call++) {
          await until(() => held.length === Math.min(2, calls.length - call))
          held.shift()?.()
          await until(() => answered.length > call)
        }
        await Promise.all(calls)
        assert.is(most(), 2)
        assert.equal(answered, [0, 1, 2, 3, 4])
      })
    }))

  test('one waits and is cancelled :: nothing was sent of it, and it holds no place', () =>
    limited(1, async () => {
      const { handler, held } = heldPings()
      await withEngine(handler, async (connection, server) => {
        const first = ping(connection)
        await until(() => held.length > 0)
        const controller = new AbortController()
        const waiting = refusedWith('cancelled', () => ping(connection, controller.signal))
        controller.abort()
        assert.is((await waiting).details.unsent, true)
        held.shift()?.()
        await first
        const next = ping(connection)
        await until(() => held.length > 0)
        held.shift()?.()
        await next
        assert.is(server.requests.length, 2)
      })
    }))

  test('the pool of another engine keeps the last place :: its idle connection is closed', () =>
    limited(1, async () => {
      const handler: Handler = (_, response) => answerPing(response)
      const [one, other] = [await serveEngine(handler), await serveEngine(handler)]
      const connections = [one, other].map(({ host }) => connectTo({ host }))
      try {
        for (const connection of connections) await ping(connection)
        await one.connectionClosed()
        for (const connection of connections) await ping(connection)
        assert.equal([one.connections(), other.connections()], [2, 2])
      } finally {
        for (const connection of connections) connection.close()
        await Promise.all([one.close(), other.close()])
      }
    }))

  test('a change needs the last place for a connection of its own :: an idle one is closed', () =>
    limited(1, async () => {
      const one = await serveEngine((_, response) => answerPing(response))
      const other = await serveEngine((_, response) => void response.writeHead(204).end())
      const connections = [one, other].map(({ host }) => connectTo({ host }))
      const [pooled, changing] = connections
      try {
        assert.ok(pooled && changing)
        await ping(pooled)
        await callOn(changing, 'pluginDelete', { name: 'a' })
        await ping(pooled)
        assert.is(one.connections(), 2)
      } finally {
        for (const connection of connections) connection.close()
        await Promise.all([one.close(), other.close()])
      }
    }))

  test('a call fails, or its answer is refused :: its place is free again', () =>
    limited(1, async () => {
      await withEngine(
        (_, response) => response.writeHead(500).end('{"message":"no"}'),
        async (connection) => {
          for (let call = 0; call < 3; call++) {
            await refusedWith('engine-failed', () => ping(connection))
            await refusedWith('enable-failed', () =>
              callOn(connection, 'pluginEnable', { name: 'a', timeout: 0 }),
            )
          }
        },
      )
      const gone = connectTo({ host: 'unix:///nonexistent.sock' })
      await refusedWith('engine-unreachable', () => ping(gone))
      gone.close()
      assert.is(connectionGate.waiting, 0)
      connectionGate.tryEnter()?.()
    }))
})

suite('a place for a connection', (test) => {
  test('a place is free :: it is entered at once, and given back', async () => {
    const gate = createGate(2)
    const leave = await enter(gate, never, aborted)
    assert.equal([gate.taken, gate.waiting, gate.limit], [1, 0, 2])
    leave()
    assert.is(gate.taken, 0)
  })

  test('the signal fires while it waits :: it rejects, holds nothing, and the next one gets the place', async () => {
    const gate = createGate(1)
    const leave = gate.tryEnter()
    const controller = new AbortController()
    const waiting = enter(gate, controller.signal, aborted)
    const next = enter(gate, never, aborted)
    controller.abort()
    await waiting.then(
      () => assert.unreachable(),
      (error) => assert.is(error.message, 'aborted'),
    )
    leave?.()
    ;(await next)()
    assert.ok(gate.tryEnter())
  })

  test('it has entered :: nothing listens to the signal', async () => {
    const gate = createGate(1)
    const leave = gate.tryEnter()
    const controller = new AbortController()
    const waiting = enter(gate, controller.signal, aborted)
    leave?.()
    await waiting
    assert.is(getEventListeners(controller.signal, 'abort').length, 0)
  })

  test('the signal has fired before :: it rejects though a place is free', async () => {
    const gate = createGate(1)
    await enter(gate, AbortSignal.abort(), aborted).then(
      () => assert.unreachable(),
      (error) => assert.is(error.message, 'aborted'),
    )
    assert.ok(gate.tryEnter())
  })
})
