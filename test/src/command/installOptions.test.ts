import * as assert from 'uvu/assert'
import { installOptions } from '../../../src/command/install/install.ts'
import { suite } from '../../support/suite.ts'
import { installCommand } from './collect.ts'

suite('installOptions', (test) => {
  test('as typed, with the defaults of the flow', () => {
    assert.equal(installOptions(installCommand(), undefined, new Map()), {
      reference: 'acme/plain:latest',
      settings: [],
      disabled: false,
      grantAllPermissions: false,
      enableTimeout: 0,
      ifPresent: 'fail',
      onFailure: 'remove',
      policy: { timeouts: { enabling: 180_000 } },
    })
  })

  test('the flow waits longer than the engine', () => {
    const { enableTimeout, policy } = installOptions(
      installCommand({ enableTimeout: 600 }),
      undefined,
      new Map(),
    )
    assert.is(enableTimeout, 600)
    assert.is(policy?.timeouts?.enabling, 780_000)
  })

  test('an alias, and what is kept', () => {
    const command = installCommand({ alias: 'a', keepOnFailure: true })
    const { alias, onFailure } = installOptions(command, undefined, new Map())
    assert.equal([alias, onFailure], ['a', 'keep'])
  })
})
