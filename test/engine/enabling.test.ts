import * as assert from 'uvu/assert'
import type { InstallError } from '../../src/flow/errors.ts'
import type { InstallOptions } from '../../src/flow/types.ts'
import { engineSuite } from './world/engineSuite.ts'
import type { FixtureName } from './world/fixtures.ts'
import { entering, failure, install, onEngine } from './world/flows.ts'
import { commandLine, isAlive, processesOf } from './world/processes.ts'
import type { World } from './world/startWorld.ts'
import { until } from './world/until.ts'

interface End {
  error: InstallError
  states: readonly string[]
  /** The plugins of this name on the engine when the flow had ended. */
  left: string[]
}

// An engine waits 12.6 s for a plugin's socket, so these run at the same time, each with its name.
engineSuite('real engine :: a plugin that does not start', (test, world) => {
  const ends: Record<string, End> = {}
  let afterAll: string[] = []
  let processes: string[] = []

  const run = async (
    alias: string,
    fixture: FixtureName,
    options: Partial<InstallOptions> = {},
    act?: (flow: ReturnType<typeof install>) => Promise<void>,
  ) => {
    const reference = world().reference(fixture)
    const flow = install(world(), { reference, alias, grantAllPermissions: true, ...options })
    await act?.(flow)
    const error = await failure(flow)
    const left = (await onEngine(world())).filter((line) => line.startsWith(`${alias}:`))
    ends[alias] = { error, states: flow.states, left }
  }
  const cancelOnceItRuns = async (flow: ReturnType<typeof install>) => {
    await entering(flow, 'enabling')
    await until('the plugin runs', () => pluginProcesses(world()).some((each) => /hang/.test(each)))
    flow.cancel()
  }

  test.before(async () => {
    await Promise.all([
      run('dies', 'dies'),
      run('slow', 'slow'),
      run('kept', 'dies', { onFailure: 'keep' }),
      run('impatient', 'slow', { policy: { timeouts: { enabling: 1_000 } } }),
      run('cancelled', 'slow', {}, cancelOnceItRuns),
      run('badmount', 'badmount'),
      run('moved', 'probe', { settings: { 'state.source': '/does/not/exist' } }),
    ])
    afterAll = await onEngine(world())
    await until('every plugin has ended', () => pluginProcesses(world()).length === 0)
    processes = pluginProcesses(world())
  })

  const removed = [
    ['it exits', 'dies', 'plugin-did-not-listen'],
    ['it never opens its socket', 'slow', 'plugin-did-not-listen'],
    ['the flow has less time than the engine takes', 'impatient', 'timed-out'],
    ['cancelled while the engine waits', 'cancelled', 'cancelled'],
    ['it mounts what is not there', 'badmount', 'mount-source-missing'],
    ['a setting made it mount what is not there', 'moved', 'mount-source-missing'],
  ] as const
  for (const [name, alias, code] of removed) {
    test(`${name} :: it is taken back`, () => {
      const { error, states, left } = ends[alias] as End
      assert.is(error.code, code)
      assert.is(error.state, 'enabling')
      assert.is(error.rollback.result, 'removed')
      assert.equal(states.slice(-3), ['enabling', 'rollingBack', 'rolledBack'])
      assert.equal(left, [])
    })
  }

  test('onFailure keep :: it stays, disabled', () => {
    const { error, left } = ends.kept as End
    assert.is(error.code, 'plugin-did-not-listen')
    assert.is(error.rollback.result, 'kept')
    assert.equal(left, ['kept:latest disabled'])
  })

  test('when the engine has given up on all of them nothing has come back', () => {
    assert.equal(afterAll, ['kept:latest disabled'])
    assert.equal(processes, [])
  })
})

/** The command lines of the plugins that run. */
function pluginProcesses(world: World): string[] {
  const lines = processesOf(world.folder).filter(isAlive).map(commandLine)
  return lines.filter((line) => line.startsWith('/probe'))
}
