import { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { pageRollouts } from '../../../../src/command/rollout/pageRollouts.ts'
import { connectTarget } from '../../../../src/rollout/connectTarget.ts'
import { openEmbeddedRunner } from '../../../../src/rollout/embeddedRunner.ts'
import { startRollout } from '../../../../src/rollout/startRollout.ts'
import type { OpenRollout, ShownRollout } from '../../../../src/ui/rollouts.ts'
import { planFor } from '../../../support/rolloutStage.ts'
import { suite } from '../../../support/suite.ts'
import { collected } from '../collect.ts'
import { onRolloutStage, type RolloutStage } from './rolloutStage.ts'

const GRANT = '--grant-all-permissions'
const SSHFS = 'vieux/sshfs:latest'

/** The rollouts of a stage as its page has them. */
function pageOf({ folder }: RolloutStage) {
  const stderr = collected()
  const env = { DOCKER_CONFIG: folder, XDG_STATE_HOME: join(folder, 'state') }
  const streams = { stdin: new PassThrough(), stdout: collected(), stderr }
  const { rollouts, closed } = pageRollouts({ ...streams, env, signals: new EventEmitter() })
  /** One as it is now. */
  const shown = async (id: string): Promise<{ open: OpenRollout; now: ShownRollout }> => {
    const open = await rollouts.open(id)
    if (!open) throw new Error('there is no rollout')
    return { open, now: (await open.read(0)).rollout }
  }
  return {
    rollouts,
    closed,
    stderr: stderr.stream,
    shown,
    /** The only one. */
    async only() {
      const { rollouts: all } = await rollouts.list()
      return shown(all[0]?.id ?? '')
    },
  }
}

suite('rollouts of the page', (test) => {
  test('listed, with the plan in lines, without values of settings that need no consent', () =>
    onRolloutStage(async (stage) => {
      const { plan, rollout, folder } = stage
      await plan('vieux/sshfs DEBUG=planted-31bd state.source=/data')
      assert.is((await rollout(`start ${GRANT} FOLDER/plan.json`)).code, 4)
      const { rollouts, only } = pageOf(stage)
      const { now } = await only()
      assert.equal(
        [now.kind, now.reference, now.name, now.state, now.out, now.isLeft],
        ['install', 'vieux/sshfs', SSHFS, 'holding', 0, false],
      )
      assert.equal([now.counts.done, now.counts.queued], [1, 2])
      assert.equal(now.takes, ['promote', 'pause', 'cancel', 'rollback'])
      const lines = now.plan.join('\n')
      assert.match(lines, /^settings {4}DEBUG$/m)
      assert.match(lines, 'state.source=/data')
      assert.not.match(lines, 'planted-31bd')
      assert.is(await rollouts.open('2026'), undefined)
      const all = join(folder, 'state/plugin-flow/rollouts')
      writeFileSync(join(all, now.id, 'states.jsonl'), '{\n')
      const { rollouts: listed, problems } = await rollouts.list()
      assert.equal([listed, problems.length], [[], 1])
      assert.match(problems[0] ?? '', 'cannot be read: a file in it is damaged')
    }))

  test('an order to a rollout that no process carries out is carried out here', () =>
    onRolloutStage(async (stage) => {
      const { plan, rollout, enabled } = stage
      await plan('vieux/sshfs')
      await rollout(`start ${GRANT} FOLDER/plan.json`)
      const { rollouts, only, closed, stderr } = pageOf(stage)
      const { open, now } = await only()
      await rollouts.order(now.id, 'promote')
      await closed()
      assert.equal(await enabled(), [[SSHFS], [SSHFS], [SSHFS]])
      const { rollout: done, rows } = await open.read(0)
      assert.equal([done.state, done.takes], ['done', ['rollback']])
      assert.ok(rows.every(({ state }) => state === 'done'))
      const target = await open.target(2)
      assert.match(target?.engine ?? '', /^unix:/)
      assert.equal([target?.before?.state, target?.after?.state], ['absent', 'present'])
      assert.is(target?.events?.at(-1)?.type, 'outcome')
      assert.is(await open.target(3), undefined)
      assert.is(stderr.text(), '')
    }))

  test('an order that it does not take is refused', () =>
    onRolloutStage(async (stage) => {
      const { plan, rollout } = stage
      await plan('--canary none vieux/sshfs')
      await rollout(`start ${GRANT} FOLDER/plan.json`)
      const { rollouts, only, closed } = pageOf(stage)
      const { now } = await only()
      await rollouts.order(now.id, 'promote').then(
        () => assert.unreachable(),
        (error) => assert.instance(error, RangeError),
      )
      await closed()
    }))

  test('another process that carries it out is informed', () =>
    onRolloutStage(async (stage) => {
      const { plan, begin, enabled } = stage
      await plan('vieux/sshfs')
      const carrying = begin(`start ${GRANT} --wait FOLDER/plan.json`)
      await carrying.stdout.seen('holding')
      const { rollouts, only } = pageOf(stage)
      const { now } = await only()
      await rollouts.order(now.id, 'promote')
      assert.is(await carrying.code, 0)
      assert.equal(await enabled(), [[SSHFS], [SSHFS], [SSHFS]])
    }))

  test('and so is what a retry is limited to', () =>
    onRolloutStage(
      async (stage) => {
        const { plan, begin, rollout, written } = stage
        await plan('--canary none vieux/sshfs')
        const carrying = begin(`start ${GRANT} --wait FOLDER/plan.json`)
        await carrying.stdout.seen('paused')
        const { rollouts, only } = pageOf(stage)
        const { now } = await only()
        await rollouts.order(now.id, 'retry', 'unreachable')
        assert.match(written(), '{"type":"retry","only":"unreachable"}')
        await rollout('cancel')
        await carrying.code
      },
      { size: 1, missing: 1 },
    ))

  test('one that its process has left goes on', () =>
    onRolloutStage(
      async (stage) => {
        const { plan, begin, enabled, folder } = stage
        await plan('--canary none --parallel 1 vieux/sshfs')
        const carrying = begin(`start ${GRANT} FOLDER/plan.json`)
        await carrying.stdout.seen('t0: done')
        carrying.signals.emit('SIGINT')
        await carrying.code
        const { rollouts, only, closed } = pageOf(stage)
        const other = await openEmbeddedRunner(join(folder, 'state/plugin-flow/rollouts'))
        assert.is((await only()).now.isLeft, false)
        await other.close()
        const { now } = await only()
        assert.equal([now.state, now.isLeft], ['rolling', true])
        assert.ok(now.takes.includes('resume'))
        await rollouts.order(now.id, 'resume')
        await closed()
        assert.is((await only()).now.state, 'done')
        assert.ok((await enabled()).every(([name]) => name === SSHFS))
      },
      { size: 6 },
    ))

  test('a consent is given here, or to the process that waits for it', () =>
    onRolloutStage(async (stage) => {
      const { folder, engines, enabled } = stage
      const targets = (await planFor(3)).targets.map((target, index) => ({
        ...target,
        access: { host: engines[index]?.host ?? '' },
      }))
      const state = join(folder, 'state/plugin-flow/rollouts')
      const { rollouts, shown, closed } = pageOf(stage)
      const begin = async (name: string) => {
        const plugin = { reference: SSHFS, name, settings: [] }
        const plan = await planFor(3, {}, { targets, plugin })
        const runner = await openEmbeddedRunner(state)
        const connect = ({ access }: (typeof targets)[number]) =>
          connectTarget(access, { env: { DOCKER_CONFIG: folder } })
        return { runner, rollout: await startRollout(plan, { runner, connect }) }
      }
      const waiting = await begin('a:latest')
      const { now } = await shown(waiting.rollout.id)
      assert.equal(
        [now.state, now.takes, now.consent?.reference, now.isLeft],
        ['awaitConsent', ['cancel', 'grant', 'deny'], SSHFS, false],
      )
      await rollouts.order(now.id, 'deny')
      assert.is((await waiting.rollout.result).state, 'denied')
      await waiting.rollout.close()
      await waiting.runner.close()

      const granted = await begin('a:latest')
      await rollouts.order(granted.rollout.id, 'grant')
      assert.is((await granted.rollout.result).state, 'done')
      await granted.rollout.close()
      await granted.runner.close()

      const left = await begin('b:latest')
      await left.rollout.close()
      await left.runner.close()
      const asked = await shown(left.rollout.id)
      assert.equal([asked.now.state, asked.now.isLeft], ['awaitConsent', false])
      await rollouts.order(asked.now.id, 'grant')
      await closed()
      const over = await shown(left.rollout.id)
      assert.equal([over.now.state, over.now.consent], ['done', undefined])
      assert.ok((await enabled()).every((names) => names.length === 2))
    }))

  test('one that cannot be carried out :: the reason, on the page and on standard error', () =>
    onRolloutStage(async (stage) => {
      const { plan, rollout, folder } = stage
      await plan('vieux/sshfs')
      await rollout(`start ${GRANT} FOLDER/plan.json`)
      const { rollouts, only, closed, stderr } = pageOf(stage)
      const { now } = await only()
      const all = join(folder, 'state/plugin-flow/rollouts')
      writeFileSync(join(all, now.id, 'states.jsonl'), '{}\n')
      await rollouts.order(now.id, 'promote').then(
        () => assert.unreachable(),
        (error) => assert.match(String(error), now.id),
      )
      await closed()
      assert.match(stderr.text(), /^plugin-flow: /)
    }))
})
