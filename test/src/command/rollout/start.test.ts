import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rolloutFolder } from '../../../../src/command/rollout/rolloutFolder.ts'
import { openEmbeddedRunner } from '../../../../src/rollout/embeddedRunner.ts'
import { suite } from '../../../support/suite.ts'
import { withoutUser } from '../../../support/withoutUser.ts'
import { collector } from '../collect.ts'
import { onRolloutStage } from './rolloutStage.ts'

const GRANT = '--grant-all-permissions'
const SSHFS = 'vieux/sshfs:latest'
const ALL = '--canary none'

suite('rollout start', (test) => {
  test('one question, and the plugin is on every engine', () =>
    onRolloutStage(async ({ plan, rollout, enabled }) => {
      await plan(`${ALL} vieux/sshfs DEBUG=1`)
      const { code, stdout, stderr } = await rollout('start FOLDER/plan.json', 'y\n')
      assert.is(code, 0, stderr)
      assert.match(stdout, /^plugin {6}install vieux\/sshfs, as vieux\/sshfs:latest$/m)
      assert.match(stdout, /^privileges {2}network: /m)
      assert.match(stdout, /^targets {5}3: install \(t0, t1, t2\)$/m)
      assert.match(stdout, /carry this out on all of these targets\? \[y\/N\] \n/)
      for (const line of [/^rolling$/m, /^t1: done$/m, /^done$/m, /: done {2}3 of 3, 3 done$/m]) {
        assert.match(stdout, line)
      }
      assert.equal(await enabled(), [[SSHFS], [SSHFS], [SSHFS]])
    }))

  for (const [input, words] of [
    ['n\n', /the answer was not y: nothing was changed/],
    ['', /no answer was given; --grant-all-permissions, --allow or --policy answer/],
  ] as const) {
    test(`answered ${JSON.stringify(input)} :: nothing is changed`, () =>
      onRolloutStage(async ({ plan, rollout, enabled }) => {
        await plan('vieux/sshfs')
        const { code, stderr } = await rollout('start FOLDER/plan.json', input)
        assert.is(code, 1)
        assert.match(stderr, words)
        assert.equal(await enabled(), [[], [], []])
        assert.match((await rollout('ls')).stdout, /^ROLLOUT +KIND +PLUGIN +STATE +TARGETS\n$/)
      }))
  }

  test('on a terminal the privileges are explained, and an interrupt at the question changes nothing', () =>
    onRolloutStage(
      async ({ plan, begin, enabled }) => {
        await plan('vieux/sshfs')
        const stdout = Object.assign(collector(), { isTTY: true, columns: 100 })
        const { code, stderr, signals } = begin('start FOLDER/plan.json', { stdout })
        await stdout.endsWith('on all of these targets? [y/N] ')
        assert.match(stdout.text(), /CAP_SYS_ADMIN/)
        assert.match(stdout.text(), /It can offer file systems of its own \(FUSE\) to the host/)
        signals.emit('SIGINT')
        assert.is(await code, 130)
        assert.match(stderr.text(), /cancelled: nothing was changed/)
        assert.equal(await enabled(), [[]])
      },
      { size: 1 },
    ))

  test('a user without a name :: the consent is recorded all the same', () =>
    onRolloutStage(
      async ({ plan, rollout, enabled, written }) => {
        await plan(`${ALL} vieux/sshfs`)
        await withoutUser(async () => {
          assert.is((await rollout('start FOLDER/plan.json', 'y\n')).code, 0)
        })
        assert.match(written(), /"who":"unknown"/)
        assert.equal(await enabled(), [[SSHFS]])
      },
      { size: 1 },
    ))

  test('while another process has the folder, nothing is begun', () =>
    onRolloutStage(
      async ({ plan, rollout, folder, enabled }) => {
        await plan('vieux/sshfs')
        const env = { XDG_STATE_HOME: join(folder, 'state') }
        const runner = await openEmbeddedRunner(rolloutFolder(env))
        const { code, stderr } = await rollout(`start ${GRANT} FOLDER/plan.json`)
        await runner.close()
        assert.is(code, 1)
        assert.match(stderr, /another process carries a rollout out \(.*\); plugin-flow rollout ls/)
        assert.equal(await enabled(), [[]])
      },
      { size: 1 },
    ))

  test('a policy answers', () =>
    onRolloutStage(async ({ plan, rollout, enabled, folder, written }) => {
      await plan(`${ALL} vieux/sshfs`)
      const denied = await rollout('start --allow network:host FOLDER/plan.json')
      assert.is(denied.code, 1)
      assert.match(denied.stderr, /the rollout is denied: .*; nothing was changed/)
      const rules = [
        {
          reference: 'vieux/sshfs:*',
          allow: ['network:*', 'mount:**', 'device:**', 'capabilities:*'],
        },
      ]
      writeFileSync(join(folder, 'policy.json'), JSON.stringify({ version: 1, rules }))
      const { code, stderr } = await rollout('start --policy FOLDER/policy.json FOLDER/plan.json')
      assert.is(code, 0, stderr)
      assert.equal(await enabled(), [[SSHFS], [SSHFS], [SSHFS]])
      assert.match(written(), /"who":"--policy .*policy\.json \(rule 1\)"/)
    }))

  test('canaries wait for a person, in whichever process', () =>
    onRolloutStage(async ({ plan, rollout, enabled }) => {
      await plan('vieux/sshfs')
      const started = await rollout(`start ${GRANT} FOLDER/plan.json`)
      assert.is(started.code, 4)
      assert.match(started.stderr, /it waits for a person: plugin-flow rollout promote \S+ goes on/)
      assert.equal(await enabled(), [[SSHFS], [], []])
      const { code, stdout } = await rollout('status')
      assert.is(code, 4)
      assert.match(stdout, /^install vieux\/sshfs\n\S+: holding {2}1 of 3, 1 done\n/)
      assert.is((await rollout('retry')).code, 1)
      assert.is((await rollout('promote')).code, 0)
      assert.equal(await enabled(), [[SSHFS], [SSHFS], [SSHFS]])
      assert.is((await rollout('status')).code, 0)
    }))

  test('a target that does not answer, within the budget and beyond it', () =>
    onRolloutStage(
      async ({ plan, rollout, enabled }) => {
        await plan(`${ALL} --max-unreachable 1 vieux/sshfs`)
        const within = await rollout(`start ${GRANT} FOLDER/plan.json`)
        assert.is(within.code, 0)
        assert.match(within.stdout, /: done {2}3 of 3, 2 done, 1 unreachable$/m)
        assert.match(within.stderr, /^t2: unreachable: .* \(engine-unreachable\)$/m)
        assert.equal(await enabled(), [[SSHFS], [SSHFS]])
        await plan(`${ALL} --max-unreachable 0 --name other vieux/sshfs`)
        const beyond = await rollout(`start ${GRANT} FOLDER/plan.json`)
        assert.is(beyond.code, 4)
        assert.match(beyond.stderr, /it is paused: plugin-flow rollout resume \S+ goes on/)
        await plan(`${ALL} --max-unreachable 0 --on-failure stop --name third vieux/sshfs`)
        const stopped = await rollout(`start ${GRANT} FOLDER/plan.json`)
        assert.is(stopped.code, 1)
        assert.match(stopped.stderr, /what is done stays: plugin-flow rollout retry/)
      },
      { size: 2, missing: 1 },
    ))

  test('a rollback takes back what was changed', () =>
    onRolloutStage(async ({ plan, rollout, enabled }) => {
      await plan(`${ALL} vieux/sshfs`)
      assert.is((await rollout(`start ${GRANT} FOLDER/plan.json`)).code, 0)
      const { code, stdout } = await rollout('rollback')
      assert.is(code, 3)
      assert.match(stdout, /: rolledBack {2}3 of 3, 3 taken back$/m)
      assert.equal(await enabled(), [[], [], []])
    }))

  test('a target that cannot be taken back is listed, with its command', () =>
    onRolloutStage(async ({ plan, rollout, engines }) => {
      await plan(`${ALL} vieux/sshfs`)
      assert.is((await rollout(`start ${GRANT} FOLDER/plan.json`)).code, 0)
      const [, second] = engines
      await second?.close()
      const { code, stderr, stdout } = await rollout('rollback')
      assert.is(code, 1)
      assert.match(stdout, /: rolledBack {2}3 of 3, 2 taken back, 1 not taken back$/m)
      assert.match(
        stderr,
        /^t1 is left as it is; to mend it: plugin-flow rm --force --host \S+ vieux\/sshfs:latest$/m,
      )
    }))

  test('a secret setting reaches the engines, and is nowhere else', () => {
    const PLANTED = 'planted-Value-5c1f'
    return onRolloutStage(
      async ({ plan, rollout, written, folder }) => {
        await plan(`${ALL} --set-secret-env DEBUG=TOKEN vieux/sshfs`)
        const { code, stdout, stderr } = await rollout(`start ${GRANT} --json FOLDER/plan.json`)
        assert.is(code, 0, stderr)
        const exported = (await rollout('export')).stdout
        const plans = readFileSync(join(folder, 'plan.json'), 'utf8')
        for (const text of [stdout, stderr, written(), exported, plans]) {
          assert.ok(text.includes('DEBUG') || text === stderr || text === stdout)
          assert.not.ok(text.includes(PLANTED), 'the secret shows')
        }
      },
      { env: { TOKEN: PLANTED } },
    )
  })

  const wrong: [args: string, words: RegExp][] = [
    ['start', /rollout start needs a PLAN/],
    ['start a b', /rollout start takes one PLAN/],
    ['start --max-age 0 a', /--max-age takes a whole number of hours, and not "0"/],
    ['start /nowhere/plan.json', /the plan \/nowhere\/plan\.json: there is no such file/],
    ['start FOLDER/fleet.json', /fleet\.json is not a plan of plugin-flow rollout plan/],
    ['status', /there is no rollout; plugin-flow rollout plan and start make one/],
    ['status 2026', /there is no rollout "2026"; plugin-flow rollout ls lists them/],
    ['status a b', /rollout status takes one ROLLOUT/],
    ['pause xyz', /"xyz" is not the ID of a rollout/],
  ]
  for (const [args, words] of wrong) {
    test(`wrong usage :: ${args}`, () =>
      onRolloutStage(
        async ({ rollout }) => {
          const { code, stderr } = await rollout(args)
          assert.is(code, 2, stderr)
          assert.match(stderr, words)
        },
        { size: 0 },
      ))
  }

  test('a plan that was edited, or is old, is refused', () =>
    onRolloutStage(
      async ({ plan, rollout, folder }) => {
        await plan('vieux/sshfs')
        const path = join(folder, 'plan.json')
        const text = readFileSync(path, 'utf8')
        writeFileSync(path, text.replace('"parallel": 10', '"parallel": 11'))
        const edited = await rollout(`start ${GRANT} FOLDER/plan.json`)
        assert.is(edited.code, 2)
        assert.match(edited.stderr, /was changed after it was made/)
      },
      { size: 1 },
    ))

  test('a plan whose secret this machine does not have is refused', () =>
    onRolloutStage(
      async ({ plan, folder, begin }) => {
        await plan('--set-secret FOLDER=@FOLDER/fleet.json vieux/sshfs'.replace('FOLDER=', 'A='))
        const path = join(folder, 'fleet.json')
        writeFileSync(path, '')
        const { code, stderr } = begin(`start ${GRANT} FOLDER/plan.json`)
        assert.is(await code, 2)
        assert.match(stderr.text(), /a setting needs the file \S+fleet\.json, which is empty/)
      },
      { size: 1 },
    ))
})
