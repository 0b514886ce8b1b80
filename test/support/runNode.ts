import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

const LIMIT_MS = 60_000

/** Runs node to its end, and tells what it printed. */
export async function runNode(
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LIMIT_MS,
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const [code] = await once(child, 'close')
  return { code, output }
}
