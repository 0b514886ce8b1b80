import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { beginRun, type JournaledEngine } from '../../../../adapters/journal/runJournal.ts'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../../src/embedded.ts'
import { connect, installPlugin } from '../../../../src/index.ts'
import { type DockerFolder, withDockerFolder } from '../../../support/dockerFolder.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../stage.ts'

interface Ground {
  embedded: EmbeddedEngine
  folder: DockerFolder
  /** Writes down a run that has only begun, as an install whose process has died leaves it. */
  leave(engine: Omit<JournaledEngine, 'host'>): Promise<string>
  command(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }>
  left(): string[]
}

async function onGround(act: (ground: Ground) => Promise<void>): Promise<void> {
  const embedded = await startEmbeddedEngine({ pace: 0 })
  try {
    await withDockerFolder(async (folder) => {
      const state = join(folder.path, 'state')
      const journal = join(state, 'plugin-flow')
      const env = { ...folder.env, XDG_STATE_HOME: state }
      folder.config({ auths: { 'nowhere.example': {} } })
      await act({
        embedded,
        folder,
        async leave(engine) {
          const left = await beginRun(journal, { host: embedded.host, ...engine })
          await left.write(await begun(embedded))
          await left.close()
          return left.id
        },
        async command(...argv) {
          const { code, stdout, stderr } = run({}, env, argv)
          return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
        },
        left: () => readdirSync(journal),
      })
    })
  } finally {
    await embedded.close()
  }
}

async function begun({ host }: EmbeddedEngine) {
  const engine = connect({ host, env: {} })
  const flow = installPlugin(engine, {
    reference: 'vieux/sshfs',
    disabled: true,
    grantAllPermissions: true,
  })
  const snapshot = flow.snapshot()
  flow.cancel()
  await flow.result.catch(() => {})
  engine.close()
  return snapshot
}

suite('plugin-flow resume :: the engine', (test) => {
  test('is the one that the run was begun on, by its address', () =>
    onGround(async ({ embedded, leave, command, left }) => {
      await leave({})
      const { code, stderr } = await command('resume')
      assert.is(code, 0, stderr)
      assert.equal(
        embedded.plugins().map(({ Name }) => Name),
        ['vieux/sshfs:latest'],
      )
      assert.equal(left(), [])
    }))

  test('is found by its context, which the list of runs names', () =>
    onGround(async ({ embedded, folder, leave, command }) => {
      folder.context('here', { Host: embedded.host })
      const id = await leave({ context: 'here' })
      const { stdout } = await command('runs')
      assert.match(stdout, `${embedded.host} (context here)`)
      assert.is((await command('resume', id)).code, 0)
      assert.is(embedded.plugins().length, 1)
    }))

  test('a context that leads elsewhere by now is refused, and the run stays', () =>
    onGround(async ({ embedded, folder, leave, command, left }) => {
      folder.context('here', { Host: 'tcp://127.0.0.1:1' })
      const id = await leave({ context: 'here' })
      const { code, stderr } = await command('rollback', id)
      assert.is(code, 2)
      assert.match(
        stderr,
        `the run is on ${embedded.host}, but its context now points to tcp://127.0.0.1:1: name the engine to use`,
      )
      assert.equal(left(), [`${id}.json`])
      assert.is((await command('rollback', id, '-H', embedded.host)).code, 1)
      assert.equal(left(), [])
    }))

  test('a context that is gone :: one line, and the run stays', () =>
    onGround(async ({ leave, command, left }) => {
      const id = await leave({ context: 'gone' })
      const { code, stderr } = await command('resume', id)
      assert.is(code, 2)
      assert.match(stderr, 'there is no Docker context "gone"')
      assert.equal(left(), [`${id}.json`])
    }))

  test('flags for TLS are those of the run', () =>
    onGround(async ({ leave, command }) => {
      const id = await leave({ tls: { tlsverify: true, tlscacert: '/nowhere/ca.pem' } })
      const { code, stderr } = await command('resume', id)
      assert.is(code, 2)
      assert.match(stderr, 'there is no file /nowhere/ca.pem')
    }))
})
