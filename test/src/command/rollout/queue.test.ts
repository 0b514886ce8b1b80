import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../support/suite.ts'
import { onRolloutStage } from './rolloutStage.ts'

const GRANT = '--grant-all-permissions'
const SECRET = 's3cret'
const URL = `mysql://ann:${SECRET}@127.0.0.1`

suite('rollout with a queue :: before any server is asked', (test) => {
  for (const line of [
    'ls',
    'status',
    'watch',
    'export',
    'pause',
    'rm 2026',
    `start ${GRANT} FOLDER/plan.json`,
  ]) {
    test(`${line} :: an address of something else is refused, and not repeated`, () =>
      onRolloutStage(
        async ({ plan, rollout, worker }) => {
          if (line.startsWith('start')) await plan('vieux/sshfs')
          const ended = await rollout(`${line} --queue ${URL}`)
          assert.is(ended.code, 2)
          assert.match(ended.stderr, 'it begins with redis://, rediss:// (with TLS) or postgres://')
          assert.not.match(ended.stdout + ended.stderr, SECRET)
          assert.is(await worker(`--queue ${URL}`).code, 2)
        },
        { size: 1 },
      ))
  }

  test('a plan that looks again at targets in zones is refused', () =>
    onRolloutStage(
      async ({ folder, plan, rollout }) => {
        const path = join(folder, 'fleet.json')
        const { targets } = JSON.parse(readFileSync(path, 'utf8'))
        const zoned = targets.map((target: object) => ({ ...target, zone: 'eu' }))
        writeFileSync(path, JSON.stringify({ targets: zoned }))
        await plan('--monitor 1 vieux/sshfs')
        const ended = await rollout(`start ${GRANT} --queue ${URL} FOLDER/plan.json`)
        assert.is(ended.code, 2)
        assert.match(ended.stderr, 'a queue cannot look again at targets in zones')
      },
      { size: 1 },
    ))
})
