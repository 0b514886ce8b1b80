import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { startEmbeddedEngine } from '../../../../src/embedded.ts'
import { startLyingProxy } from '../../../engine/world/lyingProxy.ts'
import { suite } from '../../../support/suite.ts'
import { run, spawnCommand } from '../stage.ts'

const NAME = 'acme/notes:1.0'
const GRANT = '--grant-all-permissions'

suite('two processes that upgrade one plugin at once', (test) => {
  test('the second is refused with the run of the first, and sends nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-at-once-'))
    const embedded = await startEmbeddedEngine({ pace: 0 })
    const env = { HOME: folder, DOCKER_HOST: embedded.host }
    let second: ReturnType<typeof spawnCommand> | undefined
    // The first waits in its pull until the second has ended.
    const hold = (_: string, path: string) => {
      if (second || !path.startsWith('/plugins/pull')) return undefined
      second = upgradeWith('LEVEL=second')
      return second.ended.then(() => {})
    }
    const socket = embedded.host.replace('unix://', '')
    const proxy = await startLyingProxy(socket, join(folder, 'proxy.sock'), { hold })
    const upgradeWith = (setting: string) => {
      const options = ['--host', proxy.host, '--mode', 'in-place', GRANT]
      return spawnCommand(env, ['upgrade', ...options, NAME, 'acme/notes:2.0', setting])
    }
    try {
      const installed = run({}, env, ['install', GRANT, NAME])
      assert.is(await installed.code, 0)
      const first = await upgradeWith('LEVEL=first').ended
      assert.is(first.code, 0, first.stderr)
      const refused = await second?.ended
      assert.is(refused?.code, 1, refused?.stderr)
      assert.match(refused?.stderr ?? '', /acme\/notes:1\.0 is being upgraded: run [0-9a-f]{8}/)
      assert.ok(embedded.process(NAME)?.Env?.includes('LEVEL=first'))
      const swaps = embedded.requests().filter(({ path }) => path.includes('/upgrade?'))
      assert.equal([swaps.length, embedded.plugins().length], [1, 1])
    } finally {
      await proxy.close()
      await embedded.close()
      rmSync(folder, { recursive: true })
    }
  })
})
