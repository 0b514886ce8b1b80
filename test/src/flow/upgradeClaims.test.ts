import * as assert from 'uvu/assert'
import type { Engine } from '../../../src/flow/types.ts'
import { ownClaim } from '../../../src/flow/upgradeClaims.ts'
import { fakeEngine } from '../../support/fakePorts.ts'
import { suite } from '../../support/suite.ts'

const at = (host?: string): Engine => ({ ...fakeEngine(), ...(host && { host }) })

suite('ownClaim', (test) => {
  test('one run at a time, of a plugin of an engine, whatever its connection', () => {
    const first = ownClaim(at('unix:///a'))
    first.claim('notes', 'copy-1')
    assert.throws(() => ownClaim(at('unix:///a')).claim('notes', 'copy-2'), /copy-1/)
    const others = [ownClaim(at('unix:///b')), ownClaim(at()), ownClaim(at())]
    for (const other of others) other.claim('notes', 'copy-3')
    first.forget()
    const next = ownClaim(at('unix:///a'))
    next.claim('notes', 'copy-2')
    for (const one of [...others, next]) one.forget()
  })

  test('a run that is taken up again keeps it, although its earlier flow ends', () => {
    const [earlier, later] = [ownClaim(at('unix:///a')), ownClaim(at('unix:///a'))]
    earlier.claim('notes', 'copy-1')
    later.claim('notes', 'copy-1')
    earlier.forget()
    assert.throws(() => ownClaim(at('unix:///a')).claim('notes', 'copy-2'), /under way/)
    later.forget()
  })

  test('a look that ends after its run claims nothing', () => {
    const over = ownClaim(at('unix:///a'))
    over.forget()
    over.claim('notes', 'copy-1')
    const next = ownClaim(at('unix:///a'))
    next.claim('notes', 'copy-2')
    next.forget()
  })
})
