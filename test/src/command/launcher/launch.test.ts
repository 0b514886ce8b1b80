import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { launch } from '../../../../src/command/launcher/launch.ts'
import { suite } from '../../../support/suite.ts'

const seen: unknown[] = []
Object.assign(globalThis, { seenByLaunchTest: seen })

const CODE = `// ${'0'.repeat(64)}
const { basename } = require('node:path')
seenByLaunchTest.push([basename(__filename), basename(__dirname).length > 0, typeof module.exports])
`

async function onStage(
  act: (start: (...argv: string[]) => (code: number) => number, folder: string) => unknown,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  const cache = join(folder, 'cache')
  const file = join(folder, 'plugin-flow.cjs')
  writeFileSync(file, CODE)
  utimesSync(file, 1, 1)
  /** Returns what ends the process, and tells how many files are kept then. */
  const start = (...argv: string[]) => {
    const listeners: ((code: number) => void)[] = []
    const { stdout } = process
    const on = (_: 'exit', listener: (code: number) => void) => listeners.push(listener)
    launch({ argv: ['node', file, ...argv], env: { XDG_CACHE_HOME: cache }, stdout, on }, folder)
    return (code: number) => {
      for (const listener of listeners) listener(code)
      return listeners.length
    }
  }
  try {
    await act(start, folder)
  } finally {
    rmSync(folder, { recursive: true })
    seen.length = 0
  }
}

const kept = (folder: string) => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /^cache.*-0{64}-/.test(name))
}

suite('launcher', (test) => {
  test('the command gets what a CommonJS file has', () =>
    onStage((start) => {
      start('ls')
      assert.equal(seen, [['plugin-flow.cjs', true, 'object']])
    }))

  test('its compiled code is kept after a new command that has ended well, and used for the next', () =>
    onStage((start, folder) => {
      assert.is(start('ls')(1), 1)
      assert.equal(kept(folder), [])
      assert.is(start('-H', 'x:y', 'ls')(0), 1)
      assert.is(kept(folder).length, 1)
      assert.is(start('ls')(0), 0, 'there is nothing new')
      assert.is(start('pluginflow', 'ls')(0), 0, "by Docker's client it is the same command")
      assert.is(start('install', 'acme/plain')(0), 1)
      assert.is(start('ls')(0), 0)
      assert.is(kept(folder).length, 1)
      assert.is(seen.length, 6)
    }))

  test('code that has been kept with many words :: is written no more for others', () =>
    onStage((start) => {
      const letters = [...'abcdefgh']
      const words = ['a', 'b', 'c', 'd'].flatMap((first) => letters.map((last) => first + last))
      for (const word of words) assert.is(start(word)(0), 1, word)
      assert.is(start('ls')(0), 0)
      assert.is(start('aa')(0), 0)
    }))

  test('without a command :: nothing is kept', () =>
    onStage((start, folder) => {
      assert.is(start('--help')(0), 0)
      assert.equal(kept(folder), [])
    }))

  test('code that V8 rejects is compiled again', () =>
    onStage((start, folder) => {
      start('ls')(0)
      // Under the same name, and of another length.
      const file = join(folder, 'plugin-flow.cjs')
      writeFileSync(file, `${CODE}// more\n`)
      utimesSync(file, 1, 1)
      assert.is(start('ls')(0), 1)
      assert.is(start('ls')(0), 0)
      assert.is(seen.length, 3)
    }))

  test('code of a file that was replaced is not used', () =>
    onStage((start, folder) => {
      start('ls')(0)
      utimesSync(join(folder, 'plugin-flow.cjs'), 2, 2)
      assert.is(start('ls')(0), 1)
    }))

  test('an error names its line and its column', () =>
    onStage((start, folder) => {
      const file = join(folder, 'plugin-flow.cjs')
      for (const [code, place] of [
        ['null.x', '1:6'],
        ['\n  null.x', '2:8'],
      ] as const) {
        writeFileSync(file, code)
        try {
          start('ls')
          assert.unreachable()
        } catch (error) {
          assert.match((error as Error).stack ?? '', `${file}:${place}`)
        }
      }
    }))

  for (const [argv, answer] of [
    [['--version'], /^plugin-flow \d+\.\d+\.\d+\n$/],
    [['-v'], /^plugin-flow \d+\.\d+\.\d+\n$/],
    [['docker-cli-plugin-metadata', 'ls'], /^\{"SchemaVersion":"0\.1\.0",.*\}\n$/],
  ] as const) {
    test(`${argv[0]} :: it answers without the command, and a reader that goes away is no error`, () => {
      const stdout = new PassThrough()
      const on = () => assert.unreachable('nothing is loaded')
      launch({ argv: ['node', 'bin.cjs', ...argv], env: {}, stdout, on }, '/nonexistent')
      assert.match(String(stdout.read()), answer)
      stdout.emit('error', new Error('EPIPE'))
    })
  }

  test('as a program', async () => {
    const file = join(import.meta.dirname, '../../../../src/command/launcher.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      file,
      '--version',
    ])
    assert.match(stdout, /^plugin-flow \d/)
  })
})
