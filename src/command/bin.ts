import { setTimeout } from 'node:timers/promises'
import { runCommand } from './runCommand.ts'

const SIGNALS: Readonly<Record<number, NodeJS.Signals>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  143: 'SIGTERM',
}

/** Calls that Node.js makes in threads; `exit` waits for them. */
const IN_THREADS = ['FSReqPromise', 'FSReqCallback', 'GetAddrInfoReqWrap']

/** Time for such calls to end by themselves. */
const GRACE_MS = 1_000
const POLL_MS = 5

void runCommand({
  argv: process.argv.slice(2),
  env: process.env,
  // Created on first use: opening a pipe that is never read delays the start.
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return process.stdout
  },
  get stderr() {
    return process.stderr
  },
  signals: process,
}).then(leave)

/**
 * Ends the process, whose open requests would keep it alive. `exit` waits for calls in threads, and one into
 * a folder that does not answer never ends. An interrupted command that is stuck in such a call therefore
 * ends by the signal itself, which waits for nothing and gives the same exit status to a shell.
 */
async function leave(code: number): Promise<never> {
  const signal = SIGNALS[code]
  if (signal && (await isStuck())) process.kill(process.pid, signal)
  process.exit(code)
}

async function isStuck(): Promise<boolean> {
  const until = performance.now() + GRACE_MS
  while (isBusy() && performance.now() < until) await setTimeout(POLL_MS)
  return isBusy()
}

function isBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => IN_THREADS.includes(name))
}
