import * as assert from 'uvu/assert'
import { createStallDetector } from '../../../../adapters/engine/api/readPull.ts'
import { suite } from '../../../support/suite.ts'

suite('createStallDetector', (test) => {
  const downloading = (id: string, current: number) => ({
    id,
    status: 'Downloading',
    progressDetail: { current, total: 9 },
  })

  test('a line that was reported of a layer already is no news', () => {
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

  test('extracting is news while it gets on', () => {
    const isNews = createStallDetector()
    const extracting = (current: number) => ({
      id: 'a',
      status: 'Extracting',
      progressDetail: { current, total: 9 },
    })
    const news = [1, 2, 2, 2, 3].map((current) => isNews(extracting(current)))
    assert.equal(news, [true, true, false, false, true])
  })

  test('lines that take turns are no news, and a download begins anew a few times only', () => {
    const isNews = createStallDetector()
    const turns = ['Waiting', 'Retrying', 'Waiting', 'Retrying'].map((status) =>
      isNews({ id: 'a', status }),
    )
    assert.equal(turns, [true, true, false, false])
    const swings = Array.from({ length: 100 }, (_, index) => isNews(downloading('b', index % 2)))
    assert.ok(swings.slice(0, 10).every(Boolean))
    assert.not(swings.slice(30).some(Boolean))
  })

  test('its memory is bounded', () => {
    const isNews = createStallDetector()
    for (let layer = 0; layer < 10_000; layer++) isNews(downloading(String(layer), 1))
    assert.not(isNews(downloading('one more', 1)))
    assert.not(isNews(downloading('9999', 1)))
    const tellsLong = createStallDetector()
    const long = { id: 'x'.repeat(257) }
    assert.not(tellsLong(long))
  })
})
