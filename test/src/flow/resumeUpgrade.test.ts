import * as assert from 'uvu/assert'
import { operations } from '../../../adapters/engine/api/operations.ts'
import type { UpgradeSnapshot } from '../../../machines/plugin-upgrade/snapshot.ts'
import { connect } from '../../../src/flow/connect.ts'
import { resumeUpgrade, type UpgradeOptions } from '../../../src/upgrade.ts'
import type { Stage } from '../../support/embedded.ts'
import { type Moment, mortal } from '../../support/mortal.ts'
import { suite } from '../../support/suite.ts'
import { OLD, OWNERS, onUpgradeStage, resume, upgrade } from '../../support/upgradeStage.ts'

const moments: Moment[] = ['before', 'during', 'after']

/** Lets a run live until it dies at a call; what it had journalled last is what is left of it. */
async function liveUntil(
  stage: Stage,
  options: Partial<UpgradeOptions>,
  call: number,
  moment: Moment,
): Promise<{ left: UpgradeSnapshot | undefined; died: boolean; isChange: boolean }> {
  const engine = connect({ host: stage.embedded.host, env: { DOCKER_CONFIG: '/nonexistent' } })
  let left: UpgradeSnapshot | undefined
  let isDead = false
  let isChange = false
  await new Promise<void>((resolve) => {
    const die = () => {
      isDead = true
      resolve()
    }
    const mortalEngine = mortal(engine, call, moment, die, (id) => {
      isChange = operations[id].kind !== 'look'
    })
    const journal = (snapshot: UpgradeSnapshot) => {
      if (!isDead) left = JSON.parse(JSON.stringify(snapshot))
    }
    const end = upgrade(stage, { ...options, engine: mortalEngine, journal })
    end.then(
      () => resolve(),
      () => resolve(),
    )
  })
  engine.close()
  // The engine has noticed that its client is gone once it answers the next one.
  await stage.call('GET', '/_ping')
  return { left, died: isDead, isChange }
}

suite('resumeUpgrade', (test) => {
  for (const mode of ['inPlace', 'replace'] as const) {
    for (const rollBack of [false, true]) {
      const what = rollBack ? 'goes back' : 'goes on'
      test(`a process that dies at any moment of any call, ${mode} :: the run ${what} in another`, async () => {
        let lives = 0
        for (let call = 1, died = true; died; call++) {
          let isChange = true
          // A look leaves nothing of itself on the engine.
          for (const moment of moments) {
            if (!isChange) break
            await onUpgradeStage(
              async (stage) => {
                const options = { mode, grantAllPermissions: true, trial: true } as const
                const life = await liveUntil(stage, options, call, moment)
                died &&= life.died
                isChange = life.isChange
                if (!life.left || !life.died) return
                lives++
                const { output } = await resume(stage, life.left, { rollBack })
                const where = `call ${call}, ${moment}: ${life.left.state} ${JSON.stringify(output)}`
                const isLost = mode === 'replace' && output.state === 'stranded'
                if (isLost) return assert.match(where, /not known to this process/)
                if (rollBack && !life.left.outcome) assert.is(output.state, 'rolledBack', where)
                else assert.is(output.state, 'done', where)
              },
              { settings: OWNERS },
            )
          }
        }
        assert.ok(lives > 20, `${lives} lives`)
      })
    }
  }
})

suite('a copy that the engine installs late', (test) => {
  test('after the run was taken up again :: is the copy of the run', () =>
    onUpgradeStage(
      async (stage) => {
        let left: UpgradeSnapshot | undefined
        const journal = (snapshot: UpgradeSnapshot) => {
          if (snapshot.state === 'staging') left = structuredClone(snapshot)
        }
        await upgrade(stage, { mode: 'inPlace', grantAllPermissions: true, journal })
        await stage.call('DELETE', `/plugins/${OLD}?force=1`)
        const options = { reference: OLD, settings: OWNERS, grantAllPermissions: true }
        const { id } = await stage.install(options).result
        assert.ok(left?.run.before)
        const { before } = left.run
        const run = { ...left.run, before: { ...before, id } }
        let pulls = 0
        const { output } = await resume(
          stage,
          { ...left, run },
          {
            wrap: (engine) => ({
              ...engine,
              async call(operation, input, options) {
                // The earlier process's pull ends first.
                if (operation === 'pluginPull' && pulls++ === 0)
                  await engine.call(operation, input, options)
                return engine.call(operation, input, options)
              },
            }),
          },
        )
        assert.is(output.state, 'done', JSON.stringify(output))
        assert.is(pulls, 1)
        assert.is(stage.embedded.plugins().length, 1)
      },
      { settings: OWNERS },
    ))
})

suite('the snapshot of an upgrade', (test) => {
  test('of a run that has ended :: tells its end again, and changes nothing', () =>
    onUpgradeStage(async (stage) => {
      const { written } = await upgrade(stage, { reference: OLD })
      const last = written.at(-1)
      assert.ok(last?.outcome)
      const plugins = stage.embedded.plugins()
      assert.is((await resume(stage, last)).output.state, 'done')
      assert.equal(stage.embedded.plugins(), plugins)
    }))

  test('without the values of its secret settings :: is refused in one line', () =>
    onUpgradeStage(async (stage) => {
      const settings = { LEVEL: { value: 'x', secret: true } } as const
      const { written } = await upgrade(stage, { settings, mode: 'inPlace' })
      const left = written.find(({ state }) => state === 'disabling')
      assert.ok(left)
      assert.throws(
        () => resumeUpgrade(stage.engine, left),
        /hand in LEVEL \(secretSettings\), or go back \(rollBack\)/,
      )
    }))

  test('of something else :: is refused in one line', () => {
    const engine = { call: () => Promise.reject(new Error('no call is made')) }
    const refuse = (snapshot: unknown) => () => resumeUpgrade(engine, snapshot as UpgradeSnapshot)
    assert.throws(refuse({ machine: 'pluginInstall' }), /^this is no snapshot of an upgrade$/)
  })
})
