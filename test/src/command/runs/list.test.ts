import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { beginRun } from '../../../../adapters/journal/runJournal.ts'
import { describeUpgradeState } from '../../../../src/command/upgrade/upgradeOutcome.ts'
import { describeState } from '../../../../src/command/views/view.ts'
import { connect } from '../../../../src/flow/connect.ts'
import { installPlugin } from '../../../../src/flow/install.ts'
import { suite } from '../../../support/suite.ts'
import { collector } from '../collect.ts'
import { asTerminal } from '../screen.ts'
import { onStage, run } from '../stage.ts'

suite('plugin-flow runs', (test) => {
  test('on a terminal :: words and relative times, each run in a line of 80 columns', async () => {
    const state = mkdtempSync(join(tmpdir(), 'plugin-flow-runs-'))
    try {
      const host = `tcp://engine.${'far-away.'.repeat(6)}example.com:2376`
      const left = await beginRun(join(state, 'plugin-flow'), { host })
      const reference = `registry.example.com/${'acme/'.repeat(9)}left`
      const engine = connect({ host: 'unix:///nosuch', env: {} })
      const flow = installPlugin(engine, { reference, grantAllPermissions: true })
      await left.write(flow.snapshot())
      await flow.result.catch(() => {})
      await left.close()
      const list = async (stdout = collector()) => {
        const { code } = run({ stdout }, { XDG_STATE_HOME: state }, ['runs'])
        assert.is(await code, 0)
        return stdout.text().trimEnd().split('\n')
      }
      const [head = '', row = ''] = await list(asTerminal(collector(), 80))
      assert.equal(head.split(/ {2,}/), ['RUN', 'KIND', 'PLUGIN', 'STATE', 'BEGAN', 'ENGINE'])
      assert.ok(row.length <= 80, `${row.length}: ${row}`)
      const shown =
        /^[0-9a-f]{8} {3}install +regis\S+\.\.\. +left: looking up +\d+ seconds? ago +tcp:\S+\.\.\.$/
      assert.ok(shown.test(row), row)
      const [, whole = ''] = await list()
      assert.match(whole, reference)
      assert.match(whole, host)
    } finally {
      rmSync(state, { recursive: true })
    }
  })

  test('a run of an unknown machine :: it is named, and hides nothing', async () => {
    const state = mkdtempSync(join(tmpdir(), 'plugin-flow-runs-'))
    try {
      const folder = join(state, 'plugin-flow')
      mkdirSync(folder, { mode: 0o700 })
      const began = new Date().toISOString()
      const snapshot = { machine: 'pluginMove', version: 1 }
      const run1 = JSON.stringify({ engine: { host: 'unix:///nosuch' }, began, snapshot })
      writeFileSync(join(folder, '0000000a.json'), run1, { mode: 0o600 })
      const { code, stdout, stderr } = run({}, { XDG_STATE_HOME: state }, ['runs'])
      assert.is(await code, 1)
      assert.match(
        stderr.text(),
        '0000000a.json cannot be read: it is of a machine that this version',
      )
      assert.is(stdout.text().trimEnd().split('\n').length, 1)
    } finally {
      rmSync(state, { recursive: true })
    }
  })

  test('one bad file :: the others are listed, it is named, and the exit status is 1', async () => {
    const state = mkdtempSync(join(tmpdir(), 'plugin-flow-runs-'))
    try {
      const folder = join(state, 'plugin-flow')
      const left = await beginRun(folder, { host: 'unix:///nosuch' })
      const engine = connect({ host: 'unix:///nosuch', env: {} })
      const flow = installPlugin(engine, { reference: 'acme/left', grantAllPermissions: true })
      await left.write(flow.snapshot())
      await flow.result.catch(() => {})
      await left.close()
      const bad = join(folder, '00000000.json')
      writeFileSync(bad, '{"engine":{"host":"\u001b[2J', { mode: 0o600 })
      for (const args of [[], ['--json']]) {
        const { code, stdout, stderr } = run({}, { XDG_STATE_HOME: state }, ['runs', ...args])
        assert.is(await code, 1)
        assert.match(stdout.text(), left.id)
        assert.not.match(stdout.text(), '00000000')
        const why = `plugin-flow: the run in ${bad} cannot be read: it is not valid JSON\n`
        assert.is(stderr.text(), why)
      }
    } finally {
      rmSync(state, { recursive: true })
    }
  })

  test('--all :: those that have ended too, with how', () =>
    onStage(async ({ command }) => {
      const marker = `acme/plain`
      await command('install', '--alias', 'listed-done', marker)
      await command('install', '--alias', 'listed-failed', 'acme/never-listens')
      const { stdout: without } = await command('runs')
      assert.not.match(without, 'listed-')
      const { stdout } = await command('runs', '-a')
      assert.match(stdout, /^[0-9a-f]{8} +install +listed-done:latest +done +\d+ seconds? ago/m)
      assert.match(stdout, /listed-failed:latest +rolled back: plugin-did-not-listen/)
      const { stdout: json } = await command('runs', '--all', '--json')
      assert.not.match(json, '"events"')
    }))

  test('a recorded state that the chart does not have :: has no words', () => {
    const run = { reference: 'acme/left', settingCount: 0, keepOnFailure: false }
    assert.is(describeUpgradeState('cleaning', run)?.short, 'removing the copy')
    for (const path of ['nosuch', '__proto__', 'constructor', 'toString']) {
      assert.is(describeState(path, run), undefined, path)
      assert.is(describeUpgradeState(path, run), undefined, path)
    }
  })
})
