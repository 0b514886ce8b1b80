import type { Agent, ClientRequestArgs, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AxiosAdapter } from 'axios'
import { type Abortable, onAbort } from '../../../machines/onAbort.ts'
import { type EngineAddress, withoutBrackets } from './dockerHost.ts'
import { AxiosError, CanceledError, http } from './httpModules.ts'
import { SWITCHED } from './toEngineError.ts'

const KEEP_ALIVE_MS = 60_000

/**
 * Sends axios' requests by `node:http` itself. Axios' own adapter does much that an engine is not for (redirects, proxies,
 * forms, progress, URLs of other hosts), and takes as long as a whole flow's other work does.
 *
 * @param createConnection opens the connection of a request that has no agent
 */
export function nodeAdapter(
  address: EngineAddress,
  createConnection: (options: ClientRequestArgs) => Duplex,
  ownHeaders: Readonly<Record<string, string>> = {},
): AxiosAdapter {
  const { prefix, ...peer } = peerOf(address)
  // An engine does not compress. Taking compressed answers would hide a cut.
  const common = { ...ownHeaders, Accept: 'application/json', 'User-Agent': 'docker-plugin-flow' }
  return (config) =>
    new Promise((resolve, reject) => {
      const { url = '', signal, headers, data } = config
      if (typeof data === 'string') headers.setContentLength(Buffer.byteLength(data))
      const sent = http.request({
        ...peer,
        // An absolute path, and not the host that one with two slashes would name.
        path: `${prefix}/${url.replace(/^\/+/, '')}`,
        method: String(config.method).toUpperCase(),
        headers: { ...common, ...(headers.toJSON() as Record<string, string>) },
        ...(config.httpAgent ? { agent: config.httpAgent as Agent } : { createConnection }),
      })
      const fail = (error: Error) =>
        reject(AxiosError.from(error, (error as { code?: string }).code, config, sent))
      let taken: IncomingMessage | undefined
      const cancel = () => {
        sent.destroy(new CanceledError())
        taken?.destroy(new CanceledError())
      }
      const release = signal ? onAbort(signal as Abortable, cancel) : () => {}
      sent
        .on('error', fail)
        // Once the answer has ended, too.
        .on('close', release)
        .on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS))
        // Node.js closes the connection without an event: the call would wait for its timeout.
        .on('upgrade', (_, socket) => {
          socket.destroy()
          fail(Object.assign(new Error('status 101'), { code: SWITCHED }))
        })
        .on('response', (answer) => {
          taken = answer
          const { statusCode: status = 0, statusMessage: statusText = '' } = answer
          // The headers are read from the message: axios would copy them twice.
          resolve({ status, statusText, headers: {}, config, request: sent, data: answer })
        })
        .end(data)
    })
}

/** Where requests go; `host` and the port are what the Host header says of it. */
function peerOf(address: EngineAddress) {
  if ('socketPath' in address)
    return { socketPath: address.socketPath, prefix: '', defaultPort: 80 }
  if ('ssh' in address) return { host: 'docker', prefix: '', defaultPort: 80 }
  const { secure, hostname, port, prefix } = address
  // The connection is what is secure: to `node:http`, the protocol is the same.
  return { host: withoutBrackets(hostname), port, prefix, defaultPort: secure ? 443 : 80 }
}
