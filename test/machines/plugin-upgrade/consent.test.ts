import * as assert from 'uvu/assert'
import {
  asksForUpgrade,
  covers,
  makeConsentRequest,
} from '../../../machines/plugin-upgrade/consent.ts'
import { initialContext } from '../../../machines/plugin-upgrade/context.ts'
import type { PlanEntry, UpgradePlan } from '../../../machines/plugin-upgrade/planUpgrade.ts'
import type {
  Resolved,
  UpgradeConsent,
  UpgradeConsentRequest,
  UpgradeInput,
} from '../../../machines/plugin-upgrade/types.ts'
import { hostNetwork, otherDigest, parsed, sampleConfig, withMount } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { observed, old, resolved, upgradeInput } from '../../support/upgradeChart.ts'

const lost: PlanEntry = { kind: 'env', name: 'LEVEL', fate: 'lost' }
const kept: PlanEntry = { kind: 'env', name: 'DEBUG', fate: 'kept' }
const plan = (entries: PlanEntry[], mode: UpgradePlan['mode'] = 'inPlace'): UpgradePlan => ({
  mode,
  entries,
  settings: [],
  expected: [],
})
const none = { none: 'the tag has moved' }

function contextOf(input: Partial<UpgradeInput> = {}, before = old) {
  return { ...initialContext({ input: upgradeInput(input) }), before }
}

function request(found: Partial<Resolved> = {}, ofPlan?: UpgradePlan): UpgradeConsentRequest {
  return makeConsentRequest(contextOf(), { ...resolved, ...found }, ofPlan)
}

suite('makeConsentRequest', (test) => {
  test('uses of the plugin are shown, as far as they are known', () => {
    const uses = { containers: ['db'], volumes: ['data'], networks: [] }
    assert.equal(request({ uses }).uses, uses)
    assert.not('uses' in request())
  })

  test('the whole of it, and the difference', () => {
    assert.equal(request(), {
      id: 1,
      reference: 'acme/probe:2.0',
      from: 'docker.io/acme/probe:1.0',
      name: 'acme/probe:1.0',
      digest: resolved.digest,
      privileges: [hostNetwork],
      added: [hostNetwork],
      removed: [],
      settings: [],
      wayBack: resolved.back,
    })
  })

  test('privileges that are no longer asked for :: are removed, and one that stays is neither', () => {
    const before = observed(sampleConfig({ IpcHost: true }))
    const { added, removed } = makeConsentRequest(contextOf({}, before), resolved)
    assert.equal([added, removed.map(({ Name }) => Name)], [[], ['host ipc namespace']])
    assert.equal(makeConsentRequest(contextOf({}, observed(sampleConfig())), resolved).removed, [])
  })

  test('an engine that tells no digest :: the request has none', () => {
    const { digest: _, ...rest } = resolved
    assert.not('digest' in makeConsentRequest(contextOf(), rest))
  })

  test('without a reference :: that which the plugin came from', () => {
    const { reference: _, ...input } = upgradeInput()
    const context = { ...initialContext({ input }), before: old }
    assert.is(makeConsentRequest(context, resolved).reference, 'docker.io/acme/probe:1.0')
  })

  test('a second request :: has the next number, and of its plan what has to be agreed to', () => {
    const first = request()
    const context = { ...contextOf(), consentRequest: first }
    const second = makeConsentRequest(context, resolved, plan([kept, lost]))
    assert.equal(second, { ...first, id: 2, plan: { mode: 'inPlace', entries: [lost] } })
  })

  test('a path that its owner has set :: is asked for again, unless another one is asked for', () => {
    const [mount] = withMount.Mounts ?? []
    assert.ok(mount)
    const pointedAt = (Source: string | null, Settable: string[] | null = ['source']) =>
      observed({ ...withMount, Mounts: [{ ...mount, Source, Settable }] })
    const settings = (before: ReturnType<typeof pointedAt>, ...asked: string[]) =>
      makeConsentRequest(contextOf({ settings: parsed(...asked) }, before), resolved).settings
    const owners = { name: 'state', field: 'source', value: '/own', widens: true }
    assert.equal(settings(pointedAt('/own')), [owners])
    assert.equal(settings(pointedAt('/own'), 'DEBUG=1'), [
      owners,
      { name: 'DEBUG', value: '1', widens: false },
    ])
    assert.equal(settings(pointedAt('/own'), 'state.source=/asked'), [
      { ...owners, value: '/asked' },
    ])
    assert.equal(settings(pointedAt(null)), [])
    assert.equal(settings(pointedAt('/own', null)), [])
    assert.equal(settings(pointedAt('/own', ['type'])), [])
    assert.equal(settings(observed(sampleConfig({ Mounts: null }))), [])
  })
})

suite('asksForUpgrade', (test) => {
  const nothing = { privileges: [], added: [], settings: [] }

  test('before the plan :: privileges, or a path', () => {
    assert.ok(asksForUpgrade(request()))
    assert.not(asksForUpgrade({ ...request(), ...nothing }))
    assert.not(asksForUpgrade({ ...request({ back: none }), ...nothing }))
    const settings = [{ name: 'state', field: 'source', value: '/own', widens: true }]
    assert.ok(asksForUpgrade({ ...request(), ...nothing, settings }))
  })

  test('of the plan :: what is lost, a replacement, or no way back', () => {
    assert.not(asksForUpgrade(request({}, plan([]))))
    assert.not(asksForUpgrade(request({}, plan([kept]))))
    assert.ok(asksForUpgrade(request({}, plan([lost]))))
    assert.ok(asksForUpgrade(request({}, plan([], 'replace'))))
    assert.ok(asksForUpgrade(request({ back: none }, plan([]))))
  })
})

suite('covers', (test) => {
  const given = (agreed: UpgradeConsentRequest): { consent: UpgradeConsent } => ({
    consent: { by: 'person', at: '2026-01-02T03:04:05.678Z', request: agreed },
  })

  test('the same content with the same privileges, and no other', () => {
    assert.ok(covers(given(request()), request()))
    assert.not(covers({}, request()))
    assert.not(covers(given(request()), request({ digest: otherDigest })))
    assert.not(covers(given(request()), request({ privileges: [] })))
  })

  test('the first question again :: whatever is known of the way back or the plan by now', () => {
    assert.ok(covers(given(request()), request({ back: none })))
    assert.ok(covers(given(request({}, plan([lost]))), request()))
  })

  test('a first agreement :: does not cover a plan that asks for something', () => {
    assert.not(covers(given(request()), request({}, plan([lost]))))
  })

  test('of a plan :: the same plan', () => {
    assert.ok(covers(given(request({}, plan([lost]))), request({}, plan([kept, lost]))))
    assert.not(covers(given(request({}, plan([lost]))), request({}, plan([]))))
    assert.not(covers(given(request({}, plan([lost]))), request({}, plan([lost], 'replace'))))
  })

  test('no way back :: only where that was shown, and a way that was found since is no loss', () => {
    const [shown, unseen] = [request({ back: none }, plan([])), request({}, plan([]))]
    assert.ok(covers(given(shown), shown))
    assert.not(covers(given(unseen), shown))
    assert.ok(covers(given(shown), unseen))
  })
})
