const SIGNALS: Readonly<Record<number, NodeJS.Signals>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  143: 'SIGTERM',
}

/** Calls that Node.js makes in threads, and waits for whatever `exit` says. */
const IN_THREADS = ['FSReqPromise', 'FSReqCallback', 'GetAddrInfoReqWrap']

/**
 * Ends the process. `exit` waits for calls in threads, and one into a folder that does not answer has no
 * end. So whoever was interrupted in the middle of one ends by the signal itself, which waits for nothing
 * and is the same exit status to a shell.
 */
export function leave(code: number): never {
  const signal = SIGNALS[code]
  const isBusy = process.getActiveResourcesInfo().some((name) => IN_THREADS.includes(name))
  if (signal && isBusy) process.kill(process.pid, signal)
  process.exit(code)
}
