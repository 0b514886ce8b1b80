import * as assert from 'uvu/assert'
import { progressLine } from '../../../adapters/embedded/exchange.ts'
import { suite } from '../../support/suite.ts'
import { recordedBody, recordings } from './recordings.ts'

suite('embedded progressLines', (test) => {
  test('writes every recorded line of progress as the engine did', () => {
    const pulls = [...recordings.keys()].filter((name) => /^(pull|upgrade)\./.test(name))
    const lines = pulls
      .flatMap((pull) => recordedBody(pull).split('\r\n'))
      .filter((line) => line.includes('"progressDetail"'))
    assert.ok(lines.length > 0)
    for (const line of lines) {
      const { id, status, progressDetail } = JSON.parse(line)
      const { current, total } = progressDetail
      assert.is(progressLine(id, status, current, total), `${line}\r\n`)
    }
  })

  test('has a unit for every size', () => {
    assert.match(progressLine('a', 'Downloading', 2e15), /" {5}2PB"/)
    assert.match(progressLine('a', 'Downloading', 3e18), /" {2}3000PB"/)
  })
})
