import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { JSONMessage } from '../../machines/plugin.ts'
import { createProgress, type LayerProgress, type Progress } from '../../machines/progress.ts'
import { withClock } from '../support/pullLines.ts'
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
