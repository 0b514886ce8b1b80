import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import { type ConnectedEngine, connect } from '../../../src/flow/connect.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import { flowGate } from '../../../src/flow/place.ts'
import { simulateEngine } from '../../../src/simulation.ts'
import { type UpgradeError, upgradePlugin } from '../../../src/upgrade.ts'
import type { Stage } from '../../support/embedded.ts'
import { limited } from '../../support/limited.ts'
import { suite } from '../../support/suite.ts'
import {
  changes,
  inEffect,
  notes,
  OLD,
  OLD_DEFAULTS,
  OLD_OWNERS,
  OWNERS,
  onUpgradeStage,
  upgrade,
} from '../../support/upgradeStage.ts'

/** Calls once, before the flow writes down this state. */
function before(state: string, act: (stage: Stage) => unknown, stage: Stage) {
  let done = false
  return {
    journal: async (snapshot: { state: string }) => {
      if (done || snapshot.state !== state) return
      done = true
      await act(stage)
    },
  }
}

const enable = ({ call }: Stage) => call('POST', `/plugins/${OLD}/enable?timeout=0`)
const disable = ({ call }: Stage) => call('POST', `/plugins/${OLD}/disable`)
const remove = ({ call }: Stage) => call('DELETE', `/plugins/${OLD}?force=1`)

suite('an upgrade that other clients cross', (test) => {
  test('disabled meanwhile :: it stays so', () =>
    onUpgradeStage(async (stage) => {
      const { output } = await upgrade(stage, {
        at: (state) => void (state === 'staging' && disable(stage)),
      })
      assert.is(output.state, 'stranded')
      if (output.state !== 'stranded') return
      assert.is(output.failure.code, 'changed-by-others')
      assert.equal([output.version, output.commands], ['old', [`plugin-flow enable ${OLD}`]])
      assert.equal(changes(stage, OLD), [`POST /plugins/${OLD}/disable`])
    }))

  test('a plugin is there under the name of its copy :: a new run does not take that for its own', () =>
    onUpgradeStage(async (stage) => {
      const { embedded, engine, call } = stage
      const remote = 'docker.io/acme/notes:2.0'
      const options = { signal: new AbortController().signal }
      let stays: boolean | undefined
      const { output } = await upgrade(stage, {
        async journal({ state, outcome, input: { copyName } }) {
          if (state === 'staging') {
            const { privileges } = await engine.call('getPluginPrivileges', { remote }, options)
            await engine.call('pluginPull', { remote, name: copyName, privileges }, options)
          }
          if (!outcome) return
          stays = embedded.plugins().some(({ Name }) => Name === copyName)
          await call('DELETE', `/plugins/${copyName}`)
        },
      })
      assert.is(output.state, 'rolledBack', JSON.stringify(output))
      assert.is(output.state === 'rolledBack' && output.failure.code, 'already-exists')
      assert.ok(stays)
      assert.equal(changes(stage, OLD), [])
    }))

  test('enabled before the swap :: it is left alone, and it runs', () =>
    onUpgradeStage(
      async (stage) => {
        const { output } = await upgrade(stage, {
          ...before('upgrading', enable, stage),
        })
        assert.is(output.state, 'stranded')
        if (output.state !== 'stranded') return
        assert.equal([output.version, output.commands], ['old', []])
        assert.is(inEffect(stage), OLD_OWNERS)
      },
      { settings: OWNERS },
    ))

  test('enabled during the swap :: its old process does not stay', () =>
    onUpgradeStage(async (stage) => {
      const { output } = await upgrade(stage, {
        ...before('configuring', enable, stage),
        mode: 'inPlace',
      })
      assert.is(output.state, 'done')
      assert.is(stage.embedded.process(OLD)?.digest, notes('2.0').digest)
    }))

  for (const mode of ['inPlace', 'replace'] as const) {
    for (const state of ['disabling', 'upgrading', 'configuring', 'enabling']) {
      test(`removed before ${state}, ${mode} :: it does not come back`, () =>
        onUpgradeStage(async (stage) => {
          const { output } = await upgrade(stage, { ...before(state, remove, stage), mode })
          assert.is(output.state, 'stranded')
          if (output.state !== 'stranded') return
          assert.equal(
            [output.version, output.commands],
            ['gone', [`plugin-flow install --alias ${OLD} docker.io/${OLD}`]],
          )
          assert.equal(
            stage.embedded.plugins().map(({ Name }) => Name),
            [output.leftover?.name],
          )
        }))
    }
  }

  test('pointed elsewhere during the swap :: it is not enabled so, and the old version is back', () =>
    onUpgradeStage(async (stage) => {
      const point = ({ engine }: Stage) =>
        engine.call(
          'pluginSet',
          { name: OLD, settings: ['state.source=/'] },
          { signal: new AbortController().signal },
        )
      const seen: string[] = []
      const { output } = await upgrade(stage, {
        ...before('configuring', point, stage),
        at: (state) => void (state === 'enabling' && seen.push(state)),
        mode: 'inPlace',
      })
      assert.equal([output.state, seen], ['rolledBack', []], JSON.stringify(output))
      assert.is(output.state === 'rolledBack' && output.failure.code, 'not-in-effect')
      assert.match(inEffect(stage), '| /var/lib/notes |')
    }))

  test('upgraded to another version meanwhile :: that stays', () =>
    onUpgradeStage(async (stage) => {
      const other = 'acme/notes:4.0'
      stage.embedded.publish(other, {
        ...notes('2.0'),
        config: { ...notes('2.0').config, Description: 'other' },
      })
      const swap = async ({ engine }: Stage) => {
        const options = { signal: new AbortController().signal }
        const remote = `docker.io/${other}`
        const { privileges } = await engine.call('getPluginPrivileges', { remote }, options)
        await engine.call('pluginUpgrade', { name: OLD, remote, privileges }, options)
      }
      const { output } = await upgrade(stage, {
        ...before('upgrading', swap, stage),
        mode: 'inPlace',
      })
      assert.is(output.state, 'stranded')
      assert.is(stage.embedded.plugins()[0]?.Config.Description, 'other')
    }))

  test('the tag moves between the copy and the swap :: back, for that content was not agreed to', () =>
    onUpgradeStage(
      async (stage) => {
        const { output } = await upgrade(stage, {
          mode: 'inPlace',
          at: (state) => {
            if (state === 'disabling') stage.embedded.publish('acme/notes:2.0', notes('1.0'))
          },
        })
        assert.is(output.state, 'rolledBack')
        assert.is(output.state === 'rolledBack' && output.failure.code, 'privileges-changed')
        assert.is(inEffect(stage), OLD_OWNERS)
      },
      { settings: OWNERS },
    ))

  test('to content that asks for the same :: back as well', () =>
    onUpgradeStage(async (stage) => {
      const moved = { ...notes('2.0'), config: { ...notes('2.0').config, WorkDir: '/moved' } }
      for (const mode of ['inPlace', 'replace'] as const) {
        const { output } = await upgrade(stage, {
          mode,
          at: (state) => {
            if (state === 'disabling') stage.embedded.publish('acme/notes:2.0', moved)
          },
        })
        assert.is(output.state, 'rolledBack', mode)
        assert.is(output.state === 'rolledBack' && output.failure.code, 'digest-changed')
        assert.match(inEffect(stage), /^DEBUG=0/)
        stage.embedded.publish('acme/notes:2.0', notes('2.0'))
      }
    }))
})

suite('an upgrade whose registry goes away', (test) => {
  test('before the way back :: stranded with the new version, and what mends it', () =>
    onUpgradeStage(
      async (stage) => {
        const { output } = await upgrade(stage, {
          mode: 'inPlace',
          reference: 'acme/notes:3.0',
          at: (state) => {
            if (state === 'verifying')
              stage.embedded.changeRegistry('docker.io', { reachable: false })
          },
        })
        assert.is(output.state, 'stranded')
        if (output.state !== 'stranded') return
        assert.equal(
          [output.version, output.commands],
          ['new', [`plugin-flow upgrade ${OLD} docker.io/${OLD}`, `plugin-flow enable ${OLD}`]],
        )
        assert.match(output.reason, 'docker.io')
        assert.equal(stage.embedded.plugins()[0]?.Enabled, false)
      },
      { settings: OWNERS },
    ))

  test('before the second half of a replacement :: stranded without it, and what mends it', () =>
    onUpgradeStage(async (stage) => {
      const { output } = await upgrade(stage, {
        mode: 'replace',
        at: (state) => {
          if (state === 'upgrading')
            stage.embedded.changeRegistry('docker.io', { reachable: false })
        },
      })
      assert.is(output.state, 'stranded')
      assert.is(output.state === 'stranded' && output.version, 'gone')
      assert.is(stage.embedded.plugins().length, 1)
    }))

  test('before the swap in place :: the old version is back', () =>
    onUpgradeStage(async (stage) => {
      const { output } = await upgrade(stage, {
        mode: 'inPlace',
        at: (state) => {
          if (state === 'upgrading')
            stage.embedded.changeRegistry('docker.io', { reachable: false })
        },
      })
      assert.is(output.state, 'rolledBack')
      assert.is(inEffect(stage), OLD_DEFAULTS)
    }))
})

suite('a cancelled upgrade', (test) => {
  for (const state of [
    'reading',
    'resolving',
    'awaitConsent',
    'staging',
    'trying',
    'disabling',
    'upgrading',
    'verifying',
    'configuring',
    'enabling',
    'proving',
  ]) {
    for (const mode of ['inPlace', 'replace'] as const) {
      test(`in ${state}, ${mode} :: the old version is there as it was`, () =>
        onUpgradeStage(
          async (stage) => {
            const { output } = await upgrade(stage, {
              mode,
              trial: true,
              onFailure: 'keep',
              answer: (request, flow) => state !== 'awaitConsent' && flow.grant(request),
              at: (reached, flow) => void (reached === state && setImmediate(flow.cancel)),
            })
            assert.is(output.state, 'rolledBack')
            if (output.state !== 'rolledBack') return
            assert.equal([output.failure.code, output.failure.state], ['cancelled', state])
            assert.match(
              inEffect(stage),
              /^DEBUG=1 FORMAT=text.* \| --loud \| \/data\/notes \| \/dev\/fuse$/,
            )
          },
          { settings: OWNERS },
        ))
    }
  }

  test('in the middle of the pull :: no copy is left', () =>
    onUpgradeStage(async (stage) => {
      stage.embedded.changeRegistry('docker.io', { bytesPerSecond: 1 })
      const { output } = await upgrade(stage, {
        at: (reached, flow) => void (reached === 'staging' && setTimeout(flow.cancel, 50)),
      })
      assert.is(output.state, 'rolledBack')
      assert.ok(stage.requests().includes('POST /plugins/pull'))
    }))
})

suite('an upgrade that has lost its right to act', (test) => {
  const steps = ['staging', 'trying', 'disabling', 'upgrading', 'configuring', 'enabling']
  for (const state of [...steps, 'rollingBack.returning', 'rollingBack.restoring']) {
    test(`${state} :: sends nothing more, not even to take back`, () =>
      onUpgradeStage(async (stage) => {
        const sent = () => stage.requests().filter((request) => !request.startsWith('GET'))
        let before: string[] | undefined
        const { output } = await upgrade(stage, {
          reference: 'acme/notes:3.0',
          mode: 'inPlace',
          trial: state === 'trying',
          journal: (snapshot) => {
            if (snapshot.state !== state && !before) return
            before ??= sent()
            return 'abandon'
          },
        })
        assert.ok(before, 'it was never there')
        assert.equal(sent(), before)
        const isUntouched = ['staging', 'trying', 'disabling'].includes(state)
        assert.is(output.state, isUntouched ? 'rolledBack' : 'stranded')
        const code = state.startsWith('rollingBack') ? 'plugin-did-not-listen' : 'abandoned'
        assert.is(output.state !== 'done' && output.failure.code, code)
      }))
  }

  for (const way of ['forward', 'back']) {
    test(`the removal of its copy, on the way ${way} :: not even that is sent`, () =>
      onUpgradeStage(async (stage) => {
        let isLost = false
        const { output } = await upgrade(stage, {
          mode: 'inPlace',
          at: (state) => {
            isLost ||= state.endsWith('cleaning')
          },
          answer: (request, flow) =>
            request.plan && way === 'back' ? flow.deny('no', request) : flow.grant(request),
          journal: () => (isLost ? 'abandon' : undefined),
        })
        assert.is(output.state, way === 'forward' ? 'done' : 'rolledBack')
        const removals = stage.requests().filter((request) => request.startsWith('DELETE'))
        assert.equal(removals, [])
      }))
  }

  test('denied while other flows have every place :: it takes back without waiting for one', () =>
    onUpgradeStage((stage) =>
      limited(1, async () => {
        let leave: (() => void) | undefined
        const { output } = await upgrade(stage, {
          mode: 'inPlace',
          answer(request, flow) {
            if (!request.plan) return flow.grant(request)
            leave = flowGate.tryEnter()
            assert.ok(leave, 'a flow that asks holds no place')
            return flow.deny('no', request)
          },
        })
        assert.is(output.state, 'rolledBack')
        assert.ok(leave)
        leave()
      }),
    ))
})

/** The engine of the stage, whose first two pulls fail so. */
function refusingTwice({ engine }: Stage, error: EngineError) {
  let pulls = 0
  const refusing: ConnectedEngine = {
    ...engine,
    async call(id, input, options) {
      if (id === 'pluginPull' && ++pulls < 3) throw error
      return engine.call(id, input, options)
    },
  }
  return { engine: refusing, pulls: () => pulls }
}

suite('an upgrade whose engine was not reached', (test) => {
  test('the pull of the copy is tried again as long as nothing was sent', () =>
    onUpgradeStage(async (stage) => {
      const error = new EngineError('engine-unreachable', 'it starts again', { unsent: true })
      const { engine, pulls } = refusingTwice(stage, error)
      const { output } = await upgrade(stage, { engine, mode: 'inPlace' })
      assert.equal([output.state, pulls()], ['done', 3])
    }))

  test('one that was sent is made once', () =>
    onUpgradeStage(async (stage) => {
      const error = new EngineError('pull-interrupted', 'the connection was cut')
      const { engine, pulls } = refusingTwice(stage, error)
      const { output } = await upgrade(stage, { engine, mode: 'inPlace' })
      assert.equal([output.state, pulls()], ['rolledBack', 1])
    }))
})

suite('two upgrades of one plugin in this process', (test) => {
  const OTHER = { name: OLD, reference: 'acme/notes:2.0', grantAllPermissions: true }

  test('the second is refused with the copy of the first, whose settings it does not touch', () =>
    onUpgradeStage(
      async (stage) => {
        let refused: Promise<unknown> | undefined
        const engine = connect({
          host: stage.embedded.host,
          env: { DOCKER_CONFIG: '/nonexistent' },
        })
        const id = stage.embedded.plugins()[0]?.Id ?? ''
        const { output, written } = await upgrade(stage, {
          mode: 'inPlace',
          settings: ['LEVEL=mine'],
          at(state) {
            if (state !== 'staging') return
            const options = { ...OTHER, name: id, settings: ['LEVEL=other'] }
            refused = upgradePlugin(engine, options).result.catch((error) => error)
          },
        })
        assert.is(output.state, 'done')
        const error = (await refused) as UpgradeError
        assert.equal([error.code, error.state], ['upgrade-under-way', 'reading'])
        const copyName = written[0]?.input.copyName
        assert.is(
          error.message,
          `another upgrade of ${OLD} is under way in this process; its copy is ${copyName}`,
        )
        assert.match(inEffect(stage), 'LEVEL=mine')
        assert.is(changes(stage, OLD).filter((one) => one.includes('/upgrade')).length, 1)
        engine.close()
      },
      { settings: OWNERS },
    ))

  test('on two engines of one name, as simulations are :: goes on', async () => {
    const simulations = [simulateEngine({ pace: 0 }), simulateEngine({ pace: 0 })]
    const upgraded = await Promise.all(
      simulations.map(async ({ engine }) => {
        await installPlugin(engine, { reference: OLD, grantAllPermissions: true }).result
        return upgradePlugin(engine, { ...OTHER, mode: 'inPlace' }).result
      }),
    )
    assert.equal(
      upgraded.map(({ changed }) => changed),
      [true, true],
    )
    for (const { close } of simulations) close()
  })

  test('one after the other has ended, whatever its end, and of another plugin or engine :: goes on', () =>
    onUpgradeStage(async (stage) => {
      assert.is((await upgrade(stage, { name: 'acme/nosuch' })).output.state, 'rolledBack')
      const denied = await upgrade(stage, { answer: (request, flow) => flow.deny('no', request) })
      assert.is(denied.output.state, 'rolledBack')
      await onUpgradeStage(async (elsewhere) => {
        const [one, other] = await Promise.all([
          upgrade(stage, { mode: 'inPlace' }),
          upgrade(elsewhere, { mode: 'inPlace' }),
        ])
        assert.equal([one.output.state, other.output.state], ['done', 'done'])
      })
      assert.is((await upgrade(stage, { reference: OLD, mode: 'inPlace' })).output.state, 'done')
    }))
})
