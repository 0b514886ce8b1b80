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
  let spare: Spare | undefined
  /** A login that fails is not made twice. */
  let wasOpened = false
  const open = (options: Options) => {
    const connection = dial(options)
    const opened = () => {
      wasOpened = true
    }
    const failed = () => {
      wasOpened = false
    }
    return connection.once('connect', opened).once('error', failed)
  }
  return (options) => {
    const connection = spare?.take?.() ?? open(options)
    spare = undefined
    const openSpare = () => {
      if (!spare?.take) spare = createSpare(open(options))
    }
    if (wasOpened) openSpare()
    else connection.once('connect', openSpare)
    return connection
  }
}

interface Spare {
  /** Missing once the connection has ended. */
  take?(): Connection
}

function createSpare(connection: Connection): Spare {
  const timer = setTimeout(() => connection.destroy(), LONGEST_UNUSED).unref()
  // The call that needs it opens another one, and reports what is wrong with that.
  const ignore = () => {}
  const release = () => {
    clearTimeout(timer)
    connection.off('error', ignore).off('close', release)
    delete spare.take
  }
  const spare: Spare = {
    take() {
      release()
      takeBack(connection)
      connection.ref?.()
      return connection
    },
  }
  connection.on('error', ignore).on('close', release)
  connection.unref?.()
  lend(connection)
  return spare
}
