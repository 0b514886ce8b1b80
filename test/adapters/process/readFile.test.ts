import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type ReadBounds, readFile } from '../../../adapters/process/readFile.ts'
import { suite } from '../../support/suite.ts'

async function inFolder(act: (at: (name: string) => string) => unknown): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-read-'))
  try {
    await act((name) => join(folder, name))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function makePipe(path: string): string {
  execFileSync('mkfifo', [path])
  return path
}

/** The text of a file, or why it was not read. */
function read(path: string, bounds: Partial<ReadBounds> = {}): string {
  try {
    return readFile(path, { most: 100, ...bounds }).toString()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code ?? message
  }
}

suite('reading a file that a person or a configuration names', (test) => {
  test('a file :: all of it, and one byte too much is refused', () =>
    inFolder((at) => {
      const path = at('file')
      writeFileSync(path, '')
      assert.is(read(path), '')
      writeFileSync(path, 'x'.repeat(100))
      assert.is(read(path), 'x'.repeat(100))
      writeFileSync(path, 'x'.repeat(101))
      assert.is(read(path), 'it has more than 100 bytes')
    }))

  test('an endless device :: is not read any further', () => {
    assert.is(read('/dev/zero', { most: 1024 ** 2 }), 'it has more than 1 MiB')
    assert.is(read('/dev/null'), '')
  })

  test('nothing, a folder and a socket :: the error of the system', () =>
    inFolder(async (at) => {
      const server = createServer().listen(at('socket'))
      await once(server, 'listening')
      assert.equal(
        ['nothing', '', 'socket'].map((name) => read(at(name))),
        ['ENOENT', 'EISDIR', 'ENXIO'],
      )
      server.close()
    }))

  test('a pipe without a writer :: is not waited for, or not for long', () =>
    inFolder((at) => {
      const path = makePipe(at('pipe'))
      const why = 'it is a pipe that nothing writes to'
      assert.is(read(path), why)
      assert.is(read(path, { pipe: { writer: 60, end: 60_000 } }), why)
    }))

  test('a pipe whose writer comes late, and writes bit by bit :: all of it', () =>
    inFolder(async (at) => {
      const path = makePipe(at('pipe'))
      const script = 'sleep 0.1; { printf one; sleep 0.1; printf two; } > "$0"'
      const writer = spawn('sh', ['-c', script, path])
      const ended = once(writer, 'close')
      assert.is(read(path, { pipe: { writer: 60_000, end: 60_000 } }), 'onetwo')
      await ended
    }))

  test('a pipe whose writer stays and writes nothing :: is given up', () =>
    inFolder((at) => {
      const path = makePipe(at('pipe'))
      const writer = openSync(path, constants.O_RDWR)
      const why = 'what writes to it does not come to an end'
      assert.is(read(path), why)
      assert.is(read(path, { pipe: { writer: 60_000, end: 60 } }), why)
      closeSync(writer)
    }))
})
