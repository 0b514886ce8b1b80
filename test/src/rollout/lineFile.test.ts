import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
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
})
