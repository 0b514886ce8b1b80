import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { constants, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { buildViewer } from '../../../.ci/buildViewer.ts'
import { suite } from '../../support/suite.ts'
import { spawnCommand } from './stage.ts'

const LIMIT_MS = 60_000
const page = join(import.meta.dirname, '../../../dist/ui/index.html')

suite('a file that a person names, which does not come to its end', (test) => {
  test.before(async () => {
    if (!existsSync(page)) await buildViewer()
  })

  for (const argv of [
    ['install', 'acme/plain', '--policy'],
    ['ui', '--machine'],
  ]) {
    test(`Ctrl-C ends ${argv.join(' ')}, which reads it`, async () => {
      const config = mkdtempSync(join(tmpdir(), 'plugin-flow-hanging-'))
      const file = join(config, 'pipe')
      execFileSync('mkfifo', [file])
      const env = { DOCKER_CONFIG: config, DOCKER_HOST: 'tcp://127.0.0.1:1' }
      const { child, ended } = spawnCommand(env, [...argv, file])
      const closed = once(child, 'close')
      // A command that ends without opening it must not leave the writer below waiting.
      const unread = closed.then(async () => (await open(file, constants.O_NONBLOCK)).close())
      try {
        // It opens once somebody reads, and nothing comes of it.
        const read = await open(file, 'w')
        child.kill('SIGINT')
        const end = await Promise.race([closed, once(AbortSignal.timeout(LIMIT_MS), 'abort')])
        await read.close()
        assert.equal(end, [null, 'SIGINT'])
      } finally {
        child.kill('SIGKILL')
        await ended
        await unread
        rmSync(config, { recursive: true })
      }
    })
  }
})
