import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'

/** The code of an error of this transport: the other side began to speak another protocol. */
export const SWITCHED = 'ERR_SWITCHED_PROTOCOL'

/**
 * Sends as Node.js does, over TLS where the agent does, and fails on a status 101. Node.js itself closes
 * the connection then, without an event: the call would wait for its timeout.
 */
export const transport = {
  request(options: RequestOptions, answered: (answer: IncomingMessage) => void): ClientRequest {
    const sent = request(options, answered)
    return sent.on('upgrade', (_, socket) => {
      socket.destroy()
      sent.emit('error', Object.assign(new Error('status 101'), { code: SWITCHED }))
    })
  },
}
