import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RolloutPlan } from '../../../../machines/rollout/plan.ts'
import type { RolloutCounts, TargetRecord } from '../../../../machines/rollout/records.ts'
import { TARGET_STATES } from '../../../../machines/rollout/records.ts'
import { isAtRest } from '../../../../src/command/rollout/rolloutFolder.ts'
import {
  progressText,
  recordLine,
  rolloutEndLines,
} from '../../../../src/command/rollout/rolloutText.ts'
import { createRate } from '../../../../src/command/rollout/rolloutView.ts'
import { type Schema, violations } from '../../../support/jsonSchema.ts'
import { suite } from '../../../support/suite.ts'
import { collector } from '../collect.ts'
import { onRolloutStage } from './rolloutStage.ts'

const schema: Schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../docs/rollout.schema.json'), 'utf8'),
)
const listed = { $ref: '#/$defs/listed' }
const GRANT = '--grant-all-permissions'
const SSHFS = 'vieux/sshfs:latest'
const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

suite('rollout :: one process carries out, and others tell it what to do', (test) => {
  test('promote', () =>
    onRolloutStage(async ({ plan, rollout, begin, enabled }) => {
      await plan('vieux/sshfs')
      const carrying = begin(`start ${GRANT} --wait FOLDER/plan.json`)
      await carrying.stdout.seen('holding')
      const told = await rollout('promote')
      assert.is(told.code, 0)
      assert.match(told.stdout, /^promote: the process that carries \S+ out was told$/m)
      assert.is(await carrying.code, 0)
      assert.equal(await enabled(), [[SSHFS], [SSHFS], [SSHFS]])
    }))

  test('retry --only', () =>
    onRolloutStage(
      async ({ plan, rollout, begin, written }) => {
        await plan('--canary none vieux/sshfs')
        const carrying = begin(`start ${GRANT} --wait FOLDER/plan.json`)
        await carrying.stdout.seen('paused')
        assert.is((await rollout('retry --only unreachable')).code, 0)
        assert.match(written(), '{"type":"retry","only":"unreachable"}')
        assert.is((await rollout('cancel')).code, 0)
        assert.is(await carrying.code, 1)
      },
      { size: 1, missing: 1 },
    ))

  test('a second rollout waits until the first has come to rest', () =>
    onRolloutStage(async ({ plan, rollout, begin }) => {
      await plan('vieux/sshfs')
      const carrying = begin(`start ${GRANT} --wait FOLDER/plan.json`)
      await carrying.stdout.seen('holding')
      const second = await rollout(`start ${GRANT} FOLDER/plan.json`)
      assert.is(second.code, 1)
      assert.match(second.stderr, /another process carries a rollout out \(.*\); plugin-flow roll/)
      assert.is((await rollout('cancel')).code, 0)
      assert.is(await carrying.code, 1)
    }))

  test('watch follows it to its end', () =>
    onRolloutStage(async ({ plan, rollout, begin }) => {
      await plan('vieux/sshfs')
      const carrying = begin(`start ${GRANT} --wait FOLDER/plan.json`)
      await carrying.stdout.seen('holding')
      const watching = begin('watch --json --wait')
      await watching.stdout.seen('"to":"holding"')
      await rollout('promote')
      assert.equal([await carrying.code, await watching.code], [0, 0])
      const told = jsonLines(watching.stdout.text())
      for (const line of told) assert.equal(violations(schema, line), [], JSON.stringify(line))
      const done = told.filter(({ type, state }) => type === 'target' && state === 'done')
      assert.equal(done.map(({ target }) => target).sort(), ['t1', 't2'])
      assert.equal([told.at(-1).state, told.at(-1).exitCode], ['done', 0])
    }))

  test('ls names a rollout that cannot be read, and lists the others', () =>
    onRolloutStage(async ({ plan, rollout, folder }) => {
      await plan('vieux/sshfs')
      await rollout(`start ${GRANT} FOLDER/plan.json`)
      await rollout(`start ${GRANT} FOLDER/plan.json`)
      const rollouts = join(folder, 'state/plugin-flow/rollouts')
      const [first = ''] = readdirSync(rollouts).filter((name) => /^\d/.test(name))
      writeFileSync(join(rollouts, first, 'plan.json'), '{')
      const { code, stdout, stderr } = await rollout('ls')
      assert.is(code, 1)
      assert.match(stderr, `the rollout in ${join(rollouts, first)} cannot be read: a file in it`)
      assert.is(stdout.trim().split('\n').length, 2)
    }))

  test('watch ends where a person has to decide, and on Ctrl-C', () =>
    onRolloutStage(async ({ plan, rollout, begin }) => {
      await plan('vieux/sshfs')
      assert.is((await rollout(`start ${GRANT} FOLDER/plan.json`)).code, 4)
      const { code, stdout, stderr } = await rollout('watch')
      assert.is(code, 4)
      assert.match(stdout, /^holding\n\S+: holding {2}1 of 3, 1 done\n$/)
      assert.match(stderr, /it waits for a person/)
      const watching = begin('watch --wait')
      await watching.stdout.seen('holding')
      watching.signals.emit('SIGINT')
      assert.is(await watching.code, 130)
    }))
})

suite('rollout :: no process carries it out', (test) => {
  test('Ctrl-C waits for the targets at work, and resume goes on', () =>
    onRolloutStage(
      async ({ plan, rollout, begin, enabled }) => {
        await plan('--canary none --parallel 1 vieux/sshfs')
        const carrying = begin(`start ${GRANT} FOLDER/plan.json`)
        await carrying.stdout.seen('t0: done')
        carrying.signals.emit('SIGINT')
        assert.is(await carrying.code, 130)
        assert.match(carrying.stderr.text(), /no further target begins here, and those at work/)
        assert.match(carrying.stderr.text(), /plugin-flow rollout resume \S+ goes on with it/)
        const { code, stdout } = await rollout('status --json')
        const status = JSON.parse(stdout)
        assert.equal(violations(schema, status, listed), [])
        assert.equal([code, status.state, status.exitCode], [4, 'rolling', 4])
        assert.ok(status.counts.queued > 0)
        const resumed = await rollout('resume')
        assert.is(resumed.code, 0, resumed.stderr)
        assert.ok((await enabled()).every(([name]) => name === SSHFS))
      },
      { size: 8 },
    ))

  test('pause, resume, cancel, retry', () =>
    onRolloutStage(async ({ plan, rollout, enabled }) => {
      await plan('vieux/sshfs')
      assert.is((await rollout(`start ${GRANT} FOLDER/plan.json`)).code, 4)
      const paused = await rollout('pause')
      assert.is(paused.code, 4)
      assert.match(paused.stderr, /it is paused: plugin-flow rollout resume/)
      assert.is((await rollout('cancel')).code, 1)
      assert.equal(await enabled(), [[SSHFS], [], []])
      const retried = await rollout('retry')
      assert.ok([0, 4].includes(retried.code), retried.stderr)
    }))

  test('retry --only', () =>
    onRolloutStage(
      async ({ plan, rollout }) => {
        await plan('--canary none --max-unreachable 1 vieux/sshfs')
        assert.is((await rollout(`start ${GRANT} FOLDER/plan.json`)).code, 0)
        const failed = await rollout('retry --only failed')
        assert.is(failed.code, 1)
        assert.match(failed.stderr, /does not take that while it is done$/m)
        assert.is((await rollout('retry --only unreachable')).code, 0)
        const { records } = JSON.parse((await rollout('export')).stdout)
        assert.equal(
          records.map(({ state, attempt }: TargetRecord) => `${state} ${attempt}`),
          ['done 1', 'unreachable 2'],
        )
        const wrong = await rollout('retry --only lost')
        assert.is(wrong.code, 2)
        assert.match(wrong.stderr, '--only takes failed or unreachable, and not "lost"')
      },
      { size: 1, missing: 1 },
    ))

  test('ls, status and export', () =>
    onRolloutStage(async ({ plan, rollout }) => {
      await plan('--canary none vieux/sshfs')
      const started = await rollout(`start ${GRANT} --json FOLDER/plan.json`)
      for (const line of jsonLines(started.stdout)) {
        assert.equal(violations(schema, line), [], JSON.stringify(line))
      }
      const { id } = jsonLines(started.stdout).at(-1)
      const table = (await rollout('ls')).stdout
      assert.match(table, new RegExp(`^${id} +install +vieux/sshfs +done +3 of 3$`, 'm'))
      const [row] = jsonLines((await rollout('ls --json')).stdout)
      assert.equal(violations(schema, row, listed), [])
      assert.equal([row.id, row.state, row.counts.done], [id, 'done', 3])
      assert.is((await rollout(`status ${id.slice(0, 6)}`)).code, 0)
      assert.is((await rollout(`status ${id}`)).code, 0)
      const exported = JSON.parse((await rollout('export')).stdout)
      assert.equal([exported.plan.hash, exported.records.length], [row.plan, 3])
      await plan('--canary none --name other vieux/sshfs')
      assert.is((await rollout(`start ${GRANT} FOLDER/plan.json`)).code, 0)
      const several = await rollout('status 20')
      assert.is(several.code, 2)
      assert.match(several.stderr, /"20" is the beginning of several rollouts/)
      assert.match((await rollout('status')).stdout, /: done {2}3 of 3/)
    }))
})

suite('rollout :: on a terminal', (test) => {
  test('counts, failures in their own words, and nothing that is left of the live line', () =>
    onRolloutStage(
      async ({ plan, begin }) => {
        await plan('--canary none --max-unreachable 1 vieux/sshfs')
        const stdout = Object.assign(collector(), { isTTY: true, columns: 100 })
        const { code } = begin(`start ${GRANT} FOLDER/plan.json`, { stdout })
        assert.is(await code, 0)
        const text = stdout.text()
        assert.match(text, /rolling {2}\d of 3/)
        assert.match(text, /t2: unreachable: /)
        assert.match(text, /: done {2}3 of 3, 2 done, 1 unreachable\n$/)
      },
      { size: 2, missing: 1 },
    ))

  const none = Object.fromEntries(TARGET_STATES.map((state) => [state, 0])) as RolloutCounts

  test('progressText :: rate and time left only while something is left', () => {
    const counts = { ...none, queued: 90, done: 8, failed: 2 }
    assert.is(
      progressText('rolling', counts, 1.5),
      'rolling  10 of 100, 8 done, 2 failed, 1.5/s, 1m00s left',
    )
    assert.is(progressText('rolling', counts, 0), 'rolling  10 of 100, 8 done, 2 failed')
    assert.is(progressText('done', { ...none, undone: 1 }, 3), 'done  1 of 1, 1 taken back')
  })

  test('a target that is left as it is :: the command that mends it, on its engine', () => {
    const left = (target: string, index: number, before?: object) => ({
      ...{ rollout: 'r', index, target, state: 'undoFailed' as const, attempt: 2, times: {} },
      ...(before && { before: { state: 'present', reference: 'acme/notes:1.0', ...before } }),
    })
    const targets = [
      { access: { context: 'far away' } },
      { access: { host: 'tcp://db:2376', tls: { ca: 'ca.pem' } } },
    ]
    const { stderr } = rolloutEndLines({
      id: 'r',
      plan: { plugin: { name: 'notes:latest' }, targets } as unknown as RolloutPlan,
      state: 'rolledBack',
      counts: { ...none, undoFailed: 3 },
      records: [left('a', 0, {}), left('b', 1), left('c', 2)] as never,
    })
    assert.equal(stderr.slice(-3), [
      'a is left as it is; to mend it: plugin-flow upgrade --context "far away" notes:latest acme/notes:1.0',
      'b is left as it is; to mend it: plugin-flow rm --force --host tcp://db:2376 --tlsverify notes:latest',
      'c is left as it is; to mend it: plugin-flow rm --force notes:latest',
    ])
    assert.is(recordLine(left('a', 0) as never), 'a: undoFailed')
  })

  test('createRate :: of the last half minute', () => {
    let now = 0
    const rate = createRate(() => now)
    rate.count()
    assert.is(rate.perSecond(), 0)
    now = 2_000
    for (let each = 0; each < 9; each++) rate.count()
    assert.is(rate.perSecond(), 5)
    now = 31_000
    assert.is(rate.perSecond(), 0.3)
    now = 62_001
    assert.is(rate.perSecond(), 0)
  })

  test('isAtRest', () => {
    const strategy = (hold: 'person' | number) => ({
      strategy: { hold } as RolloutPlan['strategy'],
    })
    const rests = (state: string, out: number, hold: 'person' | number = 'person') =>
      isAtRest({ state, out }, strategy(hold))
    assert.equal(
      [rests('paused', 0), rests('paused', 1), rests('holding', 0), rests('holding', 0, 5)],
      [true, false, true, false],
    )
    assert.equal([rests('rolling', 1), rests('done', 0)], [false, true])
  })
})
