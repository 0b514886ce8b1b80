import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { findProgram } from '../../../adapters/process/findProgram.ts'
import { suite } from '../../support/suite.ts'

suite('findProgram', (test) => {
  test('the first on the PATH that can be run, and none of the current folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'find-program-'))
    const make = (name: string, mode: number) => {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'tool'), '', { mode })
    }
    make('text', 0o644)
    make('one', 0o755)
    make('two', 0o755)
    mkdirSync(join(folder, 'folder', 'tool'), { recursive: true })
    const find = (...names: string[]) => {
      const PATH = names.map((name) => (name === '.' ? name : join(folder, name))).join(':')
      return findProgram('tool', { PATH }, 'linux')
    }
    try {
      assert.is(await find('none', 'text', 'folder', 'two', 'one'), join(folder, 'two', 'tool'))
      assert.is(await find('one', 'two'), join(folder, 'one', 'tool'))
      assert.is(await find('.', 'text', 'folder'), undefined)
      assert.is(await findProgram('tool', {}, 'linux'), undefined)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
