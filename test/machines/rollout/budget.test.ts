import * as assert from 'uvu/assert'
import { budgetOf, canaryEnds, stepEnd } from '../../../machines/rollout/budget.ts'
import type { Share } from '../../../machines/rollout/plan.ts'
import { begun, ends, send, strategyOf } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

/** How many of N targets may fail: floor(p × N). */
const budgets: Record<number, Record<`${number}%`, number>> = {
  1: { '0%': 0, '24%': 0, '25%': 0, '33%': 0, '34%': 0, '100%': 1 },
  3: { '0%': 0, '24%': 0, '25%': 0, '33%': 0, '34%': 1, '100%': 3 },
  4: { '0%': 0, '24%': 0, '25%': 1, '33%': 1, '34%': 1, '100%': 4 },
  10: { '0%': 0, '24%': 2, '25%': 2, '33%': 3, '34%': 3, '100%': 10 },
  100: { '0%': 0, '24%': 24, '25%': 25, '33%': 33, '34%': 34, '100%': 100 },
}

suite('budget', (test) => {
  for (const [targets, shares] of Object.entries(budgets)) {
    for (const [share, budget] of Object.entries(shares)) {
      test(`${share} of ${targets} :: ${budget} may fail, and one more pauses`, () => {
        const size = Number(targets)
        assert.is(budgetOf(share as Share, size), budget)
        const maxFailures = share as Share
        let rollout = begun(size, { maxFailures, parallel: 1 })
        for (let position = 0; position < budget; position++) {
          rollout = send(rollout, ends(position, 'failed'))
        }
        assert.is(rollout.value, budget === size ? 'done' : 'rolling')
        if (budget < size) assert.is(send(rollout, ends(budget, 'failed')).value, 'paused')
      })
    }
  }

  test('a number is meant as it is, and a fraction of a percentage is exact', () => {
    assert.is(budgetOf(3, 100), 3)
    assert.is(budgetOf('33.3%', 1000), 333)
    assert.is(budgetOf('0.29%', 10_000), 29)
  })

  test('canaries are rounded up, come one after another, and there are no more than targets', () => {
    assert.equal(canaryEnds({ canaries: [1, '5%', '25%'] }, 100), [1, 5, 25])
    assert.equal(canaryEnds({ canaries: [1, '5%', '25%'] }, 10), [1, 3])
    assert.equal(canaryEnds({ canaries: [1, 5, 3, 50] }, 20), [1, 5, 20])
    assert.equal(canaryEnds({ canaries: [0, '0%'] }, 20), [1])
    assert.equal(canaryEnds({ canaries: [1] }, 0), [])
  })

  test('batches follow the canaries', () => {
    const strategy = strategyOf({ canaries: [1, 3], batch: '25%' })
    assert.equal(
      [0, 1, 2, 3, 4].map((step) => stepEnd(strategy, 10, step)),
      [1, 3, 6, 9, 10],
    )
    assert.is(stepEnd(strategyOf({ canaries: [1] }), 10, 1), 10)
    assert.is(stepEnd(strategyOf({ batch: 0 }), 10, 0), 1)
  })
})
