import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Registry } from './startWorld.ts'

export interface Throttle extends Registry {
  /** Bytes of the registry that have passed, and for how many milliseconds none has. */
  traffic(): { bytes: number; quietMs: number }
  /** Cuts every connection and stops listening. */
  close(): Promise<void>
}

/** Another address of a plain HTTP registry, behind a link of `bytesPerSecond` for all together. */
export async function startThrottle(target: Registry, bytesPerSecond: number): Promise<Throttle> {
  const [host, port] = target.address.split(':')
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  let freeAt = 0
  let bytes = 0
  let lastAt = performance.now()

  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  }
  const pace = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => {
      to.write(chunk)
      bytes += chunk.length
      lastAt = performance.now()
      from.pause()
      freeAt = Math.max(freeAt, performance.now()) + (chunk.length / bytesPerSecond) * 1000
      const timer = setTimeout(() => {
        timers.delete(timer)
        from.resume()
      }, freeAt - performance.now())
      timers.add(timer)
    })
    from.on('end', () => to.end())
  }

  const server = createServer((client) => {
    const registry = connect(Number(port), host)
    for (const socket of [client, registry]) keep(socket)
    pace(registry, client)
    client.pipe(registry)
    for (const [one, other] of [[client, registry] as const, [registry, client] as const]) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    traffic: () => ({ bytes, quietMs: performance.now() - lastAt }),
    close: async () => {
      for (const timer of timers) clearTimeout(timer)
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
