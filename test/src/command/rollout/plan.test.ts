import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { startEmbeddedEngine } from '../../../../src/embedded.ts'
import { parsePlan } from '../../../../src/rollout/planFile.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../stage.ts'

/** Runs `rollout plan` with a fleet of one simulated engine and one that is not there. */
async function plan(args: readonly string[], fleet?: object, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rollout-plan-'))
  const embedded = await startEmbeddedEngine({ pace: 0 })
  try {
    const file = join(folder, 'fleet.json')
    const targets = [
      { id: 'one', host: embedded.host, zone: 'eu', labels: { role: 'db' } },
      { id: 'gone', host: `unix://${join(folder, 'gone.sock')}`, zone: 'us' },
    ]
    writeFileSync(file, JSON.stringify(fleet ?? { targets }))
    const argv = ['rollout', 'plan', '--fleet', file, ...args]
    const { code, stdout, stderr } = run(
      {},
      { DOCKER_CONFIG: folder, ...env },
      argv.map((arg) => arg.replace('FOLDER', folder)),
    )
    const exit = await code
    const output = args.includes('-o') ? join(folder, 'plan.json') : undefined
    return {
      exit,
      stdout: stdout.text().replaceAll(folder, 'FOLDER'),
      stderr: stderr.text().replaceAll(folder, 'FOLDER'),
      written: output && exit === 0 ? readFileSync(output, 'utf8') : undefined,
      mode: output && exit === 0 ? statSync(output).mode & 0o777 : undefined,
    }
  } finally {
    await embedded.close()
    rmSync(folder, { recursive: true })
  }
}

const OUTPUT = ['-o', 'FOLDER/plan.json']

suite('rollout plan', (test) => {
  test('writes the plan, and says what it would do', async () => {
    const {
      exit,
      stdout,
      stderr,
      written = '',
      mode,
    } = await plan([
      'vieux/sshfs',
      'DEBUG=1',
      'state.source=/data',
      ...OUTPUT,
      ...['--canary', '1', '--canary', '10%', '--hold', '60', '--batch', '25%', '--parallel', '50'],
      ...['--max-failures', '5%', '--max-unreachable', '1', '--monitor', '30'],
      ...['--on-failure', 'rollback'],
    ])
    assert.is(exit, 0, stderr)
    assert.is(stderr, '')
    assert.is(mode, 0o600)
    const { plugin, strategy, targets } = parsePlan(written, 'the plan')
    assert.equal(plugin.settings, [
      { name: 'DEBUG', value: '1' },
      { name: 'state', field: 'source', value: '/data' },
    ])
    assert.equal(strategy, {
      canaries: [1, '10%'],
      hold: 60_000,
      batch: '25%',
      parallel: 50,
      maxFailures: '5%',
      maxUnreachable: 1,
      monitor: 30_000,
      onFailure: 'rollback',
    })
    assert.equal(
      targets.map(({ id }) => id),
      ['one', 'gone'],
    )
    const told = stdout.split('\n')
    assert.is(told[0], 'plugin      install vieux/sshfs, as vieux/sshfs:latest')
    assert.match(told[1] ?? '', /^digest {6}sha256:[0-9a-f]{64}$/)
    for (const line of [
      /^privileges {2}network: /m,
      /^ {12}setting state\.source=\/data: may point a mount or device of the plugin there$/m,
      /^settings {4}DEBUG=1$/m,
      /^targets {5}2: install \(one, gone\)$/m,
      /^unreachable gone: /m,
      /^strategy {4}canaries: 1, 10%, held for 60 s$/m,
      /^ {12}50 at once, in batches of 25%$/m,
      /^ {12}rollback when more than 5% of 2 fail, or more than 1 do not answer$/m,
      /^ {12}looked at again 30 s after each step$/m,
      /^written to FOLDER\/plan\.json; to carry it out: plugin-flow rollout start FOLDER\/plan\.json$/m,
    ]) {
      assert.match(stdout, line)
    }
  })

  test('without a file the plan is on standard output, and the rest on standard error', async () => {
    const { exit, stdout, stderr } = await plan(['--limit', 'zone=eu,role!=web', 'acme/plain'])
    assert.is(exit, 0, stderr)
    const { targets, strategy } = parsePlan(stdout, 'the plan')
    assert.equal(
      targets.map(({ id }) => id),
      ['one'],
    )
    assert.equal([strategy.canaries, strategy.hold, strategy.parallel], [[1], 'person', 10])
    assert.match(stderr, /^targets {5}1: install \(one\)$/m)
    assert.match(stderr, /held until a person promotes them/)
    assert.not.match(stderr, /written to/)
  })

  test('a removal', async () => {
    const {
      exit,
      stdout,
      written = '',
    } = await plan([...OUTPUT, ...['--kind', 'remove', '--canary', 'none', 'vieux/sshfs']])
    assert.is(exit, 0)
    assert.equal(parsePlan(written, 'the plan').strategy.canaries, [])
    assert.match(stdout, /^plugin {6}remove vieux\/sshfs:latest$/m)
    assert.match(stdout, /1: nothing, as it is as wanted already \(one\)/)
    assert.not.match(stdout, /digest|privileges/)
  })

  test('an upgrade of what is not there leaves the engine out', async () => {
    const { stdout } = await plan([
      ...OUTPUT,
      ...['--kind', 'upgrade', '--name', 'acme/notes:1.0', 'acme/notes:2.0'],
    ])
    assert.match(stdout, /^plugin {6}upgrade acme\/notes:2\.0, as acme\/notes:1\.0$/m)
    assert.match(stdout, /1: left out, as there is no plugin of this name \(one\)/)
  })

  test('secret settings are planned by name', async () => {
    const PLANTED = 'planted-Value-31bd'
    const {
      exit,
      stdout,
      stderr,
      written = '',
    } = await plan(
      [
        ...OUTPUT,
        ...['--set-secret', 'A=@FOLDER/fleet.json', '--set-secret-env', 'B=TOKEN', 'acme/plain'],
      ],
      undefined,
      { TOKEN: PLANTED },
    )
    assert.is(exit, 0, stderr)
    const { settings } = parsePlan(written, 'the plan').plugin
    assert.equal(
      settings.map((setting) => 'from' in setting && setting.from),
      ['file', 'env'],
    )
    assert.match(stdout, /^settings {4}A: secret, from the file FOLDER\/fleet\.json$/m)
    assert.match(stdout, /^ {12}B: secret, from the variable TOKEN$/m)
    for (const text of [stdout, stderr, written]) assert.not.match(text, PLANTED)
  })

  const wrong: [args: string[], words: RegExp][] = [
    [[], /rollout plan needs a PLUGIN/],
    [['a', 'b/c'], /takes one PLUGIN: "b\/c" is not KEY=VALUE/],
    [['a', '--limit', 'zone=moon'], /--limit zone=moon: none of the 2 targets is meant/],
    [['a', '--limit', 'zone=='], /--limit: "zone==" is not a term of it/],
    [['a', '--canary', 'x'], /--canary takes a number of targets or a percentage such as 25%/],
    [['a', '--canary', 'none', '--canary', '1'], /--canary none cannot be combined/],
    [['a', '--parallel', '0'], /--parallel takes a whole number from 1 to 1000, and not "0"/],
    [['a', '--hold', 'x'], /--hold takes whole seconds/],
    [['a', '--max-failures', '200%'], /--max-failures takes a number of targets/],
    [['a', '--set-secret-env', 'A=$B'], /--set-secret-env takes KEY=VARIABLE/],
    [['a', '--set-secret-env', 'A=NOT_THERE'], /needs the variable NOT_THERE/],
    [['a', '--kind', 'remove', 'A=1'], /a removal has no settings/],
    [['a', '--digest', 'x'], /"x" is not a digest/],
    [['A/B'], /lower case/],
    [['acme/plain', '-o', '/nowhere/plan.json'], /--output \/nowhere\/plan.json: there is no such/],
  ]
  for (const [args, words] of wrong) {
    test(`wrong usage :: ${args.join(' ')}`, async () => {
      const { exit, stderr } = await plan(args)
      assert.is(exit, 2, stderr)
      assert.match(stderr, words)
      assert.match(stderr, /; see plugin-flow rollout plan --help\n$/)
    })
  }

  test('without a fleet', async () => {
    const { code, stderr } = run({}, {}, ['rollout', 'plan', 'a'])
    assert.is(await code, 2)
    assert.match(stderr.text(), /rollout plan needs --fleet FILE/)
  })

  test('a fleet file that is wrong :: its line', async () => {
    const { exit, stderr } = await plan(['a'], { targets: [{ id: 'a', hots: 'x' }] })
    assert.is(exit, 2)
    assert.match(
      stderr,
      /the fleet file FOLDER\/fleet\.json cannot be used: targets\[0\]\.hots is un/,
    )
  })

  test('a plan that cannot be made', async () => {
    const { exit, stderr } = await plan(['acme/nosuch', ...OUTPUT])
    assert.is(exit, 1)
    assert.match(stderr, /^plugin-flow: "one": /)
  })
})
