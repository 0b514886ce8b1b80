import * as assert from 'uvu/assert'
import { chooseView, questionOutput } from '../../../src/command/views/chooseView.ts'
import { suite } from '../../support/suite.ts'
import { collected, collector, shownRun } from './collect.ts'
import { asTerminal } from './screen.ts'
import { go } from './views.ts'

suite('chooseView', (test) => {
  const views: [name: string, json: boolean, isTTY: boolean, env: object, shown: RegExp][] = [
    ['a terminal has live lines', false, true, {}, /^\| starting .*\x1b\[K\n\x1b\[J$/],
    ['a terminal that cannot draw has lines', false, true, { TERM: 'dumb' }, /^starting .*\n$/],
    ['a pipe has lines', false, false, {}, /^starting .*\n$/],
    ['JSON is JSON on a terminal', true, true, {}, /^\{"type":"transition".*\}\n$/],
  ]
  for (const [name, json, isTTY, env, shown] of views) {
    test(name, () => {
      const stdout = collected(isTTY ? asTerminal(collector()) : collector())
      const outputs = { stdout, stderr: collected() }
      const view = chooseView({ json, quiet: false, plain: false }, shownRun(), {
        ...outputs,
        env: { NO_COLOR: '1', ...env },
      })
      go(view, 'enabling')
      const text = stdout.stream.text().replace(/^[/\\-]/, '|')
      view.close()
      assert.match(text, shown)
    })
  }
})

suite('questionOutput', (test) => {
  const outputs = (isOutTTY: boolean, isErrTTY: boolean) => ({
    stdout: collected(isOutTTY ? asTerminal(collector()) : collector()),
    stderr: collected(isErrTTY ? asTerminal(collector()) : collector()),
  })

  test('is stdout, as Docker has it', () => {
    for (const given of [outputs(true, true), outputs(true, false), outputs(false, false)]) {
      assert.is(questionOutput({ json: false, quiet: false }, given), given.stdout)
    }
  })

  test('is stderr where only that is seen, and where stdout is for JSON', () => {
    const redirected = outputs(false, true)
    assert.is(questionOutput({ json: false, quiet: false }, redirected), redirected.stderr)
    const json = outputs(true, true)
    assert.is(questionOutput({ json: true, quiet: false }, json), json.stderr)
  })
})
