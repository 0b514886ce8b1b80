import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../support/suite.ts'
import { onRolloutStage } from './rolloutStage.ts'

const GRANT = '--grant-all-permissions'

suite('rollout rm', (test) => {
  test('one that has not ended is refused, and one that has is removed with all of its files', () =>
    onRolloutStage(
      async ({ plan, rollout, folder }) => {
        await plan('vieux/sshfs')
        await rollout(`start ${GRANT} FOLDER/plan.json`)
        const [, id = ''] = /^(\S+): holding/m.exec((await rollout('status')).stdout) ?? []
        const refused = await rollout(`rm ${id}`)
        assert.is(refused.code, 1)
        assert.is(
          refused.stderr,
          `plugin-flow: the rollout ${id} has not ended, and is holding: plugin-flow rollout cancel ${id} ends it, and leaves what is done\n`,
        )
        await rollout('cancel')
        assert.ok(existsSync(join(folder, 'state/plugin-flow/rollouts', id)))
        assert.equal(await rollout(`rm ${id.slice(0, 12)}`), {
          code: 0,
          stdout: `${id}: removed\n`,
          stderr: '',
        })
        assert.not.ok(existsSync(join(folder, 'state/plugin-flow/rollouts', id)))
        const again = await rollout(`rm ${id}`)
        assert.is(again.code, 2)
        assert.match(again.stderr, `there is no rollout "${id}"; plugin-flow rollout ls lists them`)
      },
      { size: 2 },
    ))

  test('while another process carries rollouts out :: a line, and nothing is removed', () =>
    onRolloutStage(async ({ plan, rollout, begin }) => {
      await plan('vieux/sshfs')
      const carrying = begin(`start ${GRANT} --wait FOLDER/plan.json`)
      await carrying.stdout.seen('holding')
      const refused = await rollout('rm 2')
      assert.is(refused.code, 1)
      assert.match(
        refused.stderr,
        /another process carries rollouts out \(.*\): wait until it has ended$/m,
      )
      assert.is((await rollout('cancel')).code, 0)
      assert.is(await carrying.code, 1)
    }))

  test('without a rollout :: wrong usage', () =>
    onRolloutStage(
      async ({ rollout }) => {
        const { code, stderr } = await rollout('rm')
        assert.is(code, 2)
        assert.match(stderr, 'rollout rm needs a ROLLOUT')
      },
      { size: 0 },
    ))
})
