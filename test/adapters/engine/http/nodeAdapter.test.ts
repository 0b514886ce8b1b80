import { getEventListeners } from 'node:events'
import { connect, type NetConnectOpts } from 'node:net'
import axios from 'axios'
import * as assert from 'uvu/assert'
import { parseHost } from '../../../../adapters/engine/http/dockerHost.ts'
import { EngineAgent } from '../../../../adapters/engine/http/engineAgent.ts'
import { nodeAdapter } from '../../../../adapters/engine/http/nodeAdapter.ts'
import { answerPing, serveEngine } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'

suite('nodeAdapter', (test) => {
  test('a signal that many requests share :: has one listener while they run, and none afterwards', async () => {
    const server = await serveEngine((_, response) => void setTimeout(answerPing, 20, response))
    const { signal } = new AbortController()
    const client = axios.create({
      adapter: nodeAdapter(parseHost(server.host), (options) => connect(options as NetConnectOpts)),
      responseType: 'stream',
    })
    const ask = async () => {
      const { data } = await client.get('/_ping', { signal })
      for await (const _ of data);
    }
    try {
      const asked = Promise.all(Array.from({ length: 12 }, ask))
      await new Promise((next) => setTimeout(next, 5))
      assert.is(getEventListeners(signal, 'abort').length, 1)
      await asked
      // A connection closes some turns after its answer has ended.
      for (let turn = 0; turn < 100 && getEventListeners(signal, 'abort').length > 0; turn++) {
        await new Promise((next) => setTimeout(next, 10))
      }
      assert.is(getEventListeners(signal, 'abort').length, 0)
    } finally {
      await server.close()
    }
  })

  for (const [address, host] of [
    ['unix:///run/engine.sock', 'localhost'],
    ['ssh://me@engine.example', 'docker'],
    ['http://engine.example', 'engine.example'],
    ['https://engine.example', 'engine.example'],
    ['https://engine.example:8443', 'engine.example:8443'],
    ['tcp://engine.example:2375', 'engine.example:2375'],
  ] as const) {
    test(`${address} :: the Host header is ${host}, with a connection of its own or one that is kept`, async () => {
      const server = await serveEngine((_, response) => answerPing(response))
      const socketPath = server.host.slice('unix://'.length)
      const dial = () => connect(socketPath)
      const agent = new EngineAgent(dial)
      const client = axios.create({ adapter: nodeAdapter(parseHost(address), dial) })
      try {
        for (const httpAgent of [undefined, agent]) {
          const { data } = await client.get('/_ping', { httpAgent })
          for await (const _ of data);
        }
        assert.equal(
          server.requests.map(({ headers }) => headers.host),
          [host, host],
        )
      } finally {
        agent.destroy()
        await server.close()
      }
    })
  }
})
