import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { beginRun } from '../../../adapters/journal/runJournal.ts'
import { readSecrets } from '../../../src/command/options/secrets.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { connect, installPlugin } from '../../../src/index.ts'
import { PLANTED } from '../../support/engineFailure.ts'
import { type Schema, violations } from '../../support/jsonSchema.ts'
import { mortal } from '../../support/mortal.ts'
import { suite } from '../../support/suite.ts'
import { type Ended, onStage, run, type Stage } from './stage.ts'

const schema: Schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/command.schema.json'), 'utf8'),
)
const REFERENCE = 'acme/volumes'
const GRANT = '--grant-all-permissions'

function onVolumes(act: (stage: Stage) => Promise<void>): Promise<void> {
  const Env = ['USER', 'PASSWORD'].map((Name) => ({ Name, Settable: ['value'] }))
  const repositories = { [REFERENCE]: { latest: definePlugin({ config: { Env } }) } }
  return onStage(act, { registries: { 'docker.io': { repositories } } })
}

function secretFile({ config }: Pick<Stage, 'config'>, content: string | Buffer): string {
  const path = join(config, 'password.txt')
  writeFileSync(path, content)
  return path
}

function pipe(file: string): string {
  assert.is(spawnSync('mkfifo', [`${file}.pipe`]).status, 0)
  return `${file}.pipe`
}

const envOf = ({ embedded }: Stage) => embedded.plugins()[0]?.Settings.Env

function assertUntold({ stdout, stderr }: Ended): void {
  assert.not.match(stdout + stderr, PLANTED)
}

suite('plugin-flow install --set-secret', (test) => {
  for (const end of ['', '\n', '\r\n']) {
    test(`a file that ends in ${JSON.stringify(end)} :: is set without it, and not shown`, () =>
      onVolumes(async (stage) => {
        const option = `PASSWORD=@${secretFile(stage, PLANTED + end)}`
        const ended = await stage.command(
          ...['install', REFERENCE, 'USER=me', '--set-secret', option, GRANT, '--json'],
        )
        assert.is(ended.code, 0)
        assert.equal(envOf(stage), ['USER=me', `PASSWORD=${PLANTED}`])
        assertUntold(ended)
        const told = ended.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
        for (const line of told) assert.equal(violations(schema, line), [])
        const last = told.at(-1)
        assert.equal(last.plugin.settings, ['USER', 'PASSWORD'])
        assert.equal(last.plugin.consent.request.settings, [
          { setting: 'USER', widens: false },
          { setting: 'PASSWORD', secret: true, widens: false },
        ])
      }))
  }

  test('several lines are kept, but for the last line break', () =>
    onVolumes(async (stage) => {
      const option = `PASSWORD=@${secretFile(stage, 'a\nb\n\n')}`
      const { code } = await stage.command('install', REFERENCE, '--set-secret', option)
      assert.is(code, 0)
      assert.equal(envOf(stage)?.at(-1), 'PASSWORD=a\nb\n')
    }))

  test('a dry run and --if-present keep :: compare the value', () =>
    onVolumes(async (stage) => {
      const install = ['install', REFERENCE, '--set-secret']
      const option = `PASSWORD=@${secretFile(stage, PLANTED)}`
      const dry = await stage.command(...install, option, '--dry-run', '--json')
      assertUntold(dry)
      assert.match(dry.stdout, '/set"')
      await stage.command(...install, option)
      const kept = await stage.command(...install, option, '--if-present', 'keep')
      assert.match(kept.stdout, 'nothing was changed')
      secretFile(stage, `${PLANTED}2`)
      const other = await stage.command(...install, option, '--if-present', 'keep')
      assert.is(other.code, 1)
      assert.match(other.stderr, 'its setting PASSWORD is another')
      assertUntold(other)
    }))

  const wrong: [name: string, args: (file: string) => string[], words: string][] = [
    ['no file', () => [`PASSWORD=@/nowhere/x`], 'PASSWORD: /nowhere/x: there is no such file'],
    ['a path below a file', (file) => [`PASSWORD=@${file}/x`], 'there is no such file'],
    ['a folder', (file) => [`PASSWORD=@${join(file, '..')}`], 'it is a folder'],
    ['a pipe without a writer', (file) => [`PASSWORD=@${pipe(file)}`], 'nothing writes to'],
    ['an endless device', () => ['PASSWORD=@/dev/zero'], 'it has more than 131072 bytes'],
    ['a value', () => [`PASSWORD=${PLANTED}`], '--set-secret takes KEY=@FILE'],
    ['no name', (file) => [`=@${file}`], '--set-secret takes KEY=@FILE'],
    ['no path', () => ['PASSWORD=@'], '--set-secret takes KEY=@FILE'],
    ['the standard input', () => ['PASSWORD=@-'], 'takes a file, not standard input'],
    ['twice', (f) => [`A=@${f}`, '--set-secret', `A=@${f}`], 'the setting A is given twice'],
    ['as another setting', (f) => [`A=@${f}`, 'A=1'], 'the setting A is given twice'],
  ]
  for (const [name, args, words] of wrong) {
    test(`${name} :: one line, 2, and nothing is sent`, () =>
      onVolumes(async (stage) => {
        const given = args(secretFile(stage, PLANTED))
        const ended = await stage.command('install', REFERENCE, '--set-secret', ...given)
        assert.is(ended.code, 2)
        assert.match(ended.stderr, words)
        assert.is(ended.stderr.split('\n').length, 2)
        assert.equal(stage.embedded.requests(), [])
        assertUntold(ended)
      }))
  }

  const contents: [name: string, content: string | Buffer, words: string][] = [
    ['nothing', '', 'it is empty'],
    ['a line break', '\n', 'it is empty'],
    ['too much', 'x'.repeat(131_073), 'it has more than 131072 bytes'],
    ['no UTF-8', Buffer.from([0x61, 0xff, 0x62]), 'it is not text in UTF-8'],
    ['a NUL', 'a\0b', 'it is not text in UTF-8'],
  ]
  for (const [name, content, words] of contents) {
    test(`a file with ${name} :: one line, and 2`, () =>
      onVolumes(async (stage) => {
        const option = `PASSWORD=@${secretFile(stage, content)}`
        const { code, stderr } = await stage.command('install', REFERENCE, '--set-secret', option)
        assert.is(code, 2)
        assert.match(stderr, words)
      }))
  }

  test('the target of a mount cannot be secret :: 2', () =>
    onVolumes(async (stage) => {
      const option = `state.source=@${secretFile(stage, '/etc')}`
      const { code, stderr } = await stage.command('install', REFERENCE, '--set-secret', option)
      assert.is(code, 2)
      assert.match(stderr, 'the setting "state.source" cannot be secret')
    }))
})

suite('readSecrets', (test) => {
  test('a pipe is read once, to its end', () =>
    onVolumes(async ({ config }) => {
      const path = join(config, 'pipe')
      assert.is(spawnSync('mkfifo', [path]).status, 0)
      const writer = spawn('sh', ['-c', 'printf "a\\nb\\n" > "$0"', path])
      const ended = once(writer, 'close')
      const read = readSecrets({ secrets: [{ name: 'A', path }] })
      assert.equal(read, new Map([['A', 'a\nb']]))
      await ended
    }))

  test('no secrets', () => assert.equal(readSecrets({}), new Map()))
})

suite('plugin-flow set --set-secret', (test) => {
  test('is set, and not shown', () =>
    onVolumes(async (stage) => {
      await stage.command('install', '--disable', REFERENCE)
      const option = `PASSWORD=@${secretFile(stage, PLANTED)}`
      const set = await stage.command('set', '--set-secret', option, REFERENCE)
      assert.equal(set, { code: 0, stdout: '', stderr: '' })
      assert.equal(envOf(stage)?.at(-1), `PASSWORD=${PLANTED}`)
      const bad = await stage.command('set', '--set-secret', `BAD=@${option.slice(10)}`, REFERENCE)
      assert.is(bad.code, 1)
      assertUntold(bad)
      const none = await stage.command('set', REFERENCE)
      assert.match(none.stderr, 'set needs a KEY=VALUE')
    }))
})

suite('plugin-flow resume --set-secret', (test) => {
  test('goes on with the value; without it one line says what to do', () =>
    onLeftRun(async ({ stage, resumed, id }) => {
      const without = await resumed('resume')
      assert.is(without.code, 2)
      assert.match(
        without.stderr,
        `PASSWORD is secret and not recorded: use --set-secret PASSWORD=@FILE, or plugin-flow rollback ${id}`,
      )
      const option = `PASSWORD=@${secretFile(stage, `${PLANTED}2\n`)}`
      const unknown = await resumed('resume', '--set-secret', option, '--set-secret', 'B=@x')
      assert.is(unknown.code, 2)
      assert.match(unknown.stderr, 'the run has no secret setting B')
      const ended = await resumed('resume', '--set-secret', option)
      assert.is(ended.code, 0)
      assert.equal(envOf(stage)?.at(-1), `PASSWORD=${PLANTED}2`)
      for (const each of [without, unknown, ended]) assertUntold(each)
    }))

  test('a run can be taken back without the value', () =>
    onLeftRun(async ({ stage, resumed }) => {
      const { code, stdout } = await resumed('rollback')
      assert.is(code, 0)
      assert.match(stdout, 'was removed\n')
      assert.equal(stage.embedded.plugins(), [])
    }))
})

interface LeftRun {
  stage: Stage
  id: string
  resumed(...argv: string[]): Promise<Ended>
}

/** A run in the journal that was about to set when its process died. */
function onLeftRun(act: (ground: LeftRun) => Promise<void>): Promise<void> {
  return onVolumes(async (stage) => {
    const { config, embedded } = stage
    const engine = connect({ host: embedded.host, env: {} })
    const stop = new AbortController()
    const { id, write, close } = await beginRun(join(config, 'plugin-flow'), { host: engine.host })
    const flow = installPlugin(
      mortal(engine, 7, 'before', () => stop.abort()),
      {
        reference: REFERENCE,
        settings: { PASSWORD: { value: PLANTED, secret: true } },
        journal: write,
      },
    )
    await once(stop.signal, 'abort')
    await close()
    assert.is(flow.snapshot().state, 'configuring')
    for (const name of readdirSync(join(config, 'plugin-flow'))) {
      assert.not.match(readFileSync(join(config, 'plugin-flow', name), 'utf8'), PLANTED)
    }
    const env = { DOCKER_CONFIG: config, XDG_STATE_HOME: config }
    try {
      await act({
        stage,
        id,
        async resumed(...argv) {
          const { code, stdout, stderr } = run({}, env, argv)
          return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
        },
      })
    } finally {
      engine.close()
    }
  })
}
