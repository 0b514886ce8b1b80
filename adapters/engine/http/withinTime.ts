import type { Duplex } from 'node:stream'

/** Gives up on a connection that has not told `event` after so many milliseconds. */
export function withinTime<Connection extends Duplex>(
  connection: Connection,
  event: 'connect' | 'secureConnect',
  milliseconds: number,
): Connection {
  const clock = setTimeout(() => {
    connection.destroy(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' }))
  }, milliseconds)
  const stop = () => clearTimeout(clock)
  connection.once(event, stop).once('close', stop)
  return connection
}
