import type { Subscription } from 'rxjs'
import * as assert from 'uvu/assert'
import { Observed } from '../../../src/flow/observed.ts'
import { suite } from '../../support/suite.ts'

suite('Observed', (test) => {
  test('a subscriber that leaves while it is called :: the others get the value, and it gets no more', () => {
    const observed = new Observed<number>()
    const got: string[] = []
    const leaving: Subscription = observed.value$.subscribe((value) => {
      got.push(`first ${value}`)
      leaving.unsubscribe()
    })
    observed.value$.subscribe((value) => got.push(`second ${value}`))
    observed.next(1)
    observed.next(2)
    assert.equal(got, ['first 1', 'second 1', 'second 2'])
  })

  test('a subscriber that comes while another is called :: starts with the value, once', () => {
    const observed = new Observed<number>()
    const got: number[] = []
    const first = observed.value$.subscribe(() => {
      first.unsubscribe()
      observed.value$.subscribe((value) => got.push(value))
    })
    observed.next(1)
    observed.next(2)
    assert.equal(got, [1, 2])
  })

  test('a value after the end :: is not shown, also to a late subscriber', () => {
    const observed = new Observed<number>()
    const got: number[] = []
    observed.next(1)
    observed.complete()
    observed.next(2)
    observed.value$.subscribe((value) => got.push(value))
    assert.equal(got, [1])
  })
})
