import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import * as assert from 'uvu/assert'
import { toReply } from '../../../adapters/embedded/startEmbeddedEngine.ts'
import { suite } from '../../support/suite.ts'

/** A response whose client does not read. */
function fullResponse() {
  const written: string[] = []
  const response = Object.assign(new EventEmitter(), {
    write(line: string) {
      written.push(line)
      return false
    },
  })
  return { reply: toReply(response as unknown as ServerResponse), response, written }
}

suite('embedded reply', (test) => {
  test('a line is done when the client has read', async () => {
    const { reply, response, written } = fullResponse()
    let done = false
    const line = reply.write('a').then(() => {
      done = true
    })
    await Promise.resolve()
    assert.equal([written, done], [['a'], false])
    response.emit('drain')
    await line
  })

  test('a line ends with the connection', async () => {
    const { reply, response } = fullResponse()
    const line = reply.write('a').catch((error: Error) => error.name)
    response.emit('close')
    assert.is(await line, 'AbortError')
    assert.is(reply.gone.aborted, true)
  })
})
