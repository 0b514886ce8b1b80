import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { makeOwnFolder, removeFile, replaceFile } from '../../../adapters/journal/files.ts'
import { rejection } from '../../support/fakePorts.ts'
import { suite } from '../../support/suite.ts'

async function onFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-journal-'))
  try {
    await act(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Calls each time that a file has been flushed. */
async function flushing(flushed: () => void, act: () => Promise<void>): Promise<void> {
  const file = await open(import.meta.filename)
  const handles: Pick<FileHandle, 'datasync'> = Object.getPrototypeOf(file)
  await file.close()
  const { datasync } = handles
  handles.datasync = async function (this: FileHandle) {
    await datasync.call(this)
    flushed()
  }
  try {
    await act()
  } finally {
    handles.datasync = datasync
  }
}

suite('files of the journal', (test) => {
  test('one is replaced :: it is on the disk before it takes its place, unless that is not wanted', () =>
    onFolder(async (folder) => {
      const path = join(folder, 'run')
      const flushed: string[][] = []
      const see = () => flushed.push(readdirSync(folder).filter((name) => name === 'run'))
      await flushing(see, async () => {
        await replaceFile(path, 'first')
        assert.equal(flushed, [[]])
        await replaceFile(path, 'second', undefined, false)
        assert.is(flushed.length, 1)
      })
      assert.is(readFileSync(path, 'utf8'), 'second')
    }))

  test('one that is missing is removed already, and one that stays is an error', () =>
    onFolder(async (folder) => {
      await removeFile(join(folder, 'missing'))
      mkdirSync(join(folder, 'stays'))
      assert.match((await rejection(removeFile(join(folder, 'stays')))).message, 'unlink')
    }))

  test('a folder is made with those above it :: all are for their user alone from the beginning', () =>
    onFolder(async (folder) => {
      await makeOwnFolder(join(folder, 'state/runs'))
      const modes = ['state', 'state/runs'].map((name) => statSync(join(folder, name)).mode & 0o777)
      assert.equal(modes, [0o700, 0o700])
    }))
})
