import * as assert from 'uvu/assert'
import type { UpgradeConsentRequest } from '../../../../machines/plugin-upgrade/types.ts'
import { comparePrivileges } from '../../../../machines/privileges.ts'
import { allowList } from '../../../../src/flow/consent/allowList.ts'
import { parseConsentPolicy } from '../../../../src/flow/consent/consentPolicyFile.ts'
import { noNewPrivileges } from '../../../../src/flow/consent/noNewPrivileges.ts'
import { answer, asking } from '../../../support/consentRequests.ts'
import { suite } from '../../../support/suite.ts'

/** Of a plugin with one set of privileges, to a version with another. */
function upgrading(
  has: Record<string, string[]>,
  asks: Record<string, string[]>,
  settings: string[] = [],
  shown?: Record<string, string[]>,
): UpgradeConsentRequest {
  const [old, next] = [asking(has).privileges, asking(asks).privileges]
  const { added = [], removed = [] } = comparePrivileges(old, next) ?? {}
  const wayBack = shown
    ? { remote: 'acme/probe:1', privileges: asking(shown).privileges }
    : { none: 'it is gone' }
  return { ...asking(asks, settings), from: 'acme/probe:1', added, removed, wayBack }
}

const HAS = { network: ['host'], mount: ['/data'] }

suite('noNewPrivileges', (test) => {
  test('the same and less is granted, more is denied by its name', () => {
    const decide = noNewPrivileges()
    assert.is(answer(decide, upgrading(HAS, HAS)), 'granted')
    assert.is(answer(decide, upgrading(HAS, { network: ['host'] })), 'granted')
    const more = { network: ['host'], capabilities: ['CAP_SYS_ADMIN'], mount: ['/data', '/etc'] }
    assert.is(
      answer(decide, upgrading(HAS, more)),
      'the plugin does not have: capabilities:CAP_SYS_ADMIN, mount:/etc',
    )
  })

  test('a mount that its owner has pointed elsewhere is not new, there or in the new version', () => {
    const decide = noNewPrivileges()
    const request = upgrading(HAS, { network: ['host'], mount: ['/var'] }, ['state.source=/data'], {
      network: ['host'],
      mount: ['/var'],
    })
    assert.is(answer(decide, request), 'granted')
    const { wayBack: _, ...rest } = request
    const unknown = { ...rest, wayBack: { none: 'gone' } }
    assert.is(answer(decide, unknown), 'the plugin does not have: mount:/var')
  })

  test('a setting that points a mount or a device elsewhere is new', () => {
    const decide = noNewPrivileges()
    const named = upgrading(HAS, HAS, ['state.source=/etc', 'DEBUG=1'])
    assert.is(answer(decide, named), 'the plugin does not have: mount:/etc')
    const unnamed = upgrading(HAS, HAS, ['state=/etc'])
    assert.is(answer(decide, unnamed), 'the plugin does not have: mount:/etc, device:/etc')
    assert.is(answer(decide, upgrading(HAS, HAS, ['state=/data'])), 'granted')
  })

  test('another policy decides on the whole set; of an install it alone', () => {
    const decide = noNewPrivileges(allowList(['network:*']))
    assert.is(answer(decide, upgrading(HAS, HAS)), 'not allowed: mount:/data')
    assert.match(answer(decide, upgrading({}, HAS)), 'the plugin does not have: network:host')
    assert.is(answer(decide, upgrading(HAS, { network: ['host'] })), 'granted')
    assert.is(answer(decide, asking(HAS)), 'not allowed: mount:/data')
    assert.is(answer(noNewPrivileges(), asking(HAS)), 'granted')
  })
})

suite('parseConsentPolicy :: noNewPrivileges', (test) => {
  const parse = (...rules: object[]) => parseConsentPolicy(JSON.stringify({ version: 1, rules }))
  const reference = 'acme/probe:*'
  const more = { ...HAS, device: ['/dev/fuse'] }

  test('without "allow" :: what the plugin has is granted to an upgrade, and nothing to an install', () => {
    const decide = parse({ reference, noNewPrivileges: true })
    assert.is(answer(decide, upgrading(HAS, HAS)), 'granted')
    assert.is(answer(decide, upgrading(HAS, more)), 'the plugin does not have: device:/dev/fuse')
    assert.is(answer(decide, asking(HAS)), 'not allowed: network:host, mount:/data')
  })

  test('with "allow", of any rule :: both decide', () => {
    const decide = parse(
      { reference, allow: ['network:host', 'device:/dev/fuse', 'mount:/data'] },
      { reference, noNewPrivileges: true, allow: [] },
    )
    assert.is(answer(decide, upgrading(more, more)), 'granted')
    assert.is(answer(decide, upgrading(HAS, more)), 'the plugin does not have: device:/dev/fuse')
    const pid = { 'host pid namespace': ['true'] }
    assert.match(answer(decide, upgrading(pid, pid)), 'not allowed: host pid namespace:true')
    assert.is(answer(decide, asking(more)), 'granted')
  })

  test('false :: is as if it were not there', () => {
    const decide = parse({ reference, noNewPrivileges: false, allow: ['device:/dev/fuse'] })
    assert.is(answer(decide, upgrading({}, { device: ['/dev/fuse'] })), 'granted')
  })

  test('"replace" :: agrees to a replacement where a rule that applies says so', async () => {
    const replaces = async (...rules: object[]) => {
      const decision = await parse(...rules)(upgrading(HAS, HAS), new AbortController().signal)
      return typeof decision === 'object' && [decision.granted, decision.replace]
    }
    const keeps = { reference, noNewPrivileges: true }
    const allows = { reference, allow: ['network:host', 'mount:/data'] }
    assert.equal(await replaces(keeps), [true, undefined])
    assert.equal(await replaces({ ...keeps, replace: false }), [true, undefined])
    assert.equal(await replaces({ ...keeps, replace: true }), [true, true])
    assert.equal(await replaces(allows), [true, undefined])
    assert.equal(await replaces(allows, { ...allows, replace: true }), [true, true])
    const others = { reference: 'other/probe', allow: [], replace: true }
    assert.equal(await replaces(allows, others), [true, undefined])
  })

  test('of another type, or without anything :: is refused', () => {
    for (const [rule, words] of [
      [{ noNewPrivileges: 'yes' }, /rule 1 of the policy: "noNewPrivileges" is true or false/],
      [{ noNewPrivileges: false }, /needs "allow"/],
      [{ noNewPrivileges: true, allow: 'x' }, /needs "allow"/],
    ] as const) {
      assert.throws(() => parse({ reference, ...rule }), words)
    }
  })
})
