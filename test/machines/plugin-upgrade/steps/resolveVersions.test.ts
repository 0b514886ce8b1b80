import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import type { ResolveRequest } from '../../../../machines/plugin-upgrade/inputs.ts'
import { resolveVersions } from '../../../../machines/plugin-upgrade/steps/resolveVersions.ts'
import { computePrivileges } from '../../../../machines/privileges.ts'
import { resolveNames } from '../../../../machines/reference.ts'
import { type Answers, fakeEngine, rejection } from '../../../support/fakePorts.ts'
import { digest, otherDigest, parsed, sampleConfig } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'
import { observed } from '../../../support/upgradeChart.ts'

const { signal } = new AbortController()
const config = sampleConfig({
  Mounts: [
    {
      Name: 'state',
      Description: '',
      Settable: ['source'],
      Source: '/data',
      Destination: '/state',
      Type: 'bind',
      Options: null,
    },
  ],
  Linux: {
    AllowAllDevices: false,
    Capabilities: null,
    Devices: [{ Name: 'disk', Description: '', Settable: ['path'], Path: '/dev/sda' }],
  },
})
const before = observed(config)
const byDigest = `docker.io/acme/probe@${digest}`

/** Its registry shows other paths: its owner has pointed the mount and the device elsewhere since. */
const elsewhere: Record<string, string> = { mount: '/var/lib/state', device: '/dev/sdb' }
const shown = computePrivileges(config).map((one) => ({
  ...one,
  Value: [elsewhere[one.Name] ?? 'host'],
}))

async function resolveWith(
  given: Partial<ResolveRequest> & { reference?: string } = {},
  answers: Answers = {},
) {
  const { reference = 'acme/probe:2.0' } = given
  const names = resolveNames({ reference })
  const loaded: string[] = []
  const engine = fakeEngine({
    getPluginPrivileges: async () => ({ privileges: shown, hidden: false }),
    ...answers,
  })
  const request: ResolveRequest = {
    before,
    reference,
    settings: [],
    enableTimeout: 0,
    ...(names instanceof Error ? {} : { names }),
    ...given,
  }
  const auth = { load: async (registry: string) => void loaded.push(registry) }
  return { engine, loaded, found: await resolveVersions({ engine, auth }, request, signal) }
}

suite('resolveVersions', (test) => {
  test('the new version, and the old by its tag :: both are looked up, with the credentials of both', async () => {
    const { found, loaded } = await resolveWith({
      reference: 'registry.example.com/acme/probe:2.0',
    })
    assert.equal(found, {
      engine: { apiVersion: '1.41', version: '20.10.24' },
      privileges: shown,
      digest,
      back: { remote: 'docker.io/acme/probe:1.0', privileges: shown, digest },
    })
    assert.equal(loaded, ['registry.example.com', 'docker.io'])
  })

  for (const [what, given, code, message] of [
    ['a reference', { reference: 'NO' }, 'invalid-reference', /"NO" is not a plugin reference/],
    ['an enable timeout', { enableTimeout: -1 }, 'invalid-option', /seconds, 0 or more, not -1/],
    ['an enable timeout in part', { enableTimeout: 1.5 }, 'invalid-option', /whole number/],
    ['a path', { settings: parsed('state.source=data') }, 'invalid-setting', /an absolute path/],
  ] as const) {
    test(`${what} that is invalid :: is refused before anything is asked`, async () => {
      const error = await rejection(resolveWith(given))
      assert.is(error.code, code)
      assert.match(error.message, message)
    })
  }

  test('settings that name no host path, or an absolute one :: pass', async () => {
    const settings = parsed('DEBUG=data', 'state.source=/data')
    assert.ok((await resolveWith({ settings })).found)
  })

  test('content that is expected :: is compared with what there is', async () => {
    assert.ok((await resolveWith({ digest })).found)
    const error = await rejection(resolveWith({ digest: otherDigest }))
    assert.equal([error.code, error.details.operation], ['digest-changed', 'distributionInspect'])
    assert.equal(error.details.difference, { digests: { granted: otherDigest, found: digest } })
    const silent = {
      distributionInspect: () => Promise.reject(new EngineError('engine-failed', '')),
    }
    assert.not('digest' in (await resolveWith({ digest: otherDigest }, silent)).found)
  })
})

suite('the way back', (test) => {
  const backOf = async (given: Parameters<typeof resolveWith>[0], answers: Answers = {}) =>
    (await resolveWith(given, answers)).found.back
  const withReference = (reference: string) => ({ ...before, reference })

  test('of a plugin that was made on the engine :: there is none, and no registry', async () => {
    const { found, loaded } = await resolveWith({ before: withReference('') })
    assert.equal(found.back, { none: 'it was made on the engine and has no reference' })
    assert.equal(loaded, ['docker.io'])
  })

  test('of its own moving tag :: there is none, without a digest', async () => {
    assert.equal(await backOf({ reference: 'acme/probe:1.0' }), {
      none: 'its reference docker.io/acme/probe:1.0 names the new version by now',
    })
  })

  test('of a digest, of its own or written down :: by that', async () => {
    const own = await backOf({ before: withReference(`acme/probe:1.0@${digest}`) })
    assert.is('remote' in own && own.remote, byDigest)
    const given = { reference: 'acme/probe:1.0', previousDigest: digest }
    const known = await backOf(given)
    assert.is('remote' in known && known.remote, byDigest)
  })

  test('without a tag :: by the tag latest', async () => {
    const back = await backOf({ before: withReference('docker.io/acme/probe') })
    assert.is('remote' in back && back.remote, 'docker.io/acme/probe:latest')
  })

  test('that names other content than was written down, or asks for other privileges :: there is none', async () => {
    const none = 'docker.io/acme/probe@'
    const other = await backOf({ previousDigest: otherDigest })
    assert.equal(other, { none: `${none}${otherDigest} names other content by now` })
    const another = [{ ...shown[0], Value: ['weave'] } as never, ...shown.slice(1)]
    for (const privileges of [shown.slice(1), shown.slice(0, -1), another]) {
      const getPluginPrivileges = async () => ({ privileges, hidden: false })
      const changed = await backOf({}, { getPluginPrivileges })
      assert.equal(changed, { none: 'docker.io/acme/probe:1.0 names other content by now' })
    }
  })

  test('where the engine fails on digests :: by the tag, if that has not moved', async () => {
    const crashing: Answers = {
      async getPluginPrivileges({ remote }) {
        if (remote.includes('@')) throw new EngineError('engine-unreachable', 'it crashed')
        return { privileges: shown, hidden: false }
      },
    }
    const back = await backOf({ previousDigest: digest }, crashing)
    assert.is('remote' in back && back.remote, 'docker.io/acme/probe:1.0')
    const moving = { reference: 'acme/probe:1.0', previousDigest: digest }
    assert.equal(await backOf(moving, crashing), { none: 'it crashed' })
  })

  test('where the registry fails :: there is none, in its words', async () => {
    let failure: unknown = new EngineError('not-found', 'no such tag')
    const asked: string[] = []
    const failing: Answers = {
      async getPluginPrivileges({ remote }) {
        asked.push(remote)
        if (!remote.endsWith(':2.0')) throw failure
        return { privileges: shown, hidden: false }
      },
    }
    assert.equal(await backOf({}, failing), { none: 'no such tag' })
    assert.equal(asked.sort(), ['docker.io/acme/probe:1.0', 'docker.io/acme/probe:2.0'])
    assert.equal(await backOf({ previousDigest: digest }, failing), { none: 'no such tag' })
    failure = new TypeError('of a host')
    assert.equal(await backOf({}, failing), { none: 'TypeError: of a host' })
  })
})
