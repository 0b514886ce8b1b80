import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as assert from 'uvu/assert'
import { openStream } from '../../../src/ui/eventStream.ts'
import { suite } from '../../support/suite.ts'

/** A request whose answer has not begun, and its client. */
async function onRequest(act: (response: ServerResponse, leave: () => void) => Promise<void>) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = request({ host: '127.0.0.1', port }).on('error', () => {})
  client.end()
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  try {
    await act(response, () => client.destroy())
  } finally {
    client.destroy()
    server.close()
  }
}

suite('openStream', (test) => {
  for (const isGone of [false, true]) {
    test(`the client leaves ${isGone ? 'before it begins' : 'meanwhile'} :: it is closed once`, () =>
      onRequest(async (response, leave) => {
        let closed = 0
        const gone = once(response, 'close')
        if (isGone) {
          leave()
          await gone
        }
        const stream = openStream(response, { onDrain() {}, onClose: () => closed++ })
        if (!isGone) {
          assert.ok(stream.send({}))
          leave()
          await gone
        }
        assert.is(closed, 1)
        assert.is(isGone && stream.send({}), false)
        stream.end()
        assert.is(closed, 1)
      }))
  }
})
