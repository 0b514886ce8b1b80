import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import { pluginInstallMachine } from '../../../../machines/plugin-install/pluginInstallMachine.ts'
import type { InstallSnapshot } from '../../../../machines/plugin-install/snapshot.ts'
import { chartEdges } from '../../../../src/chart/chart.ts'
import { defaultPolicy } from '../../../../src/flow/retry/policy.ts'
import type { InstallOptions } from '../../../../src/flow/types.ts'
import { type RememberingEngine, rememberingEngine } from '../../../support/rememberingEngine.ts'
import { suite } from '../../../support/suite.ts'
import { hang, settled, type VirtualFlow, virtualFlow } from '../../../support/virtualFlow.ts'

const refuse = (code: 'unauthorized' | 'enable-failed') => () =>
  Promise.reject(new EngineError(code, `the sample of ${code}`, { status: 500 }))
const never = () => new Promise<never>(() => {})
/** The verification is the second look of a flow, whether it is new or taken up again. */
function hangsAt(look: number, engine: RememberingEngine): RememberingEngine['pluginInspect'] {
  let looks = 0
  return (...call) => (++looks === look ? hang(...call) : engine.pluginInspect(...call))
}

interface Way {
  state: keyof typeof defaultPolicy.timeouts
  /** Where in the state, when it is not all of it. */
  at?: string
  answers(engine: RememberingEngine): Partial<RememberingEngine>
  options?: Partial<InstallOptions>
  /** Where the flow goes when the time is up. */
  to?: string
}

const grant = { grantAllPermissions: true }
/** One way into each state that is not final, where the flow stays until its time is up. */
const ways: Record<string, Way> = {
  'checkPrivileges, the ping': { state: 'checkPrivileges', answers: () => ({ systemPing: hang }) },
  'checkPrivileges, the privileges': {
    state: 'checkPrivileges',
    answers: () => ({ getPluginPrivileges: hang }),
  },
  'checkPrivileges, the content': {
    state: 'checkPrivileges',
    answers: () => ({ distributionInspect: hang }),
  },
  'reauth, a person': {
    state: 'reauth',
    answers: () => ({ getPluginPrivileges: refuse('unauthorized') }),
  },
  'reauth, a source that never answers': {
    state: 'reauth',
    answers: () => ({ getPluginPrivileges: refuse('unauthorized') }),
    options: { credentials: never },
  },
  'awaitConsent, a person': { state: 'awaitConsent', answers: () => ({}) },
  'awaitConsent, a policy that never answers': {
    state: 'awaitConsent',
    answers: () => ({}),
    options: { consent: never },
  },
  'pulling.streaming': {
    state: 'pulling',
    at: 'pulling.streaming',
    answers: () => ({ pluginPull: hang }),
    options: grant,
    to: 'rollingBack',
  },
  'pulling.verifying': {
    state: 'pulling',
    at: 'pulling.verifying',
    answers: (engine) => ({ pluginInspect: hangsAt(2, engine) }),
    options: grant,
    to: 'rollingBack',
  },
  configuring: {
    state: 'configuring',
    answers: () => ({ pluginSet: hang }),
    options: { ...grant, settings: ['DEBUG=1'] },
    to: 'rollingBack',
  },
  enabling: {
    state: 'enabling',
    answers: () => ({ pluginEnable: hang }),
    options: grant,
    to: 'rollingBack',
  },
  rollingBack: {
    state: 'rollingBack',
    answers: () => ({ pluginEnable: refuse('enable-failed'), pluginDelete: hang }),
    options: grant,
  },
}

/** A flow that has come to its state. */
async function arrive(
  { state, at = state, answers, options = {} }: Way,
  engine = rememberingEngine(),
  left?: InstallSnapshot,
): Promise<VirtualFlow> {
  const flow = virtualFlow({ ...engine, ...answers(engine) }, options, left)
  await settled()
  // A pull that was cut is looked for at intervals.
  for (let look = 0; look < 25 && flow.states.at(-1) !== at; look++) await flow.time.pass(500)
  assert.is(flow.states.at(-1), at)
  return flow
}

async function leavesAtItsBound(
  flow: VirtualFlow,
  { state, at = state, to = 'rolledBack' }: Way,
  bound = defaultPolicy.timeouts[state],
): Promise<void> {
  await flow.time.pass(bound - 1)
  assert.is(flow.states.at(-1), at, 'a millisecond too early')
  const already = flow.states.length
  await flow.time.pass(1)
  assert.is(flow.states[already], to)
  const { failure, rollback } = flow.actor.getSnapshot().context
  if (state === 'rollingBack') assert.match(JSON.stringify(rollback), 'it took too long')
  else assert.equal([failure?.code, failure?.state], ['timed-out', state])
}

suite('a state that lasts too long', (test) => {
  for (const [title, way] of Object.entries(ways)) {
    test(`${title} :: left at its bound, and not before`, async () => {
      await leavesAtItsBound(await arrive(way), way)
    })

    test(`${title} :: the bound is that of the policy`, async () => {
      const policy = { timeouts: { [way.state]: 7 } }
      const other = { ...way, options: { ...way.options, policy } }
      await leavesAtItsBound(await arrive(other), other, 7)
    })
  }

  test('the parts of a state share its bound', async () => {
    const engine = rememberingEngine()
    let pulled = () => {}
    const flow = virtualFlow(
      {
        ...engine,
        pluginInspect: hangsAt(2, engine),
        pluginPull: () =>
          new Promise((resolve) => {
            pulled = () => resolve({})
          }),
      },
      grant,
    )
    const { pulling } = defaultPolicy.timeouts
    await flow.time.pass(pulling - 10)
    pulled()
    await flow.time.pass(9)
    assert.is(flow.states.at(-1), 'pulling.verifying')
    await flow.time.pass(1)
    assert.ok(flow.states.includes('rollingBack'))
  })

  test('a state that is entered again has its whole time again', async () => {
    const { checkPrivileges } = defaultPolicy.timeouts
    let looks = 0
    const flow = virtualFlow({
      ...rememberingEngine(),
      getPluginPrivileges: (...call) => (++looks === 1 ? refuse('unauthorized')() : hang(...call)),
    })
    await flow.time.pass(checkPrivileges - 1)
    assert.ok(flow.authenticate({ username: 'demo', password: 'demo' }))
    await flow.time.pass(checkPrivileges - 1)
    assert.equal(flow.states, ['checkPrivileges', 'reauth', 'checkPrivileges'])
    await flow.time.pass(1)
    assert.is(flow.states.at(-1), 'rolledBack')
  })

  test('every state that is not final has a bound, and is among these', () => {
    const bounded = chartEdges(pluginInstallMachine)
      .filter(({ event }) => event.startsWith('after('))
      .map(({ source }) => source)
    const states = Object.values(pluginInstallMachine.states)
    const open = states.filter(({ type }) => type !== 'final').map(({ key }) => key)
    assert.equal([...new Set(bounded)].sort(), open.sort())
    assert.equal(Object.keys(defaultPolicy.timeouts).sort(), open)
    assert.equal([...new Set(Object.values(ways).map(({ state }) => state))].sort(), open)
  })
})

/** The process ends in a state, and another one takes the run up. */
suite('a run that is taken up again', (test) => {
  for (const [title, way] of Object.entries(ways)) {
    test(`${title} :: looked at before anything is changed, and left at its bound`, async () => {
      const engine = rememberingEngine()
      const first = await arrive(way, engine)
      const left: InstallSnapshot = JSON.parse(JSON.stringify(first.snapshot()))
      const wasThere = engine.plugin() !== undefined

      const flow = await arrive(way, engine, left)
      const calls = flow.engine.calls.map((call) => String(call.split(' ')[0]))
      const changes = calls.filter((call) => CHANGES.includes(call))
      if (changes[0] !== undefined) {
        assert.ok(calls.slice(0, calls.indexOf(changes[0])).includes('pluginInspect'), calls.join())
      }
      const pulls = changes.filter((call) => call === 'pluginPull').length
      assert.is(pulls, !wasThere && way.state === 'pulling' ? 1 : 0)
      assert.is(new Set(changes).size, changes.length, `twice: ${changes}`)
      await leavesAtItsBound(flow, way)
    })

    test(`${title} :: the bound is that of the policy that it is taken up with`, async () => {
      const engine = rememberingEngine()
      const left = (await arrive(way, engine)).snapshot()
      const policy = { timeouts: { [way.state]: 7 } }
      const other = { ...way, options: { ...way.options, policy } }
      await leavesAtItsBound(await arrive(other, engine, left), other, 7)
    })
  }
})

const CHANGES = ['pluginPull', 'pluginSet', 'pluginEnable', 'pluginDelete']
