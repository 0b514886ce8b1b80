import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The release of Debian that the engine comes from, where it is another than that of this machine. */
export const { ENGINE_FROM } = process.env
export const UNPACKED = join(
  import.meta.dirname,
  `../../../node_modules/.cache/engine-${ENGINE_FROM}`,
)
const INSTALLED = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** Debian keeps its daemons where a user's PATH does not look. */
export const SEARCH_PATH = ENGINE_FROM
  ? `${UNPACKED}/usr/sbin:${UNPACKED}/usr/bin:${INSTALLED}`
  : INSTALLED

const run = promisify(execFile)
const MAX_OUTPUT = 256 * 1024 * 1024

/** Runs a command to its end, for at most `limitMs`. Resolves with what it wrote. */
export async function runTool(
  command: string,
  args: readonly string[],
  limitMs = 30_000,
): Promise<Buffer> {
  const { stdout } = await run(command, args, {
    encoding: 'buffer',
    env: { PATH: SEARCH_PATH, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: MAX_OUTPUT,
    timeout: limitMs,
  })
  return stdout
}
