import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { JSONMessage } from '../../machines/plugin.ts'
import { createProgress, type LayerProgress, type Progress } from '../../machines/progress.ts'
import { suite } from '../support/suite.ts'

const RECORDINGS = join(import.meta.dirname, '../recordings/20.10.24')
const PHASES = ['waiting', 'downloading', 'extracting', 'complete']
const BIG = 40_339_024

suite('progress :: recordings', (test) => {
  test('a layer comes in, is extracted and is complete', () => {
    const seen = replay('pull.big').map(({ layers: [layer] }) => layer)
    assert.equal(seen, [
      undefined,
      undefined,
      { id: 'c8ef679daea1', phase: 'waiting', current: 0, extracted: 0 },
      { id: 'c8ef679daea1', phase: 'waiting', current: 0, extracted: 0 },
      big({ phase: 'downloading', current: 39_845_888 }),
      big({ phase: 'extracting', extracted: 425_984 }),
      big({ phase: 'extracting', extracted: BIG }),
      big({ phase: 'complete', extracted: BIG }),
      big({ phase: 'complete', extracted: BIG }),
    ])
  })

  test('percent is absent while a total is unknown, and counts download and extraction', () => {
    const percents = replay('pull.big').map(({ percent }) => percent)
    assert.equal(percents, [undefined, undefined, undefined, undefined, 49.3, 50.5, 99, 99, 99])
  })

  test('a late "Download complete" leaves a complete layer complete', () => {
    const lines = messages('pull.probe')
    assert.is(lines.at(-1)?.status, 'Download complete')
    const [layer] = replay('pull.probe').at(-1)?.layers ?? []
    assert.equal(layer, {
      id: '3f4d34328a71',
      phase: 'complete',
      current: 326_121,
      total: 326_121,
      extracted: 326_121,
    })
  })

  test('"Already exists" has nothing to download', () => {
    const last = replay('pull.same-content-second-alias').at(-1)
    for (const layer of last?.layers ?? []) assert.is(layer.phase, 'complete')
    assert.is(last?.current, last?.total)
  })

  for (const name of pullRecordings()) {
    test(`nothing goes back :: ${name}`, () => {
      assertMonotone(replay(name))
    })
  }

  test('the recordings hold layers at all', () => {
    const withLayers = pullRecordings().filter((name) => replay(name).at(-1)?.layers.length)
    assert.ok(withLayers.length > 20, `${withLayers.length}`)
  })
})

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

suite('progress :: rate', (test) => {
  test('is of the last five seconds, and tells the time left', () => {
    const { progress, at } = withClock()
    for (let k = 0; k <= 20; k++) at(k * 500, downloading('a', k * 1_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 2_000)
    assert.is(progress.snapshot().secondsLeft, 40)
    for (let k = 21; k <= 40; k++) at(k * 500, downloading('a', 20_000 + (k - 20) * 100, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 200)
  })

  test('is 0 at first, and when nothing has come in for long', () => {
    const { progress, at, pass } = withClock()
    at(0, downloading('a', 1_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 0)
    assert.not('secondsLeft' in progress.snapshot())
    at(1_000, downloading('a', 2_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 1_000)
    pass(3_000)
    assert.is(progress.snapshot().bytesPerSecond, 333)
    at(3_100, downloading('a', 2_500, 100_000))
    pass(60_000)
    assert.is(progress.snapshot().bytesPerSecond, 0)
    assert.not('secondsLeft' in progress.snapshot())
  })

  test('has nothing to tell once the download is through', () => {
    const { progress, at } = withClock()
    at(0, downloading('a', 1_000, 4_000))
    at(1_000, { id: 'a', status: 'Download complete' })
    assert.is(progress.snapshot().bytesPerSecond, 3_000)
    assert.not('secondsLeft' in progress.snapshot())
    progress.complete()
    assert.is(progress.snapshot().bytesPerSecond, 0)
  })

  test('survives a clock that is set back', () => {
    const { progress, at } = withClock()
    at(10_000, downloading('a', 1_000, 10_000))
    at(11_000, downloading('a', 3_000, 10_000))
    at(0, downloading('a', 4_000, 10_000))
    assert.is(progress.snapshot().bytesPerSecond, 3_000)
  })
})

suite('progress :: whatever an engine sends', (test) => {
  const number = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.constantFrom(0, -1, 1e308, Number.NaN, Number.POSITIVE_INFINITY, '12', null, {}, undefined),
  )
  const status = fc.oneof(
    fc.constantFrom('Waiting', 'Pulling fs layer', 'Downloading', 'Verifying Checksum'),
    fc.constantFrom('Download complete', 'Extracting', 'Complete', 'Pull complete', 'Retrying'),
    fc.constantFrom('Already exists', 'Digest: sha256:00', 'Pulling from x', 7, null, '__proto__'),
  )
  const message = fc.record({
    id: fc.constantFrom('a', 'b', 'c', '__proto__', '', 4, undefined),
    status,
    progressDetail: fc.oneof(
      fc.record({ current: number, total: number }, { requiredKeys: [] }),
      fc.constantFrom(null, undefined, 'x', 3),
    ),
  })
  const timed = fc.tuple(message, fc.oneof(fc.integer({ min: -5_000, max: 9_000 }), fc.nat(300)))

  test('phases, bytes and percent never go back, and every figure is finite', () => {
    fc.assert(
      fc.property(fc.array(timed, { maxLength: 60 }), fc.boolean(), (lines, ends) => {
        const { progress, at, pass } = withClock()
        let time = 0
        const seen: Progress[] = []
        for (const [line, ms] of lines) {
          time += ms
          at(time, line as JSONMessage)
          seen.push(progress.snapshot())
        }
        pass(time + 100)
        if (ends) progress.complete()
        seen.push(progress.snapshot())
        assertMonotone(seen)
        for (const snapshot of seen) assertSound(snapshot)
      }),
      { numRuns: 500 },
    )
  })
})

function assertMonotone(seen: readonly Progress[]): void {
  let before = new Map<string, LayerProgress>()
  let percent = 0
  let current = 0
  for (const snapshot of seen) {
    for (const layer of snapshot.layers) {
      const was = before.get(layer.id)
      if (!was) continue
      assert.ok(PHASES.indexOf(layer.phase) >= PHASES.indexOf(was.phase), 'phase')
      assert.ok(layer.current >= was.current, 'current')
      assert.ok(layer.extracted >= was.extracted, 'extracted')
      assert.ok((layer.total ?? -1) >= (was.total ?? -1), 'total')
    }
    assert.ok(snapshot.layers.length >= before.size, 'layers')
    assert.ok(snapshot.current >= current, 'current of all')
    assert.ok((snapshot.percent ?? percent) >= percent, 'percent')
    before = new Map(snapshot.layers.map((layer) => [layer.id, layer]))
    percent = snapshot.percent ?? percent
    current = snapshot.current
  }
}

function assertSound({ layers, ...sums }: Progress): void {
  for (const figures of [sums, ...layers]) {
    for (const [name, value] of Object.entries(figures)) {
      if (name === 'id' || name === 'phase') continue
      assert.ok(Number.isFinite(value) && value >= 0, `${name} ${value}`)
    }
  }
  assert.ok(Number.isInteger(sums.current), 'part of a byte')
  for (const { current, extracted, total = Number.POSITIVE_INFINITY, phase } of layers) {
    assert.ok(current <= total && extracted <= total, 'more than all')
    if (phase === 'complete') assert.ok(current === total && extracted === total, 'incomplete')
  }
  assert.is(
    sums.current,
    layers.reduce((sum, { current }) => sum + current, 0),
  )
  assert.ok((sums.percent ?? 0) <= 100, 'percent')
}

function pullRecordings(): string[] {
  return readdirSync(RECORDINGS)
    .filter((file) => file.startsWith('pull.'))
    .map((file) => file.replace('.json', ''))
}

function messages(name: string): JSONMessage[] {
  const recording = JSON.parse(readFileSync(join(RECORDINGS, `${name}.json`), 'utf8'))
  if (recording.response.status !== 200) return []
  const chunks: { data: string }[] = recording.response.chunks
  const body = chunks.map(({ data }) => data).join('')
  return body.split('\r\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

/** The progress after each line. */
function replay(name: string): Progress[] {
  const progress = createProgress(() => 0)
  return messages(name).map((message) => {
    progress.add(message)
    return progress.snapshot()
  })
}

function feed(...lines: JSONMessage[]): Progress {
  const progress = createProgress(() => 0)
  for (const line of lines) progress.add(line)
  return progress.snapshot()
}

function withClock() {
  let time = 0
  const progress = createProgress(() => time)
  const pass = (to: number) => {
    time = to
  }
  const at = (to: number, line: JSONMessage) => {
    pass(to)
    progress.add(line)
  }
  return { progress, pass, at }
}

function waiting(id: string): JSONMessage {
  return { id, status: 'Waiting', progressDetail: {} }
}

function downloading(id: string, current: number, total: number): JSONMessage {
  return { id, status: 'Downloading', progressDetail: { current, total } }
}

function big(figures: Partial<LayerProgress>): LayerProgress {
  return {
    id: 'c8ef679daea1',
    phase: 'waiting',
    current: BIG,
    total: BIG,
    extracted: 0,
    ...figures,
  }
}
