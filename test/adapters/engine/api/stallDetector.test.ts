import * as assert from 'uvu/assert'
import { createStallDetector } from '../../../../adapters/engine/api/readPull.ts'
import { suite } from '../../../support/suite.ts'

suite('createStallDetector', (test) => {
  const downloading = (id: string, current: number) => ({
    id,
    status: 'Downloading',
    progressDetail: { current, total: 9 },
  })

  test('what a layer has told already is none', () => {
    const isNews = createStallDetector()
    const rows: [message: Parameters<typeof isNews>[0], news: boolean][] = [
      [downloading('a', 1), true],
      [downloading('b', 1), true],
      [downloading('a', 1), false],
      [downloading('b', 1), false],
      [downloading('a', 2), true],
      [{ id: 'a', status: 'Download complete' }, true],
      [{ id: 'a', status: 'Download complete', progressDetail: {} }, false],
      [{ status: 'Digest: sha256:0' }, true],
      [{}, true],
      [{}, false],
    ]
    for (const [message, news] of rows) assert.is(isNews(message), news, JSON.stringify(message))
  })

  test('extracting always is', () => {
    const isNews = createStallDetector()
    const message = { id: 'a', status: 'Extracting', progressDetail: { current: 9, total: 9 } }
    assert.equal([isNews(message), isNews(message)], [true, true])
  })

  test('its memory is bounded', () => {
    const isNews = createStallDetector()
    for (let layer = 0; layer < 10_000; layer++) isNews(downloading(String(layer), 1))
    assert.ok(isNews(downloading('one more', 1)))
    assert.ok(isNews(downloading('one more', 1)))
    assert.not(isNews(downloading('9999', 1)))
    const tellsLong = createStallDetector()
    const long = { id: 'x'.repeat(257) }
    assert.equal([tellsLong(long), tellsLong(long)], [true, true])
  })
})
