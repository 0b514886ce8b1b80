import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { identify, version } from '../../../../src/command/launcher/identify.ts'
import { suite } from '../../../support/suite.ts'

const manifest = join(import.meta.dirname, '../../../../package.json')
const VERSION = JSON.parse(readFileSync(manifest, 'utf8')).version

suite('identify', (test) => {
  test('the version is that of the package, found from any folder of it', () => {
    assert.is(version(), VERSION)
    assert.is(version(join(import.meta.dirname, 'no/such/folder')), VERSION)
    // It has a manifest of its own.
    assert.is(version(join(import.meta.dirname, '../../../../node_modules/uvu')), VERSION)
  })

  test('outside of it, it is unknown', () => {
    assert.is(version('/'), 'unknown')
  })

  test('only of an invocation that asks for nothing else', () => {
    assert.is(identify(['--version']), `plugin-flow ${VERSION}\n`)
    for (const argv of [[], ['--version', 'ls'], ['ls', '--version'], ['version']]) {
      assert.is(identify(argv), undefined, argv.join(' '))
    }
  })
})
