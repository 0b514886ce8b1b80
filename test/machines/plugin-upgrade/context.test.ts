import * as assert from 'uvu/assert'
import { makeFailure } from '../../../machines/failure.ts'
import { initialContext, namesOf, required } from '../../../machines/plugin-upgrade/context.ts'
import type { UpgradeRun } from '../../../machines/plugin-upgrade/types.ts'
import { suite } from '../../support/suite.ts'
import { copy, old, resolved, upgradeInput } from '../../support/upgradeChart.ts'

const names = {
  name: 'acme/probe:1.0',
  remote: 'docker.io/acme/probe:2.0',
  registry: 'docker.io',
}

suite('initialContext', (test) => {
  const input = upgradeInput()
  const fresh = {
    input,
    phase: 'untouched',
    enable: 'none',
    swap: 'none',
    asksPerson: false,
    credentialsAttempt: 0,
  }

  test('a new run :: nothing is known, not even as undefined', () => {
    assert.equal(initialContext({ input }), fresh)
  })

  test('a run that an earlier process began :: all that it knew', () => {
    const known = { before: old, resolved, copy, failure: makeFailure('cancelled', 'staging') }
    const resumed: UpgradeRun = { phase: 'staging', ...known }
    assert.equal(initialContext({ input: { ...input, resumed } }), {
      ...fresh,
      ...known,
      phase: 'staging',
      input: { ...input, resumed },
      names,
    })
  })

  for (const phase of ['untouched', 'staging', 'disabling', 'swapping'] as const) {
    const unknown = phase === 'swapping' ? 'unknown' : 'none'
    test(`left while it was ${phase} :: the swap and the enable are ${unknown}`, () => {
      const resumed: UpgradeRun = { phase }
      const { enable, swap, ...rest } = initialContext({ input: { ...input, resumed } })
      assert.equal([enable, swap, rest.phase], [unknown, unknown, phase])
      assert.not('names' in rest)
    })
  }
})

suite('namesOf', (test) => {
  test('the local name is that of the plugin :: whatever the new version is called', () => {
    const elsewhere = upgradeInput({ reference: 'registry.example.com/other:3.0' })
    assert.equal(namesOf(elsewhere, old), {
      names: {
        name: 'acme/probe:1.0',
        remote: 'registry.example.com/other:3.0',
        registry: 'registry.example.com',
      },
    })
  })

  test('without a reference :: that which the plugin came from', () => {
    const { reference: _, ...input } = upgradeInput()
    assert.is(namesOf(input, old).names?.remote, 'docker.io/acme/probe:1.0')
  })

  test('a reference that is not valid has no names', () => {
    assert.equal(namesOf(upgradeInput({ reference: 'NO' }), old), {})
  })
})

suite('required', (test) => {
  test('a part that is missing :: named', () => {
    const context = initialContext({ input: upgradeInput() })
    assert.throws(() => required(context, 'plan'), /^the flow has no plan yet$/)
    assert.is(required(context, 'phase'), 'untouched')
  })
})
