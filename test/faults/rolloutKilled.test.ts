import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { answerCalls } from '../support/remoteEngines.ts'
import { engines } from '../support/rolloutStage.ts'
import { suite } from '../support/suite.ts'

const TARGETS = 200
const KILLS = 20

interface End {
  state?: string
  done?: number
  paused?: string[]
}

suite('rollout that is killed', (test) => {
  test(`at ${KILLS} moments of ${TARGETS} targets :: one pull and one enable each`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollout-killed-'))
    const fleet = engines()
    // In calls of engines, and not in time: each one is a moment.
    const moments = fc.sample(fc.integer({ min: 1, max: 110 }), KILLS)
    try {
      let end: End = {}
      for (const moment of [...moments, Number.POSITIVE_INFINITY]) {
        end = await live(fleet, folder, moment)
        if (end.state || end.paused) break
      }
      assert.equal(end, { state: 'done', done: TARGETS })
      assert.is(fleet.enabled(), TARGETS)
      assert.equal(new Set(fleet.counted('pluginPull')), new Set([1]))
      assert.equal(new Set(fleet.counted('pluginEnable')), new Set([1]))
      assert.equal(new Set(fleet.counted('pluginDelete')), new Set([0]))
    } finally {
      fleet.close()
      rmSync(folder, { recursive: true })
    }
  })
})

/** One life of the process, which ends after so many calls. */
async function live(
  fleet: ReturnType<typeof engines>,
  folder: string,
  calls: number,
): Promise<End> {
  const child = fork(join(import.meta.dirname, 'rolloutProcess.ts'), [folder, String(TARGETS)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let left = calls
  let end: End = {}
  const onCall = () => {
    left -= 1
    if (left === 0) child.kill('SIGKILL')
  }
  answerCalls<End>(fleet, child, onCall, (message) => {
    end = message
    if (message.paused) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('exit', resolve))
  return end
}
