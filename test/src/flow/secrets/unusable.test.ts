import * as assert from 'uvu/assert'
import { connect } from '../../../../src/flow/connect.ts'
import { installPlugin } from '../../../../src/flow/install.ts'
import type { InstallOptions } from '../../../../src/flow/types.ts'
import { onGround } from '../../../adapters/docker/credentialGround.ts'
import { makeAuthority } from '../../../support/certificates.ts'
import { serveEngine } from '../../../support/engineServer.ts'
import { searchFor } from '../../../support/findSecrets.ts'
import { suite } from '../../../support/suite.ts'
import { plant, REGISTRY } from './credentialSources.ts'
import { quotingEngine } from './quotingEngine.ts'
import { onQuoting, REFERENCE } from './quotingGround.ts'

suite('planted secrets :: what cannot be used', (test) => {
  const secret = plant('unusable')
  const search = searchFor({ it: secret, plain: 'pl4nted' })
  const options: InstallOptions = { reference: REFERENCE, grantAllPermissions: true }

  /** Throws the error of connecting or installing, after a search of all that the flow has reported. */
  async function failureOf(
    given: Parameters<typeof connect>[0],
    more: Partial<InstallOptions> = {},
  ) {
    const engine = connect(given)
    try {
      const flow = installPlugin(engine, { ...options, ...more })
      search.walk('flow', [flow])
      await flow.result.finally(() => search.look('snapshot', [flow.snapshot()]))
    } finally {
      engine.close()
    }
  }

  async function isKept(code: string, act: () => Promise<unknown>): Promise<void> {
    const before = search.found.length
    const error: unknown = await act().then(
      () => new Error('nothing failed'),
      (error: unknown) => error,
    )
    search.look('error', [error])
    const found = search.found.slice(before)
    assert.is((error as { code?: string }).code, code, String(error))
    assert.equal(found, [])
  }

  /** The configuration is read when the engine is named, and by the flow. */
  async function isWarnedOf(env: Record<string, string | undefined>): Promise<void> {
    const before = search.found.length
    const warnings: unknown[] = []
    const onWarning = (warning: unknown) => warnings.push(warning)
    const server = await serveEngine(quotingEngine({}))
    try {
      await failureOf({ host: server.host, env, onWarning })
    } finally {
      await server.close()
    }
    search.look('warning', warnings)
    assert.ok(warnings.length > 0)
    assert.equal(search.found.slice(before), [])
  }

  const hosts = [
    `tcp://alice:${secret}@engine:2375`,
    `https://alice:pl4nted@engine`,
    `ssh://alice:pl4nted@engine`,
    `http://pl4nted@engine:1/a`,
    `tcp://engine:2375/?token=pl4nted`,
    `tcp://engine/#pl4nted`,
  ]
  for (const host of hosts) {
    test(`the host ${host.replace(/pl4nted.*@/, '…@')}`, () =>
      isKept('invalid-option', async () => connect({ host, env: {} })))
  }

  const configs: [name: string, config: unknown][] = [
    ['a configuration that is no JSON', `{"auths": {"${REGISTRY}": {"auth": "pl4nted`],
    ['an auth that is no base64', { auths: { [REGISTRY]: { auth: 'pl4nted' } } }],
    ['an entry that is no record', { auths: { [REGISTRY]: 'pl4nted' } }],
    ['a helper with an invalid name', { credsStore: '/bin/pl4nted/x' }],
  ]
  for (const [name, config] of configs) {
    test(name, () =>
      onGround(async ({ env, config: write }) => {
        write(config)
        await isWarnedOf(env)
      }),
    )
  }

  for (const script of ['echo pl4nted', 'echo pl4nted >&2; exit 1', 'echo pl4nted; exit 3']) {
    test(`a helper that says ${script}`, () =>
      onGround(async ({ env, config, helper }) => {
        config({ credsStore: 'bad' })
        helper('bad', script)
        await isWarnedOf(env)
      }))
  }

  const throws = (): never => {
    throw new Error(secret, { cause: secret })
  }
  const functions: [name: string, more: Partial<InstallOptions>][] = [
    ['consent', { consent: throws, grantAllPermissions: false }],
    ['credentials', { credentials: throws }],
    ['journal', { journal: throws }],
  ]
  for (const [name, more] of functions) {
    test(`a function for ${name} that throws it`, () =>
      onQuoting({ accepts: name === 'credentials' ? 'x' : '' }, ({ env }, { host }) =>
        isKept('host-failed', () => failureOf({ host, env }, more)),
      ))
  }

  test('headers that cannot be sent', () =>
    isKept('invalid-option', async () =>
      connect({ host: 'tcp://engine', env: {}, headers: { 'X-A': `${secret}\r\nX-B: c` } }),
    ))

  test('a key that is not a PEM key, one of another certificate, and one that is used', async () => {
    const authority = await makeAuthority()
    try {
      const [one, other] = [await authority.issue('one'), await authority.issue('other')]
      const line = one.key.split('\n')[1] ?? ''
      const keys = searchFor({ key: line })
      const server = await serveEngine(quotingEngine({}), { tcp: true })
      const host = server.host
      await server.close()
      const rows: [key: string, cert: string][] = [
        [one.key.replace('BEGIN', 'BEGINS'), one.cert],
        [one.key, other.cert],
        [one.key, line],
        [one.key, one.cert],
      ]
      for (const [key, cert] of rows) {
        const failed = await Promise.resolve({ host, env: {}, tls: { key, cert } })
          .then(async (given) => {
            keys.walk('engine', [connect(given)])
            await failureOf(given)
          })
          .catch((error: unknown) => error)
        assert.ok(failed instanceof Error)
        keys.look('error', [failed])
      }
      assert.equal([...keys.found], [])
    } finally {
      authority.remove()
    }
  })

  test('it was looked for', () => {
    assert.ok(Number(search.looked.get('error')) >= 9)
    assert.ok(Number(search.looked.get('warning')) >= 7)
    assert.ok(Number(search.looked.get('snapshot')) >= 7)
  })
})
