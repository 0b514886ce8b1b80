import * as assert from 'uvu/assert'
import { statePath } from '../../machines/statePath.ts'
import { suite } from '../support/suite.ts'

suite('statePath', (test) => {
  test('of a state, of one in another, and of parallel ones', () => {
    assert.is(statePath('done'), 'done')
    assert.is(statePath({ pulling: 'streaming' }), 'pulling.streaming')
    assert.is(statePath({ one: { inner: 'a' }, other: 'b' }), 'one.inner.a other.b')
    assert.is(statePath({ alone: undefined }), 'alone')
  })
})
