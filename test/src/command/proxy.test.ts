import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { beginJournal } from '../../../src/command/install/journal.ts'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../src/embedded.ts'
import { connect, installPlugin } from '../../../src/index.ts'
import { type ConnectProxy, serveProxy } from '../../adapters/engine/proxyFixture.ts'
import { type DockerFolder, withDockerFolder } from '../../support/dockerFolder.ts'
import { PLANTED } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { run } from './stage.ts'

const HOST = 'tcp://engine.test:2375'

interface Ground {
  embedded: EmbeddedEngine
  proxy: ConnectProxy
  folder: DockerFolder
  env: Record<string, string>
  command(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }>
}

/** A simulated engine behind a proxy of the environment, and a folder of Docker's and of runs. */
async function onGround(act: (ground: Ground) => Promise<void>): Promise<void> {
  const embedded = await startEmbeddedEngine({ pace: 0 })
  const proxy = await serveProxy({ to: { path: embedded.host.slice('unix://'.length) } })
  try {
    await withDockerFolder(async (folder) => {
      folder.config({ auths: { 'nowhere.example': {} } })
      const HTTP_PROXY = `http://me:${PLANTED}@${proxy.name}`
      const env = { ...folder.env, HTTP_PROXY, XDG_STATE_HOME: join(folder.path, 'state') }
      await act({
        embedded,
        proxy,
        folder,
        env,
        async command(...argv) {
          const { code, stdout, stderr } = run({}, env, argv)
          const ended = { code: await code, stdout: stdout.text(), stderr: stderr.text() }
          assert.not.ok(`${ended.stdout}${ended.stderr}`.includes(PLANTED))
          return ended
        },
      })
      await proxy.left()
    })
  } finally {
    await proxy.close()
    await embedded.close()
  }
}

suite('plugin-flow --proxy', (test) => {
  test('the engine is reached through it, named by a host or by a context', () =>
    onGround(async ({ embedded, proxy, folder, command }) => {
      const install = ['install', '--grant-all-permissions', '--disable', 'vieux/sshfs']
      const { code, stderr } = await command(...install, '-H', HOST, '--proxy')
      assert.is(code, 0, stderr)
      assert.is(embedded.plugins().length, 1)
      folder.context('far', { Host: HOST })
      const { stdout } = await command('ls', '--proxy', '--context', 'far')
      assert.match(stdout, 'vieux/sshfs:latest')
      assert.ok(proxy.asked.every(({ target }) => target === 'engine.test:2375'))
    }))

  test('a command to copy has it', () =>
    onGround(async ({ command }) => {
      const failing = ['install', '--grant-all-permissions', '--keep-on-failure', 'acme/dies']
      const { code, stderr } = await command(...failing, '-H', HOST, '--proxy')
      assert.is(code, 1)
      assert.match(stderr, `to remove it: plugin-flow rm --host ${HOST} --proxy acme/dies:latest`)
    }))

  test('a run that was begun through it is taken up through it', () =>
    onGround(async ({ embedded, proxy, env, command }) => {
      const engine = connect({ host: HOST, proxy: true, env })
      const view = { notice: (line: string) => assert.unreachable(line) }
      const left = await beginJournal(engine, { host: HOST, proxy: true }, env, view)
      const flow = installPlugin(engine, {
        reference: 'vieux/sshfs',
        disabled: true,
        grantAllPermissions: true,
      })
      const begun = flow.snapshot()
      flow.cancel()
      await flow.result.catch(() => {})
      await left?.write(begun)
      await left?.close()
      engine.close()
      const asked = proxy.asked.length
      const { code, stderr } = await command('resume')
      assert.is(code, 0, stderr)
      assert.is(embedded.plugins().length, 1)
      assert.ok(proxy.asked.length > asked)
    }))
})
