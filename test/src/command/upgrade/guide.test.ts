import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ROOT } from '../../../support/command.ts'
import { suite } from '../../../support/suite.ts'
import { onStage } from '../stage.ts'

const guide = readFileSync(join(ROOT, 'docs/upgrade.md'), 'utf8')
const lines = [...guide.matchAll(/^```sh\nplugin-flow (.+)\n```$/gm)].map(([, line = '']) => line)

suite('docs/upgrade.md', (test) => {
  assert.is(lines.length, 5)
  for (const line of lines) {
    test(`it runs :: ${line}`, () =>
      onStage(async ({ command }) => {
        await command('install', '--grant-all-permissions', 'acme/notes:1.0', 'DEBUG=1')
        const words = line.split(' ')
        // Questions are answered by the options that take their places.
        const unattended = ['--grant-all-permissions', '--dry-run', '--no-new-privileges']
        const asks = !unattended.some((option) => words.includes(option))
        const answer = asks ? ['--grant-all-permissions', '--mode', 'replace'] : []
        const { code, stderr } = await command(...words, ...answer)
        assert.is(code, 0, stderr)
      }))
  }

  test('every promise names a test that is there', () => {
    const promises = [...guide.matchAll(/^ {2}`(test\/.+)`: `(.+)`$/gm)]
    const promised = guide.slice(
      guide.indexOf('## What is promised'),
      guide.indexOf('## What cannot'),
    )
    const unproven = promised
      .split(/^- /m)
      .slice(1)
      .filter((one) => !/^ {2}`test\//m.test(one))
    assert.equal(unproven, [])
    assert.ok(promises.length > 10)
    for (const [, file = '', title = ''] of promises) {
      assert.ok(existsSync(join(ROOT, file)), file)
      assert.ok(readFileSync(join(ROOT, file), 'utf8').includes(title), title)
    }
  })
})
