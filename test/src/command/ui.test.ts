import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { buildViewer } from '../../../.ci/buildViewer.ts'
import { suite } from '../../support/suite.ts'
import { ask } from '../ui/uiStage.ts'
import { onStage, run } from './stage.ts'

const page = join(import.meta.dirname, '../../../dist/ui/index.html')

suite('plugin-flow ui', (test) => {
  test.before(async () => {
    if (!existsSync(page)) await buildViewer()
  })

  test('it serves the page until a signal comes', async () => {
    const { stdout, signals, code } = run({}, {}, ['ui', '--engine', 'embedded'])
    await stdout.seen('/?token=')
    await stdout.seen('\n')
    const [url = ''] = /http:\S+/.exec(stdout.text()) ?? []
    assert.match(stdout.text(), /^simulation: /)
    assert.is(new URL(url).hostname, '127.0.0.1')
    const { status, headers } = await ask(url)
    assert.is(status, 303)
    const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
    const { body } = await ask(new URL('/', url).href, { headers: { cookie } })
    assert.match(body, '<title>plugin-flow</title>')
    signals.emit('SIGINT')
    assert.is(await code, 130)
    await ask(url).then(
      () => assert.unreachable('it still listens'),
      ({ code }) => assert.is(code, 'ECONNREFUSED'),
    )
  })

  test('an address that is none', () =>
    onStage(async ({ command }) => {
      const { code, stderr } = await command('ui', '--host', 'ftp://x')
      assert.is(code, 1)
      assert.match(stderr, /^plugin-flow: .*ftp/)
    }))

  const wrong: [string[], RegExp][] = [
    [['x'], /takes no arguments/],
    [['--port', '70000'], /--port takes a number/],
    [['--port', 'http'], /--port takes a number/],
    [['--engine', 'real'], /takes "embedded" only/],
    [['--engine', 'embedded', '--host', 'unix:///x'], /two engines/],
  ]
  for (const [args, message] of wrong) {
    test(`wrong usage :: ${args.join(' ')}`, () =>
      onStage(async ({ command }) => {
        const { code, stderr } = await command('ui', ...args)
        assert.is(code, 2)
        assert.match(stderr, message)
      }))
  }
})
