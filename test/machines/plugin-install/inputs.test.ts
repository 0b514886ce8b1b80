import * as assert from 'uvu/assert'
import { type AnyStateNode, initialTransition } from 'xstate'
import { enableInput, takeBackInput } from '../../../machines/plugin-install/inputs.ts'
import { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import { at, done, lookUp, type Snapshot, send } from '../../support/chart.ts'
import {
  agreed,
  digest,
  hostNetwork,
  parsed,
  pluginId,
  sampleInput,
  samplePlugin,
} from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const names = {
  name: 'acme/probe:1.0',
  remote: 'docker.io/acme/probe:1.0',
  registry: 'docker.io',
}
const settings = parsed('DEBUG=1')

const failing = at('rollingBack', { onFailure: 'keep' })

/** Each actor that the chart invokes, and what it is handed. */
const rows: [actor: string, from: Snapshot, expected: unknown][] = [
  [
    'lookUpPlugin',
    at('checkPrivileges', { settings, enableTimeout: 5 }),
    {
      reference: 'acme/probe:1.0',
      settings,
      enableTimeout: 5,
      disabled: false,
      ifPresent: 'fail',
      names,
    },
  ],
  ['requestCredentials', at('reauth'), { registry: 'docker.io', attempt: 1 }],
  ['decideConsent', at('awaitConsent'), agreed.request],
  [
    'pluginPull',
    at('pulling.streaming'),
    { name: names.name, remote: names.remote, privileges: [hostNetwork] },
  ],
  ['pluginInspect', at('pulling.verifying'), { name: names.name }],
  ['pluginSet', at('configuring'), { plugin: samplePlugin(), settings }],
  [
    'pluginEnable',
    at('enabling', { enableTimeout: 7 }),
    { plugin: samplePlugin(), timeout: 7, wasRequested: false },
  ],
  [
    'takeBack',
    failing,
    {
      name: names.name,
      remote: names.remote,
      ownership: 'created',
      enableRequested: true,
      onFailure: 'keep',
      hadContent: 'no',
      id: pluginId,
      pullBegan: failing.context.pullBegan,
    },
  ],
]

suite('inputs', (test) => {
  for (const [actor, from, expected] of rows) {
    test(`${actor} :: invoked once, with all that it needs`, () => {
      const invoked = from._nodes.flatMap(({ invoke }) => invoke)
      assert.equal(
        invoked.map(({ src, id }) => [src, id]),
        [[actor, actor]],
      )
      assert.equal(inputOf(invoked[0], from), expected)
    })
  }

  test('every actor of the chart has its row', () => {
    const invoked = statesBelow(pluginInstallMachine.root).flatMap(({ invoke }) =>
      invoke.map(({ id }) => id),
    )
    assert.equal(
      rows.map(([actor]) => actor),
      invoked,
    )
  })

  test('lookUpPlugin :: an alias, and what an earlier process knew, where there is any', () => {
    const resumed = { ownership: 'uncertain', enableRequested: false } as const
    const from = at('checkPrivileges', { alias: 'mine', resumed })
    const input = inputOf(from._nodes.flatMap(({ invoke }) => invoke)[0], from)
    const { alias, resumed: handed, names } = Object(input)
    assert.equal([alias, handed, names.name], ['mine', resumed, 'mine:latest'])
    const [invalid] = initialTransition(pluginInstallMachine, sampleInput({ reference: 'NO' }))
    assert.not(
      'names' in Object(inputOf(pluginInstallMachine.states.checkPrivileges?.invoke[0], invalid)),
    )
  })

  test('lookUpPlugin :: the digest that is expected, by itself or in the reference', () => {
    const handed = (options: Parameters<typeof at>[1]) => {
      const from = at('checkPrivileges', options)
      return Object(inputOf(from._nodes.flatMap(({ invoke }) => invoke)[0], from)).digest
    }
    assert.is(handed({ digest }), digest)
    assert.is(handed({ reference: `acme/probe@${digest}` }), digest)
  })

  test('pluginEnable :: whether an earlier process of the run asked for it', () => {
    for (const enableRequested of [false, true]) {
      const { context } = at('enabling', { resumed: { ownership: 'created', enableRequested } })
      assert.is(enableInput({ context }).wasRequested, enableRequested)
    }
  })

  test('takeBack :: a claim by the name alone that has expired', () => {
    const resumed = { ownership: 'created', enableRequested: false } as const
    const handed = (options: object) =>
      takeBackInput(at('rollingBack', { resumed: { ...resumed, ...options } }))
    assert.is(handed({ claimExpired: true }).claimExpired, true)
    assert.not('claimExpired' in handed({}))
  })

  test('takeBack :: without an id where the plugin was not seen', () => {
    const from = send(
      at('checkPrivileges', { grantAllPermissions: true }),
      done('lookUpPlugin', lookUp()),
      done('pluginPull', { digest }),
      { type: 'install.cancel' },
    )
    assert.is(from.value, 'rollingBack')
    const input = inputOf(from._nodes.flatMap(({ invoke }) => invoke)[0], from)
    assert.not('id' in Object(input))
  })
})

function inputOf(invoke: { input?: unknown } | undefined, { context }: Snapshot): unknown {
  return (invoke?.input as (args: object) => unknown)?.({ context })
}

function statesBelow(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(statesBelow)]
}
