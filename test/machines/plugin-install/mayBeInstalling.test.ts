import * as assert from 'uvu/assert'
import {
  mayBeInstalling,
  type PullProgress,
} from '../../../machines/plugin-install/mayBeInstalling.ts'
import { suite } from '../../support/suite.ts'

const MB = 1_000_000

function layer(phase: string, current = 0, total?: number): PullProgress['layers'][number] {
  return { phase, current, ...(total === undefined ? {} : { total }) }
}

suite('mayBeInstalling', (test) => {
  const rows: [what: string, layers: PullProgress['layers'], quiet: number, expected: boolean][] = [
    ['nothing heard yet', [], 0, true],
    ['nothing heard for a while', [], 3_000, false],
    ['waiting, just now', [layer('waiting')], 0, true],
    ['waiting for a while', [layer('waiting')], 3_000, false],
    ['much left to download', [layer('downloading', 1 * MB, 40 * MB)], 0, false],
    ['little left to download', [layer('downloading', 39 * MB, 40 * MB)], 0, true],
    ['little left, and the download hangs', [layer('downloading', 39 * MB, 40 * MB)], 3_000, false],
    ['of unknown size', [layer('downloading', 39 * MB)], 0, false],
    ['all downloaded, not extracting yet', [layer('downloading', 9, 9)], 60_000, true],
    ['extracting', [layer('extracting', 9, 9)], 60_000, true],
    ['complete', [layer('complete', 9, 9)], 60_000, true],
    [
      'one complete, one far from it',
      [layer('complete'), layer('downloading', 0, 9 * MB)],
      0,
      false,
    ],
    ['one complete, one waiting for a while', [layer('complete'), layer('waiting')], 3_000, false],
  ]
  for (const [what, layers, quiet, expected] of rows) {
    test(`${what} :: ${expected ? 'it may be' : 'not yet'}`, () => {
      assert.is(mayBeInstalling({ layers, bytesPerSecond: 5 * MB }, quiet), expected)
    })
  }
})
