import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { RecordedRequest } from '../../src/embedded.ts'
import { within } from './rounds.ts'

export interface EmbeddedProcess {
  host: string
  /** The reference of its one plugin, which has nothing to wait for. */
  reference: string
  requests(): Promise<readonly RecordedRequest[]>
  stop(): Promise<void>
}

const REGISTRY = 'registry.example.com'
const REPOSITORY = 'acme/plain'
const LIMIT_MS = 20_000

/** Starts the embedded engine in a process of its own. */
export async function startEmbedded(): Promise<EmbeddedProcess> {
  const script = join(import.meta.dirname, 'embeddedProcess.ts')
  const child = fork(script, [REGISTRY, REPOSITORY], { execArgv: ['--import', 'tsx'] })
  const exit = once(child, 'exit')
  const message = async () => {
    const ended = exit.then(([code]) => {
      throw new Error(`the embedded engine ended with ${code}`)
    })
    const [answer] = await within(
      LIMIT_MS,
      'the embedded engine',
      Promise.race([once(child, 'message'), ended]),
    )
    return answer
  }
  const stop = async () => {
    if (child.connected) child.disconnect()
    await within(LIMIT_MS, 'the end of the embedded engine', exit).catch(() =>
      child.kill('SIGKILL'),
    )
  }
  try {
    const host: string = await message()
    return {
      host,
      reference: `${REGISTRY}/${REPOSITORY}:latest`,
      async requests() {
        child.send('requests')
        return message()
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
