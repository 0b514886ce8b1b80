import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { catalogue } from '../../../machines/catalogue.ts'
import { jsonView } from '../../../src/command/views/jsonView.ts'
import { type Schema, violations } from '../../support/jsonSchema.ts'
import { suite } from '../../support/suite.ts'
import { collected, shownRun } from './collect.ts'
import { lines, onStage, run, type Stage } from './stage.ts'
import { away, done, left, removed, rolledBack } from './views.ts'

const path = join(import.meta.dirname, '../../../docs/command.schema.json')
const schema: Schema = JSON.parse(readFileSync(path, 'utf8'))
const GRANT = '--grant-all-permissions'
const SSHFS = 'vieux/sshfs'

/** Installs whose lines are looked at, and the forms that are among them. */
const installs: [args: string[], forms: string[]][] = [
  [
    [SSHFS, GRANT, 'DEBUG=1', 'state.source=/data'],
    ['transition', 'progress', 'done'],
  ],
  [
    ['acme/plain', '--alias', 'a', '--if-present', 'keep'],
    ['transition', 'done'],
  ],
  [['acme/dies'], ['transition', 'rolledBack']],
  [['acme/dies', '--keep-on-failure', '--alias', 'b'], ['rolledBack']],
  [['acme/nosuch'], ['rolledBack']],
  [
    [SSHFS, '--alias', 'c'],
    ['consent', 'rolledBack'],
  ],
  [['vieux/SSHFS'], ['rolledBack']],
  [['registry.example.com/acme/private:1.0'], ['rolledBack']],
  [['acme/plain', '-H', 'nowhere'], ['rolledBack']],
  [['acme/plain', '-H', 'unix:///nowhere/engine.sock'], ['rolledBack']],
  [[SSHFS, '--alias', 'd', '--dry-run'], ['plan']],
  [[SSHFS, '--alias', 'd', '--dry-run', '--allow', 'mount:/x', 'state=/x'], ['plan']],
  [['acme/plain', '--alias', 'd', '--dry-run', GRANT], ['plan']],
]

/** Upgrades of acme/notes 1.0, and the forms that are among their lines. */
const upgrades: [args: string[], forms: string[]][] = [
  [['--dry-run', 'acme/notes:2.0'], ['upgradePlan']],
  [['acme/notes:2.0'], ['upgradeConsent', 'upgradeRolledBack']],
  [[GRANT, '--no-way-back', 'accept'], ['upgraded']],
  [
    [GRANT, '--mode', 'in-place', 'acme/notes:2.0', 'LEVEL=debug'],
    ['transition', 'progress', 'upgraded'],
  ],
  [[GRANT, '--keep-on-failure', '--mode', 'in-place', 'acme/notes:3.0'], ['stranded']],
]

async function upgradeLines({ embedded, config }: Stage, args: readonly string[]) {
  const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host }
  const argv = ['upgrade', '--json', 'acme/notes:1.0', ...args]
  const { code, stdin, stdout } = run({}, env, argv)
  stdin.end()
  await code
  return lines(stdout).map((line) => JSON.parse(line) as unknown)
}

async function linesOf({ run }: Stage, args: readonly string[]): Promise<unknown[]> {
  const { code, stdin, stdout } = run('--json', ...args)
  stdin.end()
  await code
  return lines(stdout).map((line) => JSON.parse(line))
}

function formOf(line: unknown): string {
  const { type, state, ...rest } = line as { type: string; state?: string; plugin?: object }
  if (type === 'consent') return 'wayBack' in rest ? 'upgradeConsent' : type
  if (state === 'rolledBack') return 'remnants' in rest ? 'upgradeRolledBack' : state
  if (state === 'done') return 'mode' in (rest.plugin ?? {}) ? 'upgraded' : state
  return type === 'outcome' ? String(state) : type
}

suite('command.schema.json', (test) => {
  test('every line of real installs and upgrades is valid', () =>
    onStage(async (stage) => {
      const seen = new Set<string>()
      await stage.command('install', GRANT, 'acme/notes:1.0', 'DEBUG=1', 'state.source=/data')
      const all = [
        ...installs.map((row) => [linesOf, ...row] as const),
        ...upgrades.map((row) => [upgradeLines, ...row] as const),
      ]
      for (const [tell, args, forms] of all) {
        const told = await tell(stage, args)
        for (const line of told) {
          assert.equal(violations(schema, line), [], JSON.stringify(line))
          seen.add(formOf(line))
        }
        for (const form of forms) {
          assert.ok(
            told.some((line) => formOf(line) === form),
            `${args.join(' ')}: ${form}: ${JSON.stringify(told.at(-1))}`,
          )
        }
      }
      const forms = schema.oneOf?.map(({ $ref = '' }) => $ref.replace('#/$defs/', '')) ?? []
      assert.equal([...seen, 'credentials', 'queued', 'retry', 'warning'].sort(), forms.sort())
    }))

  test('every outcome is valid', () => {
    const stdout = collected()
    const view = jsonView({
      run: shownRun(),
      stdout,
      stderr: collected(),
      now: () => 0,
    })
    view.asking({ registry: 'docker.io', attempt: 1, reason: 'missing' })
    view.retry(away)
    view.queued({ ahead: 2, at: 5 })
    view.warning?.({ code: 'credential-helper', message: 'docker-credential-x is missing' })
    view.outcome(done, 0)
    const id = done.plugin.id
    const kept = {
      result: 'kept',
      name: 'a',
      id,
      enabled: true,
      command: 'docker plugin rm a',
    } as const
    for (const rollback of [removed, left, { ...left, id }, kept]) {
      view.outcome(rolledBack(rollback), 143)
    }
    assert.is(lines(stdout.stream).length, 9)
    for (const line of lines(stdout.stream)) {
      assert.equal(violations(schema, JSON.parse(line)), [], line)
    }
  })

  test('a missing or additional field, or one of another type, is invalid', () =>
    onStage(async (stage) => {
      const told = await linesOf(stage, [SSHFS, GRANT, 'DEBUG=1'])
      const [first, last] = [told[0] as object, told.at(-1) as object]
      for (const line of [first, last]) {
        assert.equal(violations(schema, line), [])
        assert.not.equal(violations(schema, { ...line, more: 1 }), [])
        for (const name of Object.keys(line)) {
          assert.not.equal(violations(schema, { ...line, [name]: null }), [], name)
          const less = Object.fromEntries(Object.entries(line).filter(([key]) => key !== name))
          assert.not.equal(violations(schema, less), [], name)
        }
      }
    }))

  test('a line of ls is valid', () =>
    onStage(async ({ command }) => {
      await command('install', 'acme/plain')
      const { stdout } = await command('ls', '--format', 'json')
      const listed = schema.$defs?.listedPlugin ?? {}
      assert.equal(violations(schema, JSON.parse(stdout), listed), [])
    }))

  test('the lines of runs --json, ended ones too', () =>
    onStage(async ({ command }) => {
      await command('install', 'acme/plain')
      await command('install', 'acme/never-listens')
      const { stdout } = await command('runs', '--all', '--json')
      const listed = schema.$defs?.listedRun ?? {}
      const runs = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      assert.ok(runs.some(({ failure }) => failure?.code === 'plugin-did-not-listen'))
      for (const run of runs) assert.equal(violations(schema, run, listed), [])
    }))

  test('the codes of a failure are those of the catalogue', () => {
    const codes = schema.$defs?.code?.enum
    assert.equal(codes?.sort(), Object.keys(catalogue).sort())
  })
})
