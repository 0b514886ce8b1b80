import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

interface LockedPackage {
  integrity?: string
  resolved?: string
}

const text = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')
const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> }

suite('package-lock.json', (test) => {
  const locked = Object.entries(packages).filter(([path]) => path !== '')

  test('every package has the hash that its download is checked by', () => {
    assert.ok(locked.length > 100, `${locked.length} packages`)
    const without = locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))
    assert.equal(
      without.map(([path]) => path),
      [],
    )
  })

  // The address is that of whichever registry the last install used: a fork elsewhere could not install from it.
  test('no package has a download address', () => {
    const addressed = locked.filter(([, { resolved }]) => resolved !== undefined)
    assert.equal(
      addressed.map(([path]) => path),
      [],
    )
  })
})
