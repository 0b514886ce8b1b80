import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { run } from '../src/command/stage.ts'
import { writeNoCredentials } from '../support/noCredentials.ts'
import { engineSuite } from './world/engineSuite.ts'
import { type MortalEngine, startMortalEngine } from './world/startMortalEngine.ts'

engineSuite('real engine :: plugin-flow rollout', (test, world) => {
  test('three engines, one of them stopped :: two installed, one unreachable, and the budget decides', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollout-engines-'))
    writeNoCredentials(folder)
    const engines: MortalEngine[] = []
    const env = { DOCKER_CONFIG: folder, XDG_STATE_HOME: folder }
    const plan = join(folder, 'plan.json')
    const rollout = async (...args: string[]) => {
      const { code, stdout, stderr } = run({}, env, ['rollout', ...args])
      return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
    }
    const carryOut = async (name: string, mostUnreachable: string) => {
      const reference = world().reference('plain')
      const options = ['--canary', 'none', '--max-unreachable', mostUnreachable, '--name', name]
      const fleet = ['--fleet', join(folder, 'fleet.json'), '-o', plan]
      const planned = await rollout('plan', ...fleet, ...options, reference)
      assert.is(planned.code, 0, planned.stderr)
      return rollout('start', '--grant-all-permissions', plan)
    }
    try {
      for (let count = 0; count < 3; count++) engines.push(await startMortalEngine(world()))
      const targets = engines.map(({ host }, index) => ({ id: `engine-${index}`, host }))
      writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ targets }))
      await engines[2]?.kill()

      const within = await carryOut('within', '1')
      assert.is(within.code, 0, within.stderr)
      assert.match(within.stdout, /: done {2}3 of 3, 2 done, 1 unreachable$/m)
      assert.match(within.stderr, /^engine-2: unreachable: /m)
      const beyond = await carryOut('beyond', '0')
      assert.is(beyond.code, 4, beyond.stderr)
      assert.match(beyond.stderr, /it is paused: plugin-flow rollout resume/)
      for (const engine of engines.slice(0, 2)) {
        const found = (await engine.plugins()).map(({ Name, Enabled }) => [Name, Enabled])
        assert.ok(found.some(([name, enabled]) => name === 'within:latest' && enabled))
      }

      await engines[2]?.restart()
      const retried = await rollout('retry')
      assert.is(retried.code, 0, retried.stderr)
      const everywhere = await Promise.all(engines.map((engine) => engine.plugins()))
      for (const plugins of everywhere) {
        assert.ok(plugins.some(({ Name, Enabled }) => Name === 'beyond:latest' && Enabled))
      }
      const back = await rollout('rollback')
      assert.is(back.code, 3, back.stderr)
      const names = await Promise.all(engines.map((engine) => engine.plugins()))
      assert.equal(
        names.map((plugins) => plugins.map(({ Name }) => Name)),
        [['within:latest'], ['within:latest'], []],
      )
    } finally {
      await Promise.all(engines.map((engine) => engine.stop()))
      rmSync(folder, { recursive: true })
    }
  })
})
