import { firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import * as assert from 'uvu/assert'
import type { ConsentRequest } from '../../../machines/consent.ts'
import { InstallError, isInstallError } from '../../../src/flow/errors.ts'
import type { PluginInstall } from '../../../src/flow/types.ts'
import { onStage } from '../../support/embedded.ts'
import { suite } from '../../support/suite.ts'

const reference = 'vieux/sshfs:latest'
const happy = [
  'checkPrivileges',
  'awaitConsent',
  'pulling.streaming',
  'pulling.verifying',
  'configuring',
  'enabling',
  'done',
]

async function failureOf(flow: PluginInstall): Promise<InstallError> {
  const error: unknown = await flow.result.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  )
  if (!isInstallError(error)) throw error
  return error
}

suite('installPlugin', (test) => {
  test('a person grants :: every state in order, the plugin enabled with its setting', () =>
    onStage(async ({ embedded, install }) => {
      const flow = install({ reference, settings: { DEBUG: '1' } })
      const request = await firstValueFrom(flow.consent$)
      assert.equal(request.privileges.map(({ Name }) => Name).sort(), [
        'capabilities',
        'device',
        'mount',
        'mount',
        'network',
      ])
      assert.ok(flow.grant(request))
      const plugin = await flow.result
      assert.equal(
        flow.transitions.map(({ to }) => to),
        happy,
      )
      assert.equal(
        flow.transitions.map(({ from }) => from),
        [undefined, ...happy.slice(0, -1)],
      )
      assert.is(plugin.name, reference)
      assert.is(plugin.consent.by, 'person')
      const [installed, ...others] = embedded.plugins()
      assert.is(others.length, 0)
      assert.is(installed?.Id, plugin.id)
      assert.ok(installed?.Enabled)
      assert.equal(installed?.Settings.Env, ['DEBUG=1'])
    }))

  test('a flow taken apart, copied, or behind a proxy as frameworks use them :: it is the same flow', () =>
    onStage(async ({ install }) => {
      const behind = new Proxy(install({ reference }), {})
      assert.is((await firstValueFrom(behind.consent$)).reference, reference)
      const flow = install({ reference, alias: 'other' })
      const copy = { ...flow }
      const proxy = new Proxy(flow, {})
      const names = ['transition$', 'consent$', 'queued$', 'cancel', 'snapshot', 'actor'] as const
      for (const name of names) {
        assert.is(copy[name], flow[name], name)
        assert.is(proxy[name], flow[name], name)
      }
      const { cancel, snapshot, result } = flow
      assert.is(snapshot().state, 'checkPrivileges')
      assert.ok(cancel())
      assert.ok(behind.cancel())
      for (const end of await Promise.allSettled([result, behind.result])) {
        assert.is(end.status === 'rejected' && end.reason.code, 'cancelled')
      }
    }))

  test('the requests are Docker’s own, two more look-ups, run at once, and a look after each change', () =>
    onStage(async ({ install, requests }) => {
      await install({ reference, grantAllPermissions: true, settings: ['DEBUG=1'] }).result
      const [ping, ...others] = requests()
      assert.is(ping, 'GET /_ping')
      const sent = others.map((request) => request.replace(/[0-9a-f]{64}/, 'ID'))
      assert.equal(sent.slice(0, 3).sort(), [
        'GET /distribution/docker.io/vieux/sshfs:latest/json',
        'GET /plugins/privileges',
        'GET /plugins/vieux/sshfs:latest/json',
      ])
      assert.equal(sent.slice(3), [
        'POST /plugins/pull',
        'GET /plugins/vieux/sshfs:latest/json',
        'POST /plugins/ID/set',
        'GET /plugins/ID/json',
        'POST /plugins/ID/enable',
        'GET /plugins/ID/json',
      ])
    }))

  test('a policy decides :: a boolean, or an answer with its reason', () =>
    onStage(async ({ embedded, install }) => {
      const plugin = await install({ reference, consent: () => true, alias: 'one' }).result
      assert.is(plugin.consent.by, 'policy')
      assert.is(plugin.name, 'one:latest')
      const answer = { granted: false, reason: 'no root here' }
      const denied = await failureOf(install({ reference, consent: async () => answer }))
      assert.is(denied.code, 'consent-denied')
      assert.match(denied.message, 'no root here')
      assert.equal(denied.rollback, { result: 'nothingToRemove' })
      assert.is(embedded.plugins().length, 1)
    }))

  test('a policy that throws :: host-failed, and not a word of what it threw', () =>
    onStage(async ({ install }) => {
      const consent = () => {
        throw new RangeError('hunter2')
      }
      const error = await failureOf(install({ reference, consent }))
      assert.is(error.code, 'host-failed')
      assert.match(error.message, 'RangeError')
      assert.not.match(error.message, 'hunter2')
    }))

  test('a policy with a mistake in its code :: the error names it', () =>
    onStage(async ({ install }) => {
      const consent = (request: ConsentRequest) =>
        (request as never as { no: { no: 1 } }).no.no === 1
      const error = await failureOf(install({ reference, consent }))
      assert.is(error.code, 'host-failed')
      assert.match(error.message, "TypeError: Cannot read properties of undefined (reading 'no')")
    }))

  test('a person denies', () =>
    onStage(async ({ embedded, install }) => {
      const flow = install({ reference })
      await firstValueFrom(flow.consent$)
      assert.ok(flow.deny('not today'))
      const error = await failureOf(flow)
      assert.is(error.state, 'awaitConsent')
      assert.match(error.message, 'not today')
      assert.equal(embedded.plugins(), [])
    }))

  test('an answer to another request, or to none, is refused', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference })
      assert.not(flow.grant())
      assert.not(flow.deny())
      assert.not(flow.authenticate({ username: 'demo', password: 'demo' }))
      const request = await firstValueFrom(flow.consent$)
      assert.not(flow.grant({ ...request }))
      assert.not(flow.deny('no', { ...request }))
      assert.ok(flow.deny())
      await failureOf(flow)
      assert.not(flow.cancel())
    }))

  test('disabled :: installed and left so', () =>
    onStage(async ({ embedded, install }) => {
      const flow = install({ reference: 'acme/plain', disabled: true })
      const plugin = await flow.result
      assert.not(plugin.enabled)
      assert.is(plugin.consent.by, 'nobody')
      assert.not(embedded.plugins()[0]?.Enabled)
      assert.not(flow.transitions.some(({ to }) => to === 'enabling'))
    }))

  test('a setting the plugin does not have :: taken back', () =>
    onStage(async ({ embedded, install }) => {
      const flow = install({ reference, settings: { BAD: '1' }, grantAllPermissions: true })
      const error = await failureOf(flow)
      assert.is(error.code, 'unknown-setting')
      assert.is(error.state, 'configuring')
      assert.is(error.rollback.result, 'removed')
      assert.ok(error instanceof InstallError)
      assert.equal(embedded.plugins(), [])
      assert.equal(
        flow.transitions.slice(-2).map(({ to }) => to),
        ['rollingBack', 'rolledBack'],
      )
    }))

  test('a plugin that dies :: taken back; kept where that is asked for', () =>
    onStage(async ({ embedded, install }) => {
      const removed = await failureOf(install({ reference: 'acme/dies' }))
      assert.is(removed.code, 'plugin-did-not-listen')
      assert.is(removed.rollback.result, 'removed')
      assert.equal(embedded.plugins(), [])
      const kept = await failureOf(install({ reference: 'acme/dies', onFailure: 'keep' }))
      assert.is(kept.rollback.result, 'kept')
      assert.is(embedded.plugins().length, 1)
    }))

  test('an engine that shows less than the plugin asks for :: never enabled', () =>
    onStage(async ({ embedded, install, requests }) => {
      const error = await failureOf(install({ reference: 'acme/liar', grantAllPermissions: true }))
      assert.is(error.code, 'privileges-not-enforced')
      assert.is(error.rollback.result, 'removed')
      assert.not(requests().some((request) => request.endsWith('/enable')))
      assert.equal(embedded.plugins(), [])
    }))

  test('already there :: not touched', () =>
    onStage(async ({ embedded, install }) => {
      await install({ reference: 'acme/plain' }).result
      const before = embedded.plugins()
      const error = await failureOf(install({ reference: 'acme/plain' }))
      assert.is(error.code, 'already-exists')
      assert.equal(error.rollback, { result: 'nothingToRemove' })
      assert.equal(embedded.plugins(), before)
    }))

  test('already there :: kept where that is asked for, and nothing is changed', () =>
    onStage(async ({ embedded, install, requests }) => {
      const reference = 'vieux/sshfs:latest'
      const options = { reference, settings: ['DEBUG=1'], grantAllPermissions: true }
      const first = await install(options).result
      const before = [embedded.plugins(), requests().filter(isPost).length]
      const second = await install({ ...options, ifPresent: 'keep' }).result
      assert.is(second.id, first.id)
      assert.ok(first.changed)
      assert.not(second.changed)
      assert.equal([embedded.plugins(), requests().filter(isPost).length], before)
      const other = { ...options, settings: ['DEBUG=0'], ifPresent: 'keep' } as const
      assert.match((await failureOf(install(other))).message, 'its setting DEBUG is another')
    }))

  test('already there and left disabled :: finished after consent, and never pulled', () =>
    onStage(async ({ embedded, install, requests }) => {
      await install({ reference, grantAllPermissions: true, disabled: true }).result
      const options = { reference, settings: ['DEBUG=1'], ifPresent: 'finish' } as const
      const denied = await failureOf(install({ ...options, consent: () => false }))
      assert.is(denied.code, 'consent-denied')
      assert.not(embedded.plugins()[0]?.Enabled)
      const flow = install({ ...options, consent: () => true })
      assert.ok((await flow.result).enabled)
      assert.ok(embedded.plugins()[0]?.Enabled)
      assert.equal(embedded.plugins()[0]?.Settings.Env, ['DEBUG=1'])
      assert.not(flow.transitions.some(({ to }) => to === 'pulling.streaming'))
      assert.is(requests().filter((request) => request === 'POST /plugins/pull').length, 1)
    }))

  test('taken up and failed :: left on the engine, and told', () =>
    onStage(async ({ embedded, install }) => {
      const reference = 'acme/dies:latest'
      await install({ reference, disabled: true }).result
      const error = await failureOf(install({ reference, ifPresent: 'finish' }))
      assert.is(error.rollback.result, 'kept')
      assert.is(embedded.plugins().length, 1)
    }))

  test('credentials :: from a function, wrong first, good then', () =>
    onStage(async ({ install }) => {
      const asked: unknown[] = []
      const flow = install({
        reference: 'registry.example.com/acme/private:1.0',
        grantAllPermissions: true,
        credentials: (request) => {
          asked.push(request)
          return { username: 'demo', password: request.attempt === 1 ? 'wrong' : 'demo' }
        },
      })
      await flow.result
      const registry = 'registry.example.com'
      assert.equal(asked, [
        { registry, attempt: 1, reason: 'missing' },
        { registry, attempt: 2, reason: 'refused' },
      ])
      assert.equal(
        flow.transitions.slice(0, 5).map(({ to }) => to),
        ['checkPrivileges', 'reauth', 'checkPrivileges', 'reauth', 'checkPrivileges'],
      )
    }))

  test('credentials :: from a person', () =>
    onStage(async ({ install }) => {
      const flow = install({
        reference: 'registry.example.com/acme/private:1.0',
        consent: () => true,
      })
      const request = await firstValueFrom(flow.credentials$)
      assert.equal(request, { registry: 'registry.example.com', attempt: 1, reason: 'missing' })
      assert.ok(flow.authenticate({ username: 'demo', password: 'demo' }))
      await flow.result
    }))

  test('credentials :: a source that has none fails at once, and says how to log in', () =>
    onStage(async ({ install }) => {
      const reference = 'registry.example.com/acme/private:1.0'
      const none = await failureOf(install({ reference, credentials: () => undefined }))
      assert.is(none.code, 'unauthorized')
      assert.match(none.message, 'docker login registry.example.com')
      const wrong = { username: 'demo', password: 'wrong' }
      const refused = await failureOf(install({ reference, credentials: () => wrong }))
      assert.is(refused.code, 'unauthorized')
      assert.is(refused.state, 'checkPrivileges')
    }))

  test('cancel :: in each state that can be cancelled, and nothing is left', () =>
    onStage(
      async ({ embedded, install }) => {
        const rows: [state: string, options: Parameters<typeof install>[0]][] = [
          ['checkPrivileges', { reference }],
          ['reauth', { reference: 'registry.example.com/acme/private:1.0' }],
          ['awaitConsent', { reference }],
          ['pulling.streaming', { reference, grantAllPermissions: true }],
          ['pulling.verifying', { reference, grantAllPermissions: true }],
          ['configuring', { reference, grantAllPermissions: true, settings: ['DEBUG=1'] }],
          ['enabling', { reference: 'acme/late' }],
        ]
        for (const [state, options] of rows) {
          const flow = install(options)
          flow.transition$.subscribe(({ to }) => to === state && flow.cancel())
          const error = await failureOf(flow)
          assert.is(error.code, 'cancelled', state)
          assert.is(error.state, state.split('.')[0], state)
          assert.equal(embedded.plugins(), [], state)
        }
      },
      { pace: 0.05 },
    ))

  test('cancel :: by an AbortSignal, one that has fired already too', () =>
    onStage(async ({ embedded, install }) => {
      const stop = new AbortController()
      const flow = install({ reference, signal: stop.signal })
      await firstValueFrom(flow.consent$)
      stop.abort()
      assert.is((await failureOf(flow)).code, 'cancelled')
      assert.is((await failureOf(install({ reference, signal: stop.signal }))).code, 'cancelled')
      assert.equal(embedded.plugins(), [])
    }))

  test('a wait that is too long :: timed-out', () =>
    onStage(async ({ install }) => {
      const error = await failureOf(
        install({ reference, policy: { timeouts: { awaitConsent: 20 } } }),
      )
      assert.is(error.code, 'timed-out')
      assert.is(error.state, 'awaitConsent')
    }))

  test('bad input :: one line, and no request', () =>
    onStage(async ({ install, requests }) => {
      const rows = [
        [{ reference: 'Vieux/SSHFS' }, 'invalid-reference', '"Vieux/SSHFS"'],
        [{ reference, alias: 'A B' }, 'invalid-reference', '"A B"'],
        [{ reference, enableTimeout: Number.NaN }, 'invalid-option', 'NaN'],
      ] as const
      for (const [options, code, words] of rows) {
        const error = await failureOf(install(options))
        assert.is(error.code, code)
        assert.match(error.message, words)
        assert.not.match(error.message, '\n')
      }
      assert.throws(() => install({ reference, settings: ['=1'] }), /"=1" has no name/)
      assert.equal(requests(), [])
    }))

  test('two flows for one name :: one is installed, the other never touches it', () =>
    onStage(
      async ({ embedded, install }) => {
        const flows = [1, 2].map(() => install({ reference, grantAllPermissions: true }))
        const ends = await Promise.allSettled(flows.map(({ result }) => result))
        assert.equal(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
        assert.is(embedded.plugins().length, 1)
        assert.ok(embedded.plugins()[0]?.Enabled)
      },
      { pace: 0.02 },
    ))
})

function isPost(request: string): boolean {
  return request.startsWith('POST')
}

suite('observables', (test) => {
  test('a late subscriber starts with the newest, and completion reaches everybody', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference, grantAllPermissions: true })
      const progress = lastValueFrom(flow.progress$)
      await flow.result
      assert.equal(
        await lastValueFrom(flow.transition$.pipe(toArray())).then((all) => all.at(-1)?.to),
        'done',
      )
      assert.is((await progress).percent, 100)
      assert.equal(await lastValueFrom(flow.progress$), await progress)
      assert.equal(await lastValueFrom(flow.consent$.pipe(toArray())), [])
      assert.equal(await lastValueFrom(flow.credentials$.pipe(toArray())), [])
    }))

  test('consent$ :: shown to every subscriber while it is pending, and to none later', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference })
      const first = await firstValueFrom(flow.consent$)
      assert.is(await firstValueFrom(flow.consent$), first)
      flow.grant()
      assert.equal(await lastValueFrom(flow.consent$.pipe(toArray())), [])
      await flow.result
    }))

  test('the host sees a state before its own functions are asked in it', () =>
    onStage(async ({ install }) => {
      const order: string[] = []
      const flow = install({
        reference: 'registry.example.com/acme/private:1.0',
        credentials: () => {
          order.push('credentials')
          return { username: 'demo', password: 'demo' }
        },
        consent: () => {
          order.push('consent')
          return true
        },
      })
      flow.transition$.subscribe(({ to }) => order.push(to))
      await flow.result
      assert.is(order[order.indexOf('credentials') - 1], 'reauth')
      assert.is(order[order.indexOf('consent') - 1], 'awaitConsent')
    }))

  test('a host that ignores the result is not ended by it', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: 'NO' })
      await lastValueFrom(flow.transition$)
      assert.is(flow.snapshot().state, 'rolledBack')
    }))

  test('its methods may be handed on by themselves', () =>
    onStage(async ({ install }) => {
      const { consent$, grant, cancel, snapshot, result } = install({ reference })
      await firstValueFrom(consent$)
      assert.is(snapshot().state, 'awaitConsent')
      assert.ok(grant())
      await result
      assert.not.ok(cancel(), 'it has ended')
    }))

  test('the actor can be read, not driven', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference })
      const seen: string[] = []
      flow.actor.subscribe(({ value }) => seen.push(String(value)))
      await firstValueFrom(flow.consent$)
      assert.ok(flow.actor.getSnapshot().matches('awaitConsent'))
      assert.not('send' in flow.actor)
      flow.deny()
      await failureOf(flow)
      assert.is(seen.at(-1), 'rolledBack')
    }))

  test('no secret in a snapshot, a transition, an error or a request that is shown', () =>
    onStage(async ({ embedded, install }) => {
      const secrets = ['hunter2-password', Buffer.from('demo:hunter2-password').toString('base64')]
      const flow = install({
        reference: 'registry.example.com/acme/private:1.0',
        credentialsAttempts: 1,
        credentials: () => ({ username: 'demo', password: 'hunter2-password' }),
      })
      const shown: unknown[] = []
      flow.transition$.subscribe(() => shown.push(flow.snapshot(), flow.actor.getSnapshot()))
      const error = await failureOf(flow)
      const { inspect } = await import('node:util')
      const everything = inspect([shown, error, flow, embedded.requests(), flow.transitions], {
        depth: Number.POSITIVE_INFINITY,
        showHidden: true,
      })
      assert.ok(everything.includes('registry.example.com'))
      for (const secret of secrets) assert.not(everything.includes(secret), 'a secret is shown')
      assert.not.match(everything, 'hunter2')
    }))
})
