import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { codeCache, fill } from '../../../../src/command/launcher/codeCache.ts'
import { suite } from '../../../support/suite.ts'

const compiled = { code: Buffer.from('code\nof V8'), words: ['ls', 'install'] }
const OTHER_USER = 54_321
const LONG_AGO = new Date(Date.now() - 31 * 24 * 60 * 60 * 1_000)

async function inFolder(act: (base: string, file: () => string) => unknown): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  const folder = join(base, 'plugin-flow')
  try {
    await act(base, () => join(folder, readdirSync(folder)[0] ?? ''))
  } finally {
    rmSync(base, { recursive: true })
  }
}

const open = (base: string, more: NodeJS.ProcessEnv = {}) =>
  codeCache('id', { XDG_CACHE_HOME: base, ...more })

suite('code cache', (test) => {
  test('an entry is read by the id that wrote it alone', () =>
    inFolder((base, file) => {
      assert.is(open(base)?.read(), undefined)
      open(base)?.write(compiled)
      assert.equal(open(base)?.read(), compiled)
      assert.is(codeCache('other', { XDG_CACHE_HOME: base })?.read(), undefined)
      assert.is(statSync(file()).mode & 0o777, 0o600)
      assert.is(statSync(join(base, 'plugin-flow')).mode & 0o777, 0o700)
    }))

  test('below the home where no folder is named by an absolute path', () =>
    inFolder((base) => {
      codeCache('id', { HOME: base, XDG_CACHE_HOME: 'relative' })?.write(compiled)
      assert.is(readdirSync(join(base, '.cache/plugin-flow')).length, 1)
    }))

  for (const [what, env] of Object.entries<NodeJS.ProcessEnv>({
    'turned off as that of Node.js is': { XDG_CACHE_HOME: '/tmp', NODE_DISABLE_COMPILE_CACHE: '1' },
    'while coverage is taken': { XDG_CACHE_HOME: '/tmp', NODE_V8_COVERAGE: '/tmp/coverage' },
    'without a home': {},
  })) {
    test(`${what} :: there is no cache`, () => {
      assert.is(codeCache('id', env), undefined)
    })
  }

  for (const [what, damage] of Object.entries<(file: string) => void>({
    truncated: (file) => truncateSync(file, statSync(file).size - 3),
    empty: (file) => truncateSync(file, 0),
    'with another byte': (file) => {
      const bytes = readFileSync(file)
      bytes[2] = 0
      writeFileSync(file, bytes)
    },
    'writable by others': (file) => chmodSync(file, 0o620),
    'a link': (file) => {
      writeFileSync(`${file}.aside`, readFileSync(file))
      rmSync(file)
      symlinkSync(`${file}.aside`, file)
    },
    'a folder': (file) => {
      rmSync(file)
      mkdirSync(file)
    },
  })) {
    test(`a file that is ${what} is not read`, () =>
      inFolder((base, file) => {
        open(base)?.write(compiled)
        damage(file())
        assert.is(open(base)?.read(), undefined)
      }))
  }

  test('a large file with another byte anywhere is not read', () =>
    inFolder((base, file) => {
      const large = { code: Buffer.alloc(200_000, 'code of V8 '), words: ['ls'] }
      open(base)?.write(large)
      assert.equal(open(base)?.read(), large)
      const written = readFileSync(file())
      for (const at of [0, 70_000, 150_000, 199_999]) {
        const bytes = Buffer.from(written)
        bytes[at] = 0
        writeFileSync(file(), bytes)
        assert.is(open(base)?.read(), undefined, `byte ${at}`)
      }
    }))

  test('a file that has become shorter meanwhile fills no memory', () =>
    inFolder((base) => {
      const path = join(base, 'source')
      writeFileSync(path, 'short')
      const file = openSync(path, 'r')
      assert.throws(() => fill(Buffer.alloc(6), file, 0), 'a short file')
      closeSync(file)
    }))

  test('a folder, or one above it, that others can write to is neither read nor written', () =>
    inFolder((base) => {
      open(base)?.write(compiled)
      for (const folder of [base, join(base, 'plugin-flow')]) {
        chmodSync(folder, 0o770)
        assert.is(open(base), undefined, folder)
        chmodSync(folder, 0o1777)
        assert.equal(open(base)?.read(), compiled, 'nothing can be replaced in it')
        chmodSync(folder, 0o700)
      }
    }))

  test('a folder behind a link is judged by where it is', () =>
    inFolder((base) => {
      mkdirSync(join(base, 'open/cache'), { recursive: true })
      chmodSync(join(base, 'open'), 0o777)
      symlinkSync(join(base, 'open/cache'), join(base, 'link'))
      assert.is(open(join(base, 'link')), undefined)
    }))

  if (process.geteuid?.() === 0) {
    test("another user's file, and folder, are not used", () =>
      inFolder((base, file) => {
        open(base)?.write(compiled)
        chownSync(file(), OTHER_USER, OTHER_USER)
        assert.is(open(base)?.read(), undefined)
        chownSync(base, OTHER_USER, OTHER_USER)
        assert.is(open(base), undefined)
      }))
  }

  test('where nothing can be written :: nothing happens', () =>
    inFolder((base) => {
      writeFileSync(join(base, 'plugin-flow'), '')
      open(base)?.write(compiled)
      assert.is(open(base)?.read(), undefined)
      writeFileSync(join(base, 'file'), '')
      open(join(base, 'file'))?.write(compiled)
      assert.is(open(join(base, 'file'))?.read(), undefined)
      open('/proc/none')?.write(compiled)
    }))

  test('what cannot take its place :: is not left beside it', () =>
    inFolder((base, file) => {
      open(base)?.write(compiled)
      const path = file()
      rmSync(path)
      mkdirSync(path)
      open(base)?.write(compiled)
      assert.equal(readdirSync(join(base, 'plugin-flow')).length, 1)
    }))

  test('old files are removed with the next one that is written', () =>
    inFolder((base) => {
      open(base)?.write(compiled)
      const [old, young] = [join(base, 'plugin-flow/old'), join(base, 'plugin-flow/young')]
      for (const file of [old, young]) writeFileSync(file, '')
      utimesSync(old, LONG_AGO, LONG_AGO)
      open(base)?.write(compiled)
      assert.equal([existsSync(old), existsSync(young)], [false, true])
    }))
})
