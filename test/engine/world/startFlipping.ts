import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from './startWorld.ts'

/** A layer of a fixture is larger, and nothing else is. */
const LEAST = 100_000

/** Another address of a plain HTTP registry, on the way from which each layer gets a wrong byte. */
export async function startFlipping({ address }: Registry) {
  const [host = '', port] = address.split(':')
  const server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked
    const sent = request({ host, port, method, path, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers)
      let bytes = 0
      given.on('data', (chunk: Buffer) => {
        const at = LEAST - bytes
        if (at >= 0 && at < chunk.length) chunk.writeUInt8(chunk.readUInt8(at) ^ 1, at)
        bytes += chunk.length
        answer.write(chunk)
      })
      given.on('end', () => answer.end())
    })
    sent.on('error', () => answer.destroy())
    asked.pipe(sent)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
