import { setTimeout } from 'node:timers/promises'

const SIGNALS: Readonly<Record<number, NodeJS.Signals>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  143: 'SIGTERM',
}

/** Calls that Node.js makes in threads, and waits for whatever `exit` says. */
const IN_THREADS = ['FSReqPromise', 'FSReqCallback', 'GetAddrInfoReqWrap']

/** Calls that are about to end have ended by then. */
const PATIENCE_MS = 1_000
const LOOK_MS = 5

/**
 * Ends the process. `exit` waits for calls in threads, and one into a folder that does not answer has no
 * end. So whoever was interrupted in the middle of such a one ends by the signal itself, which waits for
 * nothing and is the same exit status to a shell.
 */
export async function leave(code: number): Promise<never> {
  const signal = SIGNALS[code]
  if (signal && (await isStuck())) process.kill(process.pid, signal)
  process.exit(code)
}

async function isStuck(): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS
  while (isBusy() && performance.now() < until) await setTimeout(LOOK_MS)
  return isBusy()
}

function isBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => IN_THREADS.includes(name))
}
