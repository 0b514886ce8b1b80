import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { parseTemplate, renderTemplate } from '../../../src/command/listing.ts'
import { UsageError } from '../../../src/command/parseOptions.ts'
import { suite } from '../../support/suite.ts'

const plugin = {
  Id: 'e3d9',
  Name: 'a\x1b[2Jb',
  Enabled: false,
  Config: { Description: 'words', Env: null, Network: { Type: 'host' } },
  Settings: { Env: ['DEBUG=1'] },
}

const rendered: [template: string, text: string][] = [
  ['', ''],
  ['words', 'words'],
  ['{{.Id}}', 'e3d9'],
  ['{{ .Id }}: {{.Enabled}}', 'e3d9: false'],
  ['{{.ID}}', 'e3d9'],
  ['{{.Config.Network.Type}}', 'host'],
  ['{{.Config.Env}}', '<nil>'],
  ['{{json .Settings}}', '{"Env":["DEBUG=1"]}'],
  ['{{json  .Config.Network.Type}}', '"host"'],
  ['{{.Id}}\\t{{.Id}}\\n', 'e3d9\te3d9\n'],
  ['{{.Name}}', 'a\\u{1b}[2Jb'],
  ['{{json .Name}}', '"a\\u001b[2Jb"'],
  ['}} {', '}} {'],
]

const refused: [template: string, message: string][] = [
  ['{{}}', '--format takes {{.Field}} and {{json .Field}}, and not {{}}'],
  ['{{.}}', '--format takes {{.Field}} and {{json .Field}}, and not {{.}}'],
  ['{{range .Env}}', '--format takes {{.Field}} and {{json .Field}}, and not {{range .Env}}'],
  ['{{.Id | upper}}', '--format takes {{.Field}} and {{json .Field}}, and not {{.Id | upper}}'],
  ['{{.Nope}}', '--format: there is no field Nope'],
  ['{{.Config.Env.Nope}}', '--format: there is no field Nope'],
  ['{{.constructor}}', '--format: there is no field constructor'],
  ['{{.Settings.Env}}', '.Settings.Env is not text: use {{json .Settings.Env}}'],
]

suite('template', (test) => {
  for (const [template, text] of rendered) {
    test(`${template} is rendered`, () => {
      assert.is(renderTemplate(parseTemplate(template), plugin), text)
    })
  }

  test('{{json .}} is everything', () => {
    assert.equal(JSON.parse(renderTemplate(parseTemplate('{{json .}}'), plugin)), plugin)
  })

  for (const [template, message] of refused) {
    test(`${template} is refused`, () => {
      try {
        renderTemplate(parseTemplate(template), plugin)
        assert.unreachable()
      } catch (error) {
        assert.instance(error, UsageError)
        assert.is((error as Error).message, message)
      }
    })
  }

  test('any value of a field :: nothing unseen comes out', () => {
    const template = parseTemplate('{{.Name}} {{json .Name}}')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (Name) => {
        assert.not.match(renderTemplate(template, { Name }), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})
