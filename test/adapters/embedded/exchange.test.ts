import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as assert from 'uvu/assert'
import { Exchange } from '../../../adapters/embedded/exchange.ts'
import { suite } from '../../support/suite.ts'

/** A response whose client does not read. */
function fullResponse() {
  const written: string[] = []
  const response = Object.assign(new EventEmitter(), {
    headersSent: true,
    write(line: string) {
      written.push(line)
      return false
    },
  })
  const exchange = new Exchange(
    {} as IncomingMessage,
    response as unknown as ServerResponse,
    '',
    new URLSearchParams(),
  )
  return { exchange, response, written }
}

suite('embedded exchange', (test) => {
  test('a line is done when the client has read', async () => {
    const { exchange, response, written } = fullResponse()
    let done = false
    const line = exchange.line('a').then(() => {
      done = true
    })
    await Promise.resolve()
    assert.equal([written, done], [['a'], false])
    response.emit('drain')
    await line
  })

  test('a line ends with the connection', async () => {
    const { exchange, response } = fullResponse()
    const line = exchange.line('a').catch((error: Error) => error.name)
    response.emit('close')
    assert.is(await line, 'AbortError')
    assert.is(exchange.gone.aborted, true)
  })
})
