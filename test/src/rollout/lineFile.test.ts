import fs, {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { completeLines, lastLine, openLines } from '../../../src/rollout/lineFile.ts'
import { suite } from '../../support/suite.ts'

function onPath(act: (path: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  try {
    act(join(folder, 'lines'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** While it acts, a disk takes so many bytes more of a file that is open, and is full then. */
function withRoomFor(bytes: number, act: () => void) {
  const { writeSync } = fs
  let room = bytes
  const write = (file: number, content: Uint8Array, at = 0) => {
    if (room === 0) throw Object.assign(new Error('ENOSPC: as asked'), { code: 'ENOSPC' })
    const written = writeSync(file, content, at, Math.min(room, content.length - at))
    room -= written
    return written
  }
  fs.writeSync = write as typeof fs.writeSync
  syncBuiltinESMExports()
  try {
    act()
  } finally {
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  }
}

suite('line file', (test) => {
  test('lines of any length :: the last one is found, and one that was cut is not', () =>
    onPath((path) => {
      assert.is(lastLine(path), undefined)
      for (const length of [0, 1, 20_000, 70_000, 2]) {
        const file = openLines(path)
        file.add('é'.repeat(length))
        file.close()
        assert.is(lastLine(path), 'é'.repeat(length))
        appendFileSync(path, 'é'.repeat(30_000).slice(0, 2 * length))
        assert.is(lastLine(path), 'é'.repeat(length))
      }
      assert.equal(
        completeLines(path).map(({ length }) => length),
        [0, 1, 20_000, 70_000, 2],
      )
      writeFileSync(path, 'cut')
      assert.is(lastLine(path), undefined)
      openLines(path).close()
      assert.is(readFileSync(path, 'utf8'), '')
    }))

  test('a file that has grown :: is replaced by its last line, for its owner alone', () =>
    onPath((path) => {
      const file = openLines(path, 30)
      for (const line of ['first'.repeat(6), 'second', 'third']) file.add(line)
      assert.equal(completeLines(path), ['second', 'third'])
      file.close()
      assert.is(statSync(path).mode & 0o077, 0)
    }))

  test('a line for which the disk has no room :: thrown, and no part of it spoils the next one', () =>
    onPath((path) => {
      const file = openLines(path)
      file.add('first')
      withRoomFor(4, () => assert.throws(() => file.add('second'), /ENOSPC/))
      assert.is(readFileSync(path, 'utf8'), 'first\n')
      file.add('third')
      assert.equal(completeLines(path), ['first', 'third'])
      file.close()
    }))
})
