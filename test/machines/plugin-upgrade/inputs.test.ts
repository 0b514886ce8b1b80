import * as assert from 'uvu/assert'
import type { AnyStateNode } from 'xstate'
import {
  configureInput,
  consentInput,
  disableInput,
  enableInput,
  quiesceInput,
  readInput,
  resolveInput,
  restoreInput,
  returnInput,
  stageInput,
  swapInput,
} from '../../../machines/plugin-upgrade/inputs.ts'
import { pluginUpgradeMachine } from '../../../machines/plugin-upgrade/pluginUpgradeMachine.ts'
import { digest } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { at, begin, cancel, copy, failed, old, resolved, send } from '../../support/upgradeChart.ts'

const { name } = old
const remote = 'docker.io/acme/probe:2.0'
const { privileges } = resolved
const copyName = copy.name

/** Each actor that the chart invokes, and what it is handed. */
const rows: [actor: string, state: string, expected: unknown][] = [
  [
    'readPlugin',
    'reading',
    { name: 'acme/probe', copyName, mayHaveCopy: false, mayBeSwapped: false },
  ],
  ['requestCredentials', 'reauth', { registry: 'docker.io', attempt: 1 }],
  ['stageCopy', 'staging', { remote, copyName, privileges, settings: [], mayBePresent: false }],
  ['tryCopy', 'trying', { copy, timeout: 0 }],
  [
    'disablePlugin',
    'disabling',
    { plugin: old, force: false, isReplaced: false, mayBeDisabled: false },
  ],
  ['swapPlugin', 'upgrading', { mode: 'inPlace', before: old, remote, privileges }],
  ['inspectPlugin', 'verifying', { name }],
  [
    'configurePlugin',
    'configuring',
    {
      name,
      expected: at('configuring').context.plan?.expected,
      settings: [{ name: 'LEVEL', value: 'info' }],
      staysDisabled: false,
    },
  ],
  ['enablePlugin', 'enabling', { name, timeout: 0 }],
  ['inspectPlugin', 'proving', { name }],
  ['removeCopy', 'cleaning', { name: copyName, remote, wasEnabled: false, id: copy.id }],
  ['quiescePlugin', 'rollingBack.quiescing', { name, enable: 'none' }],
  [
    'returnPlugin',
    'rollingBack.returning',
    { mode: 'inPlace', before: old, copy, back: resolved.back, swap: 'ended' },
  ],
  ['restorePlugin', 'rollingBack.restoring', { before: old, secrets: [] }],
  ['lookAround', 'rollingBack.looking', { name, copyName }],
]

suite('inputs', (test) => {
  for (const [actor, state, expected] of rows) {
    test(`${state} :: ${actor} has all that it needs`, () => {
      const { context, _nodes } = at(state)
      const [invoked] = (_nodes as AnyStateNode[]).flatMap(({ invoke }) => invoke)
      assert.is(invoked?.src, actor)
      const input = invoked?.input as ((args: object) => unknown) | undefined
      assert.equal(input?.({ context }), expected)
    })
  }

  test('every actor of the chart has its row, but for those that a suite of its own asks', () => {
    const actors = Object.keys(pluginUpgradeMachine.implementations.actors)
    const known = [...rows.map(([actor]) => actor), 'resolveVersions', 'decideConsent']
    assert.equal([...new Set(known)].sort(), actors.sort())
  })

  test('resolveVersions :: the digests that are expected, where they are', () => {
    const request = {
      before: old,
      names: { name, remote, registry: 'docker.io' },
      reference: 'acme/probe:2.0',
      settings: [],
      enableTimeout: 0,
    }
    assert.equal(resolveInput(at('resolving')), request)
    const digests = { digest, previousDigest: digest }
    assert.equal(resolveInput(at('resolving', digests)), { ...request, ...digests })
  })

  test('a run that is taken up again :: may have its copy, a disabled plugin, and values of its own', () => {
    const resumed = (phase: 'staging' | 'disabling' | 'swapping') =>
      begin({ resumed: { phase, before: old, resolved } })
    const read = { name, copyName, mayHaveCopy: true }
    assert.equal(readInput(resumed('staging')), { ...read, mayBeSwapped: false })
    assert.equal(readInput(resumed('swapping')), { ...read, mayBeSwapped: true })
    assert.ok(stageInput(resumed('staging')).mayBePresent)
    assert.not(disableInput(resumed('staging')).mayBeDisabled)
    assert.ok(disableInput(resumed('disabling')).mayBeDisabled)
    assert.ok(disableInput(resumed('swapping')).mayBeDisabled)
  })

  test('a run that had asked for its swap :: the engine may carry it out late', () => {
    const resumed = (phase: 'disabling' | 'swapping') => {
      const { context } = at('disabling')
      return { context: { ...context, input: begin({ resumed: { phase } }).context.input } }
    }
    for (const inputOf of [disableInput, swapInput]) {
      assert.equal(inputOf(resumed('swapping')).late, copy)
      assert.not('late' in inputOf(resumed('disabling')))
      const { copy: _, ...context } = resumed('swapping').context
      assert.not('late' in inputOf({ context }))
    }
  })

  test('disablePlugin, before a replacement :: a plugin that is in use is not replaced', () => {
    const { context } = at('disabling')
    const plan = { ...context.plan, mode: 'replace' } as NonNullable<typeof context.plan>
    assert.ok(disableInput({ context: { ...context, plan } }).isReplaced)
  })

  test('enablePlugin, on the way back :: is known as that', () => {
    assert.not('goesBack' in enableInput(at('enabling')))
    const { context } = send(at('configuring'), failed('configurePlugin', 'set-failed'))
    assert.is(enableInput({ context }).goesBack, true)
  })

  test('enablePlugin, after no more than a disable :: what became of that', () => {
    const refused = send(at('disabling'), failed('disablePlugin', 'in-use', { status: 409 }))
    assert.is(enableInput(refused).disable, 'refused')
    assert.is(enableInput(send(at('disabling'), cancel)).disable, 'unknown')
  })

  test('the way back :: knows of the enable, and which settings were secret', () => {
    const cut = send(at('enabling'), cancel)
    assert.is(quiesceInput(cut).enable, 'unknown')
    const settings = [
      { name: 'LEVEL', secret: true as const },
      { name: 'LEVEL', value: '1' },
    ]
    assert.equal(restoreInput(at('configuring', { settings })).secrets, ['LEVEL'])
    assert.ok(configureInput(at('configuring', {}, { ...old, enabled: false })).staysDisabled)
  })

  test('the request is that which is shown', () => {
    const { context } = at('awaitConsent')
    assert.is(consentInput({ context }), context.consentRequest)
  })

  test('a missing value is left out, not even as undefined', () => {
    const { copy: _, names: __, ...context } = at('rollingBack.returning').context
    assert.not('copy' in returnInput({ context }))
    assert.not('names' in resolveInput({ context }))
  })

  test('without a reference :: that which the plugin came from', () => {
    const { context } = at('resolving')
    const { reference: _, ...input } = context.input
    assert.is(resolveInput({ context: { ...context, input } }).reference, old.reference)
  })
})
