import type { Duplex } from 'node:stream'
import { createGate, type Gate, type Leave } from '../../../machines/gate.ts'
import { onAbort } from '../../../machines/onAbort.ts'

/** The calls of this process that are under way, to whatever engine: each has one connection. */
export const connectionGate = createGate(128)

/** Waits for a place. Rejects with `aborted()` once the signal has fired. */
export async function enter(gate: Gate, signal: AbortSignal, aborted: () => Error): Promise<Leave> {
  if (signal.aborted) throw aborted()
  const free = gate.tryEnter()
  if (free) return free
  return new Promise((resolve, reject) => {
    const withdraw = gate.ask((leave) => {
      release()
      resolve(leave)
    })
    const release = onAbort(signal, () => {
      withdraw()
      reject(aborted())
    })
  })
}

let open = 0
/** Connections that wait in a pool for the next call, those unused for longest first. */
const idle = new Set<Duplex>()

/** Opens a connection; at the limit, an idle one is closed for it. */
export function openConnection<Connection extends Duplex>(connect: () => Connection): Connection {
  if (open >= connectionGate.limit) closeIdle()
  const connection = connect()
  open++
  connection.once('close', () => {
    open--
    idle.delete(connection)
  })
  return connection
}

/** Closes the connection that was unused for longest. */
export function closeIdle(): void {
  for (const connection of idle) {
    idle.delete(connection)
    connection.destroy()
    return
  }
}

/** Of a connection in a pool: it is closed when another needs its place. */
export function lend(connection: Duplex): void {
  idle.add(connection)
}

export function takeBack(connection: Duplex): void {
  idle.delete(connection)
}
