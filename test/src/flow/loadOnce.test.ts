import * as assert from 'uvu/assert'
import { loadOnce } from '../../../src/flow/loadOnce.ts'
import { suite } from '../../support/suite.ts'

suite('loadOnce', (test) => {
  test('a part is loaded once, also for those who ask while it is', async () => {
    let loads = 0
    const part = loadOnce(async () => ({ loads: ++loads }))
    assert.is(loads, 0)
    const [first, second] = await Promise.all([part(), part()])
    assert.is(first, second)
    assert.is(await part(), first)
    assert.is(loads, 1)
  })

  test('a part that could not be loaded :: each caller gets an error in words, and the next one tries again', async () => {
    let isThere = false
    const missing = Object.assign(new Error('Cannot find module'), { code: 'ERR_MODULE_NOT_FOUND' })
    const part = loadOnce(async () => {
      if (!isThere) throw missing
      return 'part'
    })
    const reasons = await Promise.allSettled([part(), part()])
    for (const reason of reasons) {
      if (reason.status === 'fulfilled') throw new Error('it was loaded')
      assert.is(reason.reason.code, 'host-failed')
      assert.match(reason.reason.message, '(ERR_MODULE_NOT_FOUND): was it replaced')
    }
    isThere = true
    assert.is(await part(), 'part')
  })
})
