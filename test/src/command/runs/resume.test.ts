import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import {
  beginRun,
  type JournaledEngine,
  takeUpRun,
} from '../../../../adapters/journal/runJournal.ts'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../../src/embedded.ts'
import { connect, installPlugin } from '../../../../src/index.ts'
import { type DockerFolder, withDockerFolder } from '../../../support/dockerFolder.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../stage.ts'

interface Ground {
  embedded: EmbeddedEngine
  folder: DockerFolder
  /** Writes down a run that has only begun, or has created its plugin, as an install whose process has died leaves it. */
  leave(engine: Omit<JournaledEngine, 'host'>, ownership?: 'created'): Promise<string>
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
        async leave(engine, ownership) {
          const left = await beginRun(journal, { host: embedded.host, ...engine })
          await left.write(await begun(embedded, ownership))
          await left.close()
          return left.id
        },
        async command(...argv) {
          const { code, stdout, stderr } = run({}, env, argv)
          return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
        },
        left: () => readdirSync(journal).filter((name) => name !== 'ended'),
      })
    })
  } finally {
    await embedded.close()
  }
}

async function begun({ host }: EmbeddedEngine, ownership: 'nothing' | 'created' = 'nothing') {
  const engine = connect({ host, env: {} })
  const flow = installPlugin(engine, {
    reference: 'vieux/sshfs',
    disabled: true,
    grantAllPermissions: true,
  })
  const begun = flow.snapshot()
  if (ownership === 'created') await flow.result
  const { run } = flow.snapshot()
  flow.cancel()
  await flow.result.catch(() => {})
  engine.close()
  return { ...begun, run: { ...run, ownership } }
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
      assert.match(stdout, `context here (${embedded.host})`)
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
      assert.is((await command('rollback', id, '-H', embedded.host)).code, 0)
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

suite('plugin-flow rollback', (test) => {
  test('one that succeeds says what it did, and ends with 0', () =>
    onGround(async ({ embedded, leave, command, left }) => {
      const id = await leave({}, 'created')
      const ended = await command('rollback', id)
      assert.is(ended.code, 0)
      assert.is(ended.stdout.split('\n').at(-2), 'rolled back: vieux/sshfs:latest was removed')
      assert.is(ended.stderr, '')
      assert.equal(embedded.plugins(), [])
      assert.equal(left(), [])
    }))

  test('where nothing was installed it says so', () =>
    onGround(async ({ leave, command }) => {
      const ended = await command('rollback', await leave({}))
      assert.equal([ended.code, ended.stderr], [0, ''])
      assert.match(ended.stdout, /rolled back: nothing was left\n$/)
    }))

  test('--json :: the outcome has the exit status', () =>
    onGround(async ({ leave, command }) => {
      const { code, stdout } = await command('rollback', '--json', await leave({}, 'created'))
      const { state, rollback, exitCode } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
      assert.equal([code, state, rollback.result, exitCode], [0, 'rolledBack', 'removed', 0])
    }))

  test('an id may be cut short where no other begins like it', () =>
    onGround(async ({ leave, command, left }) => {
      const ids = [await leave({}), await leave({})]
      const both = await command('rollback', '')
      assert.is(both.code, 2)
      assert.match(both.stderr, '"" is not the ID of a run')
      const [one = '', other = ''] = ids
      let length = 1
      while (one.slice(0, length) === other.slice(0, length)) length++
      assert.is((await command('rollback', one.slice(0, length))).code, 0)
      assert.equal(left(), [`${other}.json`])
      const gone = await command('rollback', one.slice(0, length))
      assert.is(gone.code, 2)
      assert.match(gone.stderr, `no run begins with "${one.slice(0, length)}"`)
    }))

  test('a whole id that no run has :: refused in words, and the list is named', () =>
    onGround(async ({ leave, command, left }) => {
      const id = await leave({})
      const unknown = id === 'ffffffff' ? 'fffffffe' : 'ffffffff'
      for (const verb of ['resume', 'rollback'] as const) {
        const { code, stderr } = await command(verb, unknown)
        assert.is(code, 2)
        assert.match(
          stderr,
          `plugin-flow: no run has the ID ${unknown}; plugin-flow runs lists them`,
        )
        assert.not.match(stderr, '/')
      }
      assert.equal(left(), [`${id}.json`])
    }))

  test('an id that two begin with, or none while two were left :: refused, and both stay', () =>
    onGround(async ({ folder, leave, command, left }) => {
      const id = await leave({})
      const like = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`
      const journal = join(folder.path, 'state', 'plugin-flow')
      const text = readFileSync(join(journal, `${id}.json`), 'utf8').replace(id, like)
      writeFileSync(join(journal, `${like}.json`), text, { mode: 0o600 })
      const ambiguous = await command('rollback', id.slice(0, -1))
      assert.is(ambiguous.code, 2)
      assert.match(ambiguous.stderr, `2 runs begin with "${id.slice(0, -1)}": `)
      assert.ok([id, like].every((one) => ambiguous.stderr.includes(one)))
      const any = await command('resume')
      assert.is(any.code, 2)
      assert.match(any.stderr, 'more than one run was left: name one that plugin-flow runs lists')
      assert.equal(left().sort(), [`${id}.json`, `${like}.json`].sort())
    }))

  test('a run that a process drives :: refused', () =>
    onGround(async ({ folder, leave, command }) => {
      const id = await leave({})
      const taken = await takeUpRun(join(folder.path, 'state', 'plugin-flow'), id)
      try {
        const { code, stderr } = await command('resume', id)
        assert.is(code, 2)
        assert.match(stderr, `another plugin-flow process owns this run (process ${process.pid})`)
        const listed = await command('runs')
        assert.match(listed.stdout, /vieux\/sshfs:latest +running /)
        const without = await command('resume')
        assert.match(without.stderr, 'no run was left')
      } finally {
        await taken.close()
      }
    }))

  test('an install that finds what a run left names the commands for it', () =>
    onGround(async ({ embedded, leave, command }) => {
      const id = await leave({}, 'created')
      const again = ['install', '-q', '--grant-all-permissions', 'vieux/sshfs', '-H', embedded.host]
      const { code, stderr } = await command(...again)
      assert.is(code, 1)
      assert.match(
        stderr,
        `what to do: An install left it behind: continue it (plugin-flow resume ${id}), or take it back (plugin-flow rollback ${id}).\n`,
      )
    }))

  test('an install that finds another plugin names the options for it', () =>
    onGround(async ({ embedded, command }) => {
      const install = [
        'install',
        '-q',
        '--grant-all-permissions',
        'acme/plain',
        '-H',
        embedded.host,
      ]
      assert.is((await command(...install)).code, 0)
      const { code, stderr } = await command(...install)
      assert.is(code, 1)
      assert.match(
        stderr,
        `what to do: Keep it (--if-present keep), remove it first (plugin-flow rm --host ${embedded.host} acme/plain:latest), or choose another name (--alias NAME).\n`,
      )
    }))
})
