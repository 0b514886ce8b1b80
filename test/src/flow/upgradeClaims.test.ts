import * as assert from 'uvu/assert'
import { type ConnectedEngine, connect } from '../../../src/flow/connect.ts'
import type { Engine } from '../../../src/flow/types.ts'
import { ownClaim } from '../../../src/flow/upgradeClaims.ts'
import { fakeEngine } from '../../support/fakePorts.ts'
import { suite } from '../../support/suite.ts'

const at = (host: string): ConnectedEngine => connect({ host, env: {} })
/** An engine of the host's own, with words for people. */
const own = (): Engine => ({ ...fakeEngine(), host: 'unix:///a' })

suite('ownClaim', (test) => {
  test('one run at a time, of a plugin of an engine, whatever its connection', () => {
    const first = ownClaim(at('unix:///a'))
    first.claim('notes', 'copy-1')
    const copyOf = { ...at('unix:///a'), configured: async () => undefined }
    for (const same of [at('unix:///a'), copyOf]) {
      assert.throws(() => ownClaim(same).claim('notes', 'copy-2'), /copy-1/)
    }
    const others = [ownClaim(at('unix:///b')), ownClaim(own()), ownClaim(own())]
    for (const other of others) other.claim('notes', 'copy-3')
    first.forget()
    const next = ownClaim(at('unix:///a'))
    next.claim('notes', 'copy-2')
    const engine = own()
    const again = ownClaim(engine)
    again.claim('notes', 'copy-4')
    assert.throws(() => ownClaim(engine).claim('notes', 'copy-5'), /copy-4/)
    for (const one of [...others, next, again]) one.forget()
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
