import { inspect } from 'node:util'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import type { CredentialsRequest, OperationId, OutputOf } from '../../../machines/engine.ts'
import { EngineError, type EngineErrorDetails } from '../../../machines/errors.ts'
import { connect } from '../../../src/flow/connect.ts'
import { type InstallError, isInstallError } from '../../../src/flow/errors.ts'
import { installPlugin, planInstall } from '../../../src/flow/install.ts'
import type { Engine, InstallOptions, PluginInstall } from '../../../src/flow/types.ts'
import { type Ground, gives, onGround } from '../../adapters/docker/credentialGround.ts'
import { isAlive } from '../../engine/world/processes.ts'
import { until } from '../../engine/world/until.ts'
import { onStage } from '../../support/embedded.ts'
import { PLANTED } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'

const registry = 'registry.example.com'
const reference = `${registry}/acme/private:1.0`
const demo = { username: 'demo', password: 'demo' }
const wrong = { username: 'demo', password: PLANTED }
const entry = ({ username, password }: typeof demo) => ({
  auth: Buffer.from(`${username}:${password}`).toString('base64'),
})

interface Stage {
  ground: Ground
  engine: Engine
  install(options?: Partial<InstallOptions>): PluginInstall & { states: string[] }
}

/** An engine whose sample registry wants `demo`, and a Docker configuration of its own. */
function onConfigured(act: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(({ embedded }) =>
    onGround(async (ground) => {
      const engine = connect({ host: embedded.host, env: ground.env })
      try {
        await act({
          ground,
          engine,
          install(options) {
            const all = { reference, grantAllPermissions: true, ...options }
            const flow = installPlugin(engine, all)
            const states: string[] = []
            flow.transition$.subscribe(({ to }) => states.push(to))
            return Object.assign(flow, { states })
          },
        })
      } finally {
        engine.close()
      }
    }),
  )
}

async function failureOf(flow: PluginInstall): Promise<InstallError> {
  const error: unknown = await flow.result.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  )
  if (!isInstallError(error)) throw error
  return error
}

suite('credentials :: from a person', (test) => {
  test('wrong, then good; asked once each, and never without need', () =>
    onConfigured(async ({ install }) => {
      const flow = install()
      const asked: CredentialsRequest[] = []
      flow.credentials$.subscribe((request) => {
        asked.push(request)
        assert.ok(flow.authenticate(request.attempt === 1 ? wrong : demo))
      })
      await flow.result
      assert.equal(asked, [
        { registry, attempt: 1, reason: 'missing' },
        { registry, attempt: 2, reason: 'refused' },
      ])
    }))

  test('who comes late is asked too; who comes when it is over is not', () =>
    onConfigured(async ({ install }) => {
      const flow = install()
      assert.not(flow.authenticate(demo), 'no credentials were requested yet')
      await firstValueFrom(flow.credentials$)
      const request = await firstValueFrom(flow.credentials$)
      assert.is(request.registry, registry)
      assert.ok(flow.authenticate(demo))
      await flow.result
      assert.not(flow.authenticate(demo))
      const late: unknown[] = []
      flow.credentials$.subscribe((request) => late.push(request))
      assert.equal(late, [])
    }))

  test('invalid credentials are refused, and the flow still waits', () =>
    onConfigured(async ({ install }) => {
      const flow = install()
      await firstValueFrom(flow.credentials$)
      const rubbish = { password: PLANTED } as never
      assert.throws(
        () => flow.authenticate(rubbish),
        (error: Error) => !error.message.includes(PLANTED),
      )
      assert.is(flow.snapshot().state, 'reauth')
      assert.ok(flow.authenticate(demo))
      await flow.result
    }))

  test('as many attempts as are allowed', () =>
    onConfigured(async ({ install }) => {
      for (const credentialsAttempts of [0, 1, 3]) {
        const flow = install({ credentialsAttempts })
        let asked = 0
        flow.credentials$.subscribe(() => {
          asked += 1
          flow.authenticate(wrong)
        })
        const error = await failureOf(flow)
        assert.equal([error.code, asked], ['unauthorized', credentialsAttempts])
        assert.match(error.message, registry)
      }
    }))

  test('the password is in nothing that a host can see', () =>
    onConfigured(async ({ engine, install }) => {
      const seen: unknown[] = []
      const flow = install()
      flow.actor.subscribe((snapshot) => seen.push(snapshot.context, snapshot.value))
      flow.transition$.subscribe((transition) => seen.push(transition))
      flow.credentials$.subscribe((request) => {
        seen.push(request)
        flow.authenticate(wrong)
        seen.push(flow, flow.actor, flow.snapshot(), engine)
      })
      seen.push(await failureOf(flow), flow.snapshot())
      const shown = inspect(seen, { depth: 12, showHidden: true, maxArrayLength: null })
      assert.match(shown, registry)
      for (const secret of [PLANTED, entry(wrong).auth]) {
        assert.not.ok(shown.includes(secret), 'a secret shows')
        assert.not.ok(JSON.stringify(seen.map((each) => inspect(each))).includes(secret))
      }
    }))
})

suite('credentials :: from a function', (test) => {
  test('one that hangs is aborted when the flow is cancelled', () =>
    onConfigured(async ({ install }) => {
      let heard: AbortSignal | undefined
      const flow = install({
        credentials: (_request, signal) => {
          heard = signal
          return new Promise(() => {})
        },
      })
      await until('it is asked', () => heard !== undefined)
      flow.cancel()
      assert.ok(heard?.aborted)
      const error = await failureOf(flow)
      assert.equal([error.code, error.state], ['cancelled', 'reauth'])
    }))

  test('one that hangs longer than the wait :: timed-out', () =>
    onConfigured(async ({ install }) => {
      const credentials = () => new Promise<never>(() => {})
      const error = await failureOf(install({ credentials, policy: { timeouts: { reauth: 20 } } }))
      assert.equal([error.code, error.state], ['timed-out', 'reauth'])
    }))

  test('one that throws :: host-failed, and not a word of what it threw', () =>
    onConfigured(async ({ install }) => {
      const credentials = () => {
        throw new RangeError(PLANTED)
      }
      const error = await failureOf(install({ credentials }))
      assert.equal([error.code, error.state], ['host-failed', 'reauth'])
      assert.not.match(inspect(error), PLANTED)
    }))

  test('it is asked where a person would be, and no person is', () =>
    onConfigured(async ({ install }) => {
      const flow = install({ credentials: async () => demo })
      const asked: unknown[] = []
      flow.credentials$.subscribe((request) => asked.push(request))
      await flow.result
      assert.equal(asked, [])
    }))
})

suite('credentials :: from Docker’s configuration', (test) => {
  const STRAIGHT = ['checkPrivileges', 'pulling.streaming']
  const places: [title: string, config: object][] = [
    ['auths', { auths: { [registry]: entry(demo) } }],
    ['a helper', { credHelpers: { [registry]: 'world' } }],
  ]
  for (const [title, config] of places) {
    test(`${title} :: they go with the first request`, () =>
      onConfigured(async ({ ground, engine, install }) => {
        ground.config(config)
        ground.helper('world', gives('demo', 'demo'))
        const plan = await planInstall(engine, { reference, grantAllPermissions: true })
        assert.is(plan.requests.length, 2)
        const flow = install()
        await flow.result
        assert.equal(flow.states.slice(0, 2), STRAIGHT)
      }))
  }

  test('wrong ones there :: refused, and a person gives good ones', () =>
    onConfigured(async ({ ground, install }) => {
      ground.config({ auths: { [registry]: entry(wrong) } })
      const flow = install()
      const request = await firstValueFrom(flow.credentials$)
      assert.equal(request, { registry, attempt: 1, reason: 'refused' })
      assert.ok(flow.authenticate(demo))
      await flow.result
    }))

  test('a helper with newer ones by then :: no one is asked', () =>
    onConfigured(async ({ ground, install }) => {
      ground.config({ credsStore: 'world' })
      const first = `if [ -s $PIDS ]; then ${gives('demo', 'demo')}; else ${gives('demo')}; fi`
      ground.helper('world', `${first}; echo $$ >> $PIDS`)
      const flow = install({ credentials: () => undefined })
      await flow.result
      assert.equal(flow.states.slice(0, 3), ['checkPrivileges', 'reauth', 'checkPrivileges'])
    }))

  test('a broken helper is warned of once, and is an error only where the registry refuses', () =>
    onConfigured(async ({ ground, engine }) => {
      ground.config({ credsStore: 'world' })
      ground.helper('world', `echo no access with ${PLANTED}; exit 1`)
      const warnings: { code: string; message: string }[] = []
      const warned = connect({
        host: String(engine.host),
        env: ground.env,
        onWarning: (warning) => warnings.push(warning),
      })
      try {
        await planInstall(warned, { reference: 'acme/plain' })
        const options = { reference, grantAllPermissions: true, credentials: () => undefined }
        const error = await installPlugin(warned, options).result.catch((error: unknown) => error)
        assert.ok(isInstallError(error))
        assert.is(error.code, 'unauthorized')
      } finally {
        warned.close()
      }
      const said = 'failed with exit status 1: no access with …; it is ignored'
      assert.equal(
        warnings.map(({ code, message }) => [code, message.includes(said)]),
        [
          ['credential-helper', true],
          ['credential-helper', true],
        ],
      )
      assert.match(warnings[0]?.message ?? '', 'docker-credential-world, asked for docker.io,')
      assert.not.match(inspect(warnings), PLANTED)
    }))

  test('a cancel ends a helper that hangs', () =>
    onConfigured(async ({ ground, install }) => {
      ground.config({ credsStore: 'world' })
      ground.helper('world', 'echo $$ >> $PIDS\nexec /bin/sleep 60')
      const flow = install()
      await until('it runs', () => ground.pids().length === 1)
      flow.cancel()
      assert.is((await failureOf(flow)).code, 'cancelled')
      await until('it has gone', () => !ground.pids().some(isAlive))
    }))

  test('a plan that is cancelled ends it too', () =>
    onConfigured(async ({ ground, engine }) => {
      ground.config({ credsStore: 'world' })
      ground.helper('world', 'echo $$ >> $PIDS\nexec /bin/sleep 60')
      const cancel = new AbortController()
      const plan = planInstall(engine, { reference, signal: cancel.signal })
      const failed = plan.catch((error: unknown) => error)
      await until('it runs', () => ground.pids().length === 1)
      cancel.abort()
      const error = await failed
      assert.ok(isInstallError(error))
      assert.is(error.code, 'cancelled')
      await until('it has gone', () => !ground.pids().some(isAlive))
    }))
})

suite('credentials :: what the registry said', (test) => {
  const words = 'denied: Your authorization token has expired. Reauthenticate and try again.'
  const refused = async (details: EngineErrorDetails) => {
    const engine: Engine = {
      async call<Id extends OperationId>(id: Id) {
        if (id === 'systemPing') return { apiVersion: '1.41' } as OutputOf<Id>
        if (id === 'getPluginPrivileges') return { privileges: [], hidden: true } as OutputOf<Id>
        if (id === 'pluginInspect') return undefined as OutputOf<Id>
        throw new EngineError('unauthorized', `it has expired: ${words}`, details)
      },
    }
    const options = { reference, grantAllPermissions: true, credentials: async () => undefined }
    return (await failureOf(installPlugin(engine, options))).failure
  }
  const said = { operation: 'distributionInspect', status: 403, engineMessage: words }

  test('stays with the failure when there are no credentials', async () => {
    const failure = await refused(said)
    assert.is(
      failure.message,
      `the registry ${registry} wants credentials: docker login ${registry}`,
    )
    assert.is(failure.engineMessage, words)
    assert.is(failure.status, 403)
    assert.is(failure.operation, 'distributionInspect')
  })

  test('decides, where it tells more than that it refused', async () => {
    const failure = await refused({ ...said, next: 'Log in again.' })
    assert.is(failure.message, `it has expired: ${words}`)
    assert.is(failure.next, 'Log in again.')
    assert.is(failure.engineMessage, words)
    assert.is(failure.state, 'reauth')
  })
})
