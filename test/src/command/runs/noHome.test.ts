import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../support/suite.ts'
import { withoutUser } from '../../../support/withoutUser.ts'
import { onStage, run } from '../stage.ts'

const ADVICE = /Keep it \(--if-present keep\), remove it first .* or choose another name/

suite('plugin-flow :: a user without a home', (test) => {
  test('runs and resume say that no run was recorded', () =>
    withoutUser(async () => {
      const runs = run({}, { HOME: '' }, ['runs'])
      assert.is(await runs.code, 1)
      assert.is(
        runs.stderr.text(),
        'plugin-flow: there is no home, so no run was recorded: set XDG_STATE_HOME\n',
      )
      const resume = run({}, { HOME: '' }, ['resume'])
      assert.is(await resume.code, 2)
      assert.match(resume.stderr.text(), 'there is no home, so no run was recorded')
    }))

  test('install says that it is not recorded, asks, and installs', () =>
    withoutUser(() =>
      onStage(async ({ embedded, config }) => {
        const env = { HOME: '', DOCKER_CONFIG: config, DOCKER_HOST: embedded.host }
        const { code, stdin, stdout, stderr } = run({}, env, ['install', 'vieux/sshfs'])
        await stdout.seen('[y/N] ')
        stdin.write('y\n')
        assert.is(await code, 0)
        assert.match(stderr.text(), 'this run is not recorded: there is no home')
        assert.is(embedded.plugins().length, 1)
        const again = run({}, env, ['install', 'vieux/sshfs'])
        assert.is(await again.code, 1)
        assert.match(again.stderr.text(), ADVICE)
      }),
    ))

  test('a folder of runs that cannot be used :: an install goes on, and its failure has its advice', () =>
    onStage(async ({ embedded, config }) => {
      const state = mkdtempSync(join(tmpdir(), 'plugin-flow-runs-'))
      try {
        writeFileSync(join(state, 'plugin-flow'), '')
        const env = { XDG_STATE_HOME: state, DOCKER_CONFIG: config, DOCKER_HOST: embedded.host }
        const install = () => run({}, env, ['install', 'acme/plain'])
        const first = install()
        assert.is(await first.code, 0)
        assert.match(first.stderr.text(), 'this run is not recorded: ')
        const again = install()
        assert.is(await again.code, 1)
        assert.match(again.stderr.text(), ADVICE)
      } finally {
        rmSync(state, { recursive: true })
      }
    }))
})
