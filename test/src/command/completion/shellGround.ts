import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { run } from '../stage.ts'

const LIMIT_MS = 120_000
export const ENABLED = 'acme/plain:latest'
export const DISABLED = 'vieux/sshfs:latest'

/** In the place of the command that scripts ask what is installed. */
const FAKE = `#!/bin/sh
case "$*" in
*tcp://other:1*) echo other/plugin:1 ;;
*enabled=true*) echo ${ENABLED} ;;
*enabled=false*) echo ${DISABLED} ;;
*) printf '%s\\n' ${ENABLED} ${DISABLED} ;;
esac
`

export interface Ground {
  /** The completions of a shell for each line, after loading the script that the command prints. */
  complete(shell: string[], lines: readonly string[]): Promise<Map<string, string>>
  /** Puts another command in the place of plugin-flow. */
  fake(script: string): void
  folder: string
}

/** A folder with the script, or `own`, and with what the script asks in the place of plugin-flow. */
export async function onGround(
  shell: 'bash' | 'zsh' | 'fish',
  act: (ground: Ground) => Promise<void>,
  own?: string,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  const script = join(folder, `completion.${shell}`)
  const fake = (text: string) => {
    writeFileSync(join(folder, 'plugin-flow'), text)
    chmodSync(join(folder, 'plugin-flow'), 0o755)
  }
  const printed = run({}, {}, ['completion', shell])
  try {
    assert.is(await printed.code, 0)
    writeFileSync(script, own ?? printed.stdout.text())
    fake(FAKE)
    await act({
      folder,
      fake,
      async complete([program = '', ...args], lines) {
        const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, LC_ALL: 'C.UTF-8' }
        const child = spawn(program, [...args, script, ...lines], {
          env,
          timeout: LIMIT_MS,
          killSignal: 'SIGKILL',
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        const [stdout, stderr, [code]] = await Promise.all([
          text(child.stdout),
          text(child.stderr),
          once(child, 'close'),
        ])
        assert.equal([code, stderr], [0, ''], stdout)
        const blocks = stdout.split(/^== /m).slice(1)
        return new Map(blocks.map((block) => [block.split('\n', 1)[0] ?? '', block]))
      },
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The script that makes a shell complete lines. */
export const harness = (name: string) => join(import.meta.dirname, name)
