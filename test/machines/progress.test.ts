import * as assert from 'uvu/assert'
import { createProgress, type LayerProgress } from '../../machines/progress.ts'
import { downloading, feed, waiting } from '../support/pullLines.ts'
import { suite } from '../support/suite.ts'

suite('progress :: lines', (test) => {
  test('the tag, the digest and lines without an id are no layers', () => {
    const progress = createProgress(() => 0)
    progress.add({ id: '1.0', status: 'Pulling from acme/big' })
    progress.add({ id: 'x', status: 'Digest: sha256:00' })
    progress.add({ id: 'x', status: 'Status: Downloaded newer image' })
    progress.add({ status: 'Downloading', progressDetail: { current: 1, total: 2 } })
    progress.add({ id: '', status: 'Downloading' })
    progress.add({ id: 'x' })
    progress.add({ id: 'x'.repeat(129), status: 'Waiting' })
    progress.add({ error: 'failed', errorDetail: { message: 'failed' } })
    assert.equal(progress.snapshot(), { layers: [], current: 0, bytesPerSecond: 0 })
    progress.add({ id: 'x'.repeat(128), status: 'Waiting' })
    assert.is(progress.snapshot().layers.length, 1)
  })

  test('layers keep the order in which they came', () => {
    const progress = feed(waiting('b'), waiting('a'), downloading('b', 1, 2), waiting('c'))
    assert.equal(
      progress.layers.map(({ id }) => id),
      ['b', 'a', 'c'],
    )
  })

  test('one layer without a total hides the total of all', () => {
    const progress = feed(downloading('a', 1, 10), waiting('b'))
    assert.is(progress.current, 1)
    assert.not('total' in progress)
    assert.not('percent' in progress)
    const known = feed(downloading('a', 1, 10), downloading('b', 4, 10))
    assert.is(known.total, 20)
    assert.is(known.percent, 12.5)
    const late = feed(waiting('b'), downloading('a', 10, 10), downloading('b', 0, 90))
    assert.is(late.percent, 5)
  })

  test('a download that ends without a size has the size that came in', () => {
    const progress = feed(waiting('a'), {
      id: 'a',
      status: 'Download complete',
      progressDetail: { current: 324_089 },
    })
    assert.equal(progress.layers, [
      { id: 'a', phase: 'downloading', current: 324_089, total: 324_089, extracted: 0 },
    ])
  })

  test('seconds of an extraction are no bytes', () => {
    const seconds = { current: 3, units: 's' } as { current: number }
    const progress = feed(downloading('a', 10, 10), {
      id: 'a',
      status: 'Extracting',
      progressDetail: seconds,
    })
    assert.equal(progress.layers[0], {
      id: 'a',
      phase: 'extracting',
      current: 10,
      total: 10,
      extracted: 0,
    })
  })

  test('each status :: its phase, and how much of the layer is downloaded', () => {
    const rows: [status: string, LayerProgress['phase'], current: number, extracted: number][] = [
      ['Waiting', 'waiting', 0, 0],
      ['Downloading', 'downloading', 5, 0],
      ['Verifying Checksum', 'downloading', 10, 0],
      ['Download complete', 'downloading', 10, 0],
      ['Extracting', 'extracting', 10, 5],
      ['Already exists', 'complete', 10, 10],
      ['Pull complete', 'complete', 10, 10],
      ['Complete', 'complete', 10, 10],
    ]
    for (const [status, phase, current, extracted] of rows) {
      const { layers } = feed({ id: 'a', status, progressDetail: { current: 5, total: 10 } })
      const total = phase === 'waiting' ? {} : { total: 10 }
      assert.equal(layers, [{ id: 'a', phase, current, ...total, extracted }], status)
    }
  })

  test('a larger total that comes late :: a layer that was through stays through', () => {
    for (const status of ['Extracting', 'Pull complete']) {
      const { layers } = feed(downloading('a', 5, 10), { id: 'a', status }, downloading('a', 3, 20))
      assert.is(layers[0]?.current, 20, status)
    }
  })

  test('a download whose size is not told :: no total', () => {
    const progress = feed({ id: 'a', status: 'Downloading', progressDetail: { current: 5 } })
    assert.equal(progress.layers, [{ id: 'a', phase: 'downloading', current: 5, extracted: 0 }])
    assert.not('total' in progress)
  })

  test('a size that was told once :: stays known', () => {
    const later = { id: 'a', status: 'Downloading', progressDetail: { current: 2 } }
    assert.is(feed(downloading('a', 1, 10), later).total, 10)
  })

  test('nothing is to download :: no percent', () => {
    assert.equal(feed({ id: 'a', status: 'Already exists' }), {
      layers: [{ id: 'a', phase: 'complete', current: 0, total: 0, extracted: 0 }],
      current: 0,
      total: 0,
      bytesPerSecond: 0,
    })
  })

  test('a layer of one byte is known, and extracted', () => {
    assert.is(feed(downloading('a', 1, 1)).total, 1)
    const progressDetail = { current: 1, total: 1 }
    const { layers } = feed({ id: 'a', status: 'Extracting', progressDetail })
    assert.is(layers[0]?.extracted, 1)
  })

  test('what was extracted before is counted once', () => {
    const extracting = (current: number) => {
      return { id: 'a', status: 'Extracting', progressDetail: { current, total: 100 } }
    }
    assert.is(feed(extracting(10), extracting(20)).percent, 60)
  })

  test('another layer comes late :: percent does not fall', () => {
    assert.is(feed(downloading('a', 10, 10), downloading('b', 1, 90)).percent, 50)
  })

  test('less than a tenth of a percent is none', () => {
    assert.is(feed(downloading('a', 1, 1_001)).percent, 0)
  })

  test('a number in the form of a text is no count of bytes', () => {
    const progressDetail = { current: '5', total: '10' } as unknown as { current: number }
    const { layers } = feed({ id: 'a', status: 'Downloading', progressDetail })
    assert.equal(layers, [{ id: 'a', phase: 'downloading', current: 0, extracted: 0 }])
  })

  test('more bytes than the total raise the total', () => {
    assert.is(feed(downloading('a', 30, 20)).total, 30)
  })

  test('an unknown status makes a layer known, and no more', () => {
    const progress = feed(downloading('a', 1, 2), { id: 'a', status: 'Retrying in 5 seconds' })
    assert.is(progress.layers[0]?.phase, 'downloading')
    assert.is(feed({ id: 'a', status: 'constructor' }).layers[0]?.phase, 'waiting')
  })

  test('layers beyond a thousand are passed over', () => {
    const progress = createProgress(() => 0)
    for (let k = 0; k < 1_500; k++) progress.add(downloading(`layer${k}`, 1, 2))
    progress.add(downloading('layer0', 2, 2))
    progress.add(downloading('layer1499', 2, 2))
    assert.is(progress.snapshot().layers.length, 1_000)
    assert.is(progress.snapshot().current, 1_001)
  })
})

suite('progress :: end', (test) => {
  test('a pull that ended well is complete, also without a line of a layer', () => {
    const progress = createProgress(() => 0)
    progress.complete()
    assert.equal(progress.snapshot(), {
      layers: [],
      current: 0,
      total: 0,
      percent: 100,
      bytesPerSecond: 0,
    })
  })

  test('it completes every layer, and lines after it change nothing', () => {
    const progress = createProgress(() => 0)
    progress.add(downloading('a', 5, 10))
    progress.add(waiting('b'))
    progress.complete()
    const ended = progress.snapshot()
    progress.add(downloading('b', 7, 70))
    progress.add(waiting('c'))
    assert.equal(progress.snapshot(), ended)
    assert.equal(ended.layers, [
      { id: 'a', phase: 'complete', current: 10, total: 10, extracted: 10 },
      { id: 'b', phase: 'complete', current: 0, total: 0, extracted: 0 },
    ])
    assert.is(ended.percent, 100)
  })
})
