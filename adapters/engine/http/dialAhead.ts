import type { Duplex } from 'node:stream'
import { lend, takeBack } from './connections.ts'

/** In milliseconds. A connection that was opened longer ago may be dying, under a change that must not be made twice. */
const LONGEST_UNUSED = 10_000

/** A connection that is counted, and can stay open without keeping the process alive. */
type Connection = Duplex & { ref?(): unknown; unref?(): unknown }

/**
 * Opens one connection ahead with each that is used, where that takes as long as a call does: a process of `ssh`, and its login.
 * Each is for one call all the same, and nothing is sent before. One that is not used is closed.
 */
export function dialAhead<Options>(
  dial: (options: Options) => Connection,
): (options: Options) => Duplex {
  let ahead: { connection: Connection; release(): void } | undefined
  /** Of the last connection: a login that fails is not made twice. */
  let wasOpened = false
  const open = (options: Options) => {
    const opened = () => {
      wasOpened = true
    }
    // The failure of one ahead is not reported: the call that needs it opens another one.
    const failed = () => {
      wasOpened = false
    }
    return dial(options).once('connect', opened).once('error', failed)
  }
  const openAhead = (options: Options) => {
    if (ahead) return
    const connection = open(options)
    const timer = setTimeout(() => connection.destroy(), LONGEST_UNUSED).unref()
    const release = () => {
      clearTimeout(timer)
      connection.off('close', release)
      ahead = undefined
    }
    connection.once('close', release).unref?.()
    lend(connection)
    ahead = { connection, release }
  }
  const takeAhead = () => {
    if (!ahead) return undefined
    const { connection, release } = ahead
    release()
    takeBack(connection)
    connection.ref?.()
    return connection
  }
  return (options) => {
    const connection = takeAhead() ?? open(options)
    if (wasOpened) openAhead(options)
    else connection.once('connect', () => openAhead(options))
    return connection
  }
}
