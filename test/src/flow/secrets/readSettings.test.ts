import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { readSettings } from '../../../../src/flow/secrets/readSettings.ts'
import type { GivenSettings } from '../../../../src/flow/types.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'

const VALUE = 'p1=nted'

suite('readSettings', (test) => {
  const forms: [name: string, given: GivenSettings][] = [
    ['by name', { A: '1', 'B.value': { value: VALUE, secret: true }, C: '' }],
    ['a list', ['A=1', { setting: `B.value=${VALUE}`, secret: true }, 'C=']],
  ]
  for (const [name, given] of forms) {
    test(`${name} :: values of secrets are apart, and the order is kept`, () => {
      const { settings, values } = readSettings(given)
      assert.equal(settings, ['A=1', { name: 'B.value', secret: true }, 'C='])
      assert.equal([...values], [['B.value', VALUE]])
    })
  }

  test('none', () => assert.equal(readSettings(), { settings: [], values: new Map() }))

  test('what only says that it is no secret is kept as one', () => {
    const given = { A: { value: VALUE, secret: false } } as never
    assert.equal(readSettings(given).settings, [{ name: 'A', secret: true }])
  })

  const secret = (setting: unknown) => ({ setting, secret: true })
  const refused: [name: string, given: unknown, words: string][] = [
    ['a secret without a value', [secret('PASSWORD')], 'NAME[.FIELD]=VALUE'],
    ['a secret that is no text', [secret(7)], 'a secret setting is no text'],
    ['a secret value that is missing', { A: { secret: true } }, '"A" has a value that is no text'],
    ['a value that is null', { A: null }, '"A" has a value that is no text'],
    ['a name with "="', { 'A=1': 'x' }, '"A" has "=" in its name'],
    ['a secret name with "="', { 'A=1': { value: VALUE, secret: true } }, '"A" has "="'],
    ['twice', [secret(`A=${VALUE}`), secret(`A=${VALUE}2`)], '"A" is given twice'],
  ]
  for (const [name, given, words] of refused) {
    test(`${name} :: is refused by its name`, async () => {
      const error = await refusedWith('invalid-setting', async () => readSettings(given as never))
      assert.match(error.message, words)
      assert.not.match(inspect(error, { showHidden: true }), VALUE)
    })
  }
})
