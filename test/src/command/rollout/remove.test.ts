import { existsSync, writeFileSync } from 'node:fs'
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

  test('one that cannot be read is removed with --force alone, which removes no other before its end', () =>
    onRolloutStage(
      async ({ plan, rollout, folder }) => {
        await plan('vieux/sshfs')
        await rollout(`start ${GRANT} FOLDER/plan.json`)
        const [, id = ''] = /^(\S+): holding/m.exec((await rollout('status')).stdout) ?? []
        const refused = await rollout(`rm --force ${id}`)
        assert.equal([refused.code, refused.stdout], [1, ''])
        assert.match(refused.stderr, `the rollout ${id} has not ended, and is holding`)
        const path = join(folder, 'state/plugin-flow/rollouts', id)
        writeFileSync(join(path, 'states.jsonl'), '{\n')
        assert.equal(await rollout(`rm ${id}`), {
          code: 1,
          stdout: '',
          stderr: `plugin-flow: the rollout in ${path} cannot be read: a file in it is damaged; plugin-flow rollout rm --force ${id} removes it all the same\n`,
        })
        assert.ok(existsSync(path))
        assert.equal(await rollout(`rm --force ${id.slice(0, 12)}`), {
          code: 0,
          stdout: `${id}: removed\n`,
          stderr: '',
        })
        assert.not.ok(existsSync(path))
      },
      { size: 2 },
    ))

  test('--force on a queue :: wrong usage, and no server is asked', () =>
    onRolloutStage(
      async ({ rollout }) => {
        const { code, stderr } = await rollout('rm --force --queue redis://127.0.0.1:1 2026')
        assert.is(code, 2)
        assert.match(stderr, '--force is for the rollouts of this machine, without --queue')
      },
      { size: 0 },
    ))

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
