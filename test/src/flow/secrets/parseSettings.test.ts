import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { parseSettings } from '../../../../src/flow/secrets/parseSettings.ts'
import type { GivenSettings } from '../../../../src/flow/types.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'

const VALUE = 'p1=nted'

suite('parseSettings', (test) => {
  const forms: [name: string, given: GivenSettings][] = [
    ['by name', { A: '1', 'B.value': { value: VALUE, secret: true }, C: '' }],
    ['a list', ['A=1', { setting: `B.value=${VALUE}`, secret: true }, 'C=']],
  ]
  for (const [name, given] of forms) {
    test(`${name} :: values of secrets are apart, and the order is kept`, () => {
      const { settings, values } = parseSettings(given)
      assert.equal(settings, [
        { name: 'A', value: '1' },
        { name: 'B', field: 'value', secret: true },
        { name: 'C', value: '' },
      ])
      assert.equal([...values], [['B.value', VALUE]])
    })
  }

  test('none', () => assert.equal(parseSettings(), { settings: [], values: new Map() }))

  test('a value with secret: false is kept as a secret', () => {
    const given = { A: { value: VALUE, secret: false } } as never
    assert.equal(parseSettings(given).settings, [{ name: 'A', secret: true }])
  })

  const secret = (setting: unknown) => ({ setting, secret: true })
  const refused: [name: string, given: unknown, words: string][] = [
    ['a secret without a value', [secret('PASSWORD')], 'NAME[.FIELD]=VALUE'],
    ['a secret that is no text', [secret(7)], 'a secret setting is not a string'],
    [
      'a secret value that is missing',
      { A: { secret: true } },
      '"A" has a value that is not a string',
    ],
    ['a value that is null', { A: null }, '"A" has a value that is not a string'],
    ['a name with "="', { 'A=1': 'x' }, '"A" has "=" in its name'],
    ['a secret name with "="', { 'A=1': { value: VALUE, secret: true } }, '"A" has "="'],
    ['one without a name', ['=1'], '"=1" has no name'],
    ['a secret without a name', [secret(`=${VALUE}`)], 'a secret setting has no name'],
    ['a secret mount', [secret(`state.source=${VALUE}`)], '"state.source" cannot be secret'],
    ['a secret device', { 'fuse.path': { value: VALUE, secret: true } }, '"fuse.path" cannot be'],
    ['twice', [secret(`A=${VALUE}`), secret(`A=${VALUE}2`)], '"A" is given twice'],
  ]
  for (const [name, given, words] of refused) {
    test(`${name} :: is refused by its name`, async () => {
      const error = await refusedWith('invalid-setting', async () => parseSettings(given as never))
      assert.match(error.message, words)
      assert.not.match(inspect(error, { showHidden: true }), VALUE)
    })
  }

  for (const text of ['sshkey.source=~/.ssh', 'a.path=dev/null', 'a.source=.', 'a.source= /x']) {
    test(`no absolute path :: ${text}`, async () => {
      const error = await refusedWith('invalid-setting', async () => parseSettings([text]))
      assert.match(error.message, /^the setting "\w+\.\w+" needs an absolute path, and not "/)
    })
  }

  test('the path of a mount or a device may be empty', () => {
    assert.is(parseSettings(['a.source=', 'b.path', 'c.source=/x']).settings.length, 3)
  })
})
