import * as assert from 'uvu/assert'
import type { HasContent } from '../../machines/cutPull.ts'
import { hasContent, type PullProgress } from '../../machines/cutPull.ts'
import { suite } from '../support/suite.ts'

const MB = 1_000_000

function layer(phase: string, current = 0, total?: number): PullProgress['layers'][number] {
  return { phase, current, ...(total === undefined ? {} : { total }) }
}

suite('hasContent', (test) => {
  const rows: [
    what: string,
    layers: PullProgress['layers'],
    quiet: number,
    expected: HasContent,
  ][] = [
    ['nothing heard yet', [], 0, 'perhaps'],
    ['nothing heard for a while', [], 3_000, 'no'],
    ['waiting, just now', [layer('waiting')], 0, 'perhaps'],
    ['waiting for a while', [layer('waiting')], 3_000, 'no'],
    ['much left to download', [layer('downloading', 1 * MB, 40 * MB)], 0, 'no'],
    ['little left to download', [layer('downloading', 39 * MB, 40 * MB)], 0, 'yes'],
    ['little left, and the download hangs', [layer('downloading', 39 * MB, 40 * MB)], 3_000, 'no'],
    ['of unknown size', [layer('downloading', 39 * MB)], 0, 'no'],
    ['as much left as a second downloads', [layer('downloading', 35 * MB, 40 * MB)], 0, 'no'],
    ['a byte left, and the download hangs', [layer('downloading', 8, 9)], 2_000, 'no'],
    ['little left, and nearly a hang', [layer('downloading', 39 * MB, 40 * MB)], 1_999, 'yes'],
    ['all downloaded, not extracting yet', [layer('downloading', 9, 9)], 60_000, 'yes'],
    ['extracting', [layer('extracting', 9, 9)], 60_000, 'yes'],
    ['complete', [layer('complete', 9, 9)], 60_000, 'yes'],
    [
      'one complete, one far from it',
      [layer('complete'), layer('downloading', 0, 9 * MB)],
      0,
      'no',
    ],
    ['one complete, one waiting for a while', [layer('complete'), layer('waiting')], 3_000, 'no'],
  ]
  for (const [what, layers, quiet, expected] of rows) {
    test(`${what} :: ${expected}`, () => {
      assert.is(hasContent({ layers, bytesPerSecond: 5 * MB }, quiet), expected)
    })
  }
})
