import * as assert from 'uvu/assert'
import { suite } from '../../../support/suite.ts'
import { onRolloutStage } from './rolloutStage.ts'

const GRANT = '--grant-all-permissions'
const SECRET = 's3cret'
const URL = `mysql://ann:${SECRET}@127.0.0.1`

suite('rollout with a queue :: before any server is asked', (test) => {
  for (const line of [
    'plan --fleet FOLDER/fleet.json vieux/sshfs',
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
})
