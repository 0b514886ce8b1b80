import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { writeRecord } from '../../../src/command/options/record.ts'
import { readRun } from '../../../src/events/readRun.ts'
import { suite } from '../../support/suite.ts'
import { onStage } from './stage.ts'

suite('--record', (test) => {
  test('an install and an upgrade :: each from its first event to its outcome, without secrets', () =>
    onStage(async ({ command, config }) => {
      const file = join(config, 'run.json')
      writeFileSync(file, 'x'.repeat(100_000))
      const secret = join(config, 'secret')
      writeFileSync(secret, 'planted')
      const reference = 'acme/notes:1.0'
      const grant = '--grant-all-permissions'
      const options = [grant, '--record', file, `--set-secret=DEBUG=@${secret}`]
      const installed = await command('install', ...options, reference)
      assert.is(installed.code, 0, installed.stderr)
      const recorded = () => readRun(JSON.parse(readFileSync(file, 'utf8')))
      assert.equal([recorded()[0]?.type, recorded().at(-1)?.type], ['flow', 'outcome'])
      assert.not.match(readFileSync(file, 'utf8'), 'planted')
      const upgrade = ['upgrade', grant, '--no-way-back=accept', `--record=${file}`]
      await command(...upgrade, reference, 'acme/notes:2.0')
      const [flow] = recorded()
      assert.is(flow?.type === 'flow' && flow.machine, 'pluginUpgrade')
    }))

  test('a file that cannot be written :: refused before anything is done', () =>
    onStage(async ({ command, config, embedded }) => {
      for (const [path, why] of [
        [join(config, 'none/run.json'), 'there is no such folder'],
        [config, 'it is a folder'],
      ] as const) {
        for (const args of [['install'], ['upgrade', 'acme/plain']]) {
          const { code, stderr } = await command(...args, '--record', path, 'acme/plain')
          assert.is(code, 2)
          assert.match(stderr, `--record ${path}: ${why}; see`)
        }
      }
      assert.equal(embedded.requests(), [])
    }))

  test('a dry run has nothing to record', () =>
    onStage(async ({ command }) => {
      const { code, stderr } = await command('install', '--dry-run', '--record', 'x', 'acme/plain')
      assert.is(code, 2)
      assert.match(stderr, 'leave out --record')
    }))

  test('a file that is lost meanwhile :: a line says so', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
    rmSync(folder, { recursive: true })
    const lines: string[] = []
    writeRecord(join(folder, 'run.json'), [], { notice: (line) => lines.push(line) })
    assert.is(lines.length, 1)
    assert.match(lines[0] ?? '', /^plugin-flow: the run is not recorded in .*run\.json: ENOENT/)
  })
})
