import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { createActor, createMachine, fromPromise } from 'xstate'
import { readStatechart } from '../../../src/chart/statechart/readStatechart.ts'
import { liveInspector } from '../../../src/live/liveInspector.ts'
import { toPlain } from '../../../src/live/plain.ts'
import type { LiveNews } from '../../../src/ui/liveLog.ts'
import { startMachineUi } from '../../../src/ui/startMachineUi.ts'
import { suite } from '../../support/suite.ts'
import { ask, tokenOf } from '../ui/uiStage.ts'

const lamp = createMachine({
  id: 'lamp',
  initial: 'off',
  context: { secret: 'planted' },
  states: {
    off: { on: { SWITCH: 'on', TAP: { actions: () => {} } } },
    on: { on: { SWITCH: 'off', BREAK: 'broken' } },
    broken: { type: 'final' },
  },
})

suite('liveInspector', (test) => {
  test('states, types of events and times arrive, and nothing else of an event or a context', () =>
    onLivePage(async ({ url, news }) => {
      const live = liveInspector(url)
      const actor = createActor(lamp, { inspect: live.inspect }).start()
      actor.send({ type: 'SWITCH', password: 'planted' })
      await live.close()
      const { steps, dropped } = await news()
      assert.equal(
        steps.map(({ machine, event, value, status }) => [machine, event, value, status]),
        [
          ['lamp', 'xstate.init', 'off', 'active'],
          ['lamp', 'SWITCH', 'on', 'active'],
        ],
      )
      assert.is(dropped, 0)
      assert.not.match(JSON.stringify(steps), 'planted')
      assert.equal(Object.keys(steps[0] ?? {}).sort(), [
        'actor',
        'at',
        'event',
        'machine',
        'number',
        'sequence',
        'status',
        'value',
      ])
    }))

  test('an event without a transition is reported as ignored, one that only acts is not', () =>
    onLivePage(async ({ url, news }) => {
      const live = liveInspector(url)
      const actor = createActor(lamp, { inspect: live.inspect }).start()
      for (const type of ['BREAK', 'TAP', 'SWITCH', 'BREAK', 'SWITCH']) actor.send({ type })
      await live.close()
      assert.equal(
        (await news()).steps.map(({ event, ignored }) => `${event}${ignored ? ' ignored' : ''}`),
        ['xstate.init', 'BREAK ignored', 'TAP', 'SWITCH', 'BREAK', 'SWITCH ignored'],
      )
    }))

  test('the context comes along where it is asked for, without cycles and within bounds', () =>
    onLivePage(async ({ url, news }) => {
      const live = liveInspector(url, { context: true })
      const context: Record<string, unknown> = { text: 'é'.repeat(5_000), list: [1, Number.NaN] }
      context.self = context
      createActor(createMachine({ id: 'lamp', context }), { inspect: live.inspect }).start()
      const wide = Object.fromEntries(
        Array.from({ length: 99 }, (_, index) => [`field${index}`, 'x'.repeat(1_000)]),
      )
      createActor(createMachine({ id: 'lamp', context: wide }), { inspect: live.inspect }).start()
      await live.close()
      const [small, large] = (await news()).steps
      assert.equal(small?.context, {
        text: 'é'.repeat(1_000),
        list: [1, '[NaN]'],
        self: '[circular]',
      })
      assert.is(large?.context, '[too large]')
    }))

  test('actors without states are left out', () =>
    onLivePage(async ({ url, news }) => {
      const live = liveInspector(url)
      const actor = createActor(
        fromPromise(async () => 1),
        { inspect: live.inspect },
      ).start()
      await new Promise((resolve) => actor.subscribe({ complete: () => resolve(true) }))
      await live.close()
      assert.equal((await news()).steps, [])
    }))

  test('without a page the oldest steps are dropped and counted, and the actor goes on', async () => {
    const { url } = await endedPage()
    const live = liveInspector(url)
    const actor = createActor(lamp, { inspect: live.inspect }).start()
    for (let index = 0; index < 1_500; index++) actor.send({ type: 'SWITCH' })
    assert.is(actor.getSnapshot().value, 'off')
    assert.is(live.dropped, 501)
    await live.close()
  })

  test('a burst arrives whole and in order, in several requests', () =>
    onLivePage(async ({ url, news }) => {
      const live = liveInspector(url)
      const actor = createActor(lamp, { inspect: live.inspect }).start()
      for (let index = 1; index < 900; index++) actor.send({ type: 'SWITCH' })
      await live.close()
      const { steps } = await news()
      assert.equal(
        steps.map(({ sequence }) => sequence),
        Array.from({ length: 900 }, (_, index) => index + 1),
      )
    }))

  test('a page that comes back gets what waits', async () => {
    let requests = 0
    let take: (body: string) => void = () => {}
    const taken = new Promise<string>((resolve) => {
      take = resolve
    })
    const server = createServer(async (request, response) => {
      if (requests++ === 0) return void request.socket.destroy()
      take(await text(request))
      response.writeHead(204).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const live = liveInspector(`http://127.0.0.1:${port}/#token=x`)
      createActor(lamp, { inspect: live.inspect }).start()
      assert.match(await taken, '"event":"xstate.init"')
      await live.close()
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('steps on their way arrive before close resolves, and those that wait behind them', async () => {
    const bodies: string[] = []
    let closed: Promise<void> | undefined
    const server = createServer(async (request, response) => {
      bodies.push(await text(request))
      if (bodies.length === 1) {
        actor.send({ type: 'SWITCH' })
        closed = live.close()
        // In a later turn: by then a socket that is not waited for is gone.
        await new Promise(setImmediate)
      }
      response.writeHead(204).end()
      if (bodies.length === 1) arrived(closed)
    })
    let arrived: (closing: unknown) => void = () => {}
    const first = new Promise((resolve) => {
      arrived = resolve
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const live = liveInspector(`http://127.0.0.1:${port}/#token=x`)
    const actor = createActor(lamp, { inspect: live.inspect }).start()
    try {
      await first
      assert.equal(
        bodies.map((body) => JSON.parse(body).steps.map(({ event }: { event: string }) => event)),
        [['xstate.init'], ['SWITCH']],
      )
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('a page that refuses is reported once, as a warning, and asked no more', () =>
    onLivePage(async ({ url }) => {
      const warned = once(process, 'warning')
      const live = liveInspector(url.replace(/token=.*/, 'token=wrong'))
      const actor = createActor(lamp, { inspect: live.inspect }).start()
      const [{ message }] = await warned
      assert.match(
        message,
        /^the page does not take this actor \(403\): the address must be as plugin-flow/,
      )
      actor.send({ type: 'SWITCH' })
      assert.is(actor.getSnapshot().value, 'on')
      await live.close()
    }))

  for (const address of [
    '',
    'http://127.0.0.1:80/',
    'http://10.0.0.1:80/#token=x',
    'https://127.0.0.1:1/#token=x',
  ]) {
    test(`another address is refused at once :: ${JSON.stringify(address)}`, () => {
      assert.throws(
        () => liveInspector(address),
        (error: unknown) =>
          error instanceof RangeError &&
          error.message ===
            'the address must be as plugin-flow ui --machine FILE --live prints it: http://127.0.0.1:PORT/#token=TOKEN',
      )
    })
  }

  test('an observation that cannot be read does not reach the actor', () => {
    const live = liveInspector('http://127.0.0.1:9/#token=x')
    live.inspect(null as never)
    live.inspect({ type: '@xstate.snapshot', actorRef: null } as never)
    return live.close()
  })
})

suite('toPlain', (test) => {
  test('anything becomes JSON', () => {
    const throwing = {
      get value() {
        throw new Error('planted')
      },
    }
    assert.equal(toPlain({ a: throwing, f() {}, n: 1n, u: undefined, z: null, t: true }), {
      a: { value: '[threw]' },
      f: '[function]',
      n: '[bigint]',
      u: '[undefined]',
      z: null,
      t: true,
    })
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    assert.is(toPlain(proxy), '[unreadable]')
    assert.equal(toPlain([[[[[[[1]]]]]]]), [[[[[['[deeper]']]]]]])
    const wide = Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => 1))
    assert.ok(JSON.stringify(toPlain(wide)).length < 20_000)
  })
})

async function onLivePage(
  act: (stage: { url: string; news: (after?: number) => Promise<LiveNews> }) => Promise<void>,
): Promise<void> {
  const machine = readStatechart(lamp.config)
  const served = await startMachineUi({ machine, live: true, port: 0, files: new Map() })
  const { origin } = new URL(served.url)
  try {
    await act({
      url: served.url,
      news: async (after = -1) =>
        JSON.parse((await ask(`${origin}/live/${after}`, { headers: tokenOf(served.url) })).body),
    })
  } finally {
    await served.close()
  }
}

/** The address of a page that is gone. */
async function endedPage(): Promise<{ url: string }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return { url: `http://127.0.0.1:${port}/#token=x` }
}
