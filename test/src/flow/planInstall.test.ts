import { once } from 'node:events'
import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import type { Retry } from '../../../machines/retry.ts'
import { allowList } from '../../../src/flow/consent/allowList.ts'
import { isInstallError } from '../../../src/flow/errors.ts'
import { planInstall } from '../../../src/flow/install.ts'
import type { Engine } from '../../../src/flow/types.ts'
import { onStage } from '../../support/embedded.ts'
import { engineOf } from '../../support/fakePorts.ts'
import { rememberingEngine } from '../../support/rememberingEngine.ts'
import { digest } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const reference = 'vieux/sshfs'
const policy = { retry: { attempts: 3, baseMs: 2, factor: 1, jitter: 0 } }

/** Its look-ups of the content are lost so often. */
function losing(times: number): Engine {
  const engine = rememberingEngine()
  let left = times
  return engineOf({
    ...engine,
    async distributionInspect() {
      if (left-- > 0) throw new EngineError('engine-unreachable', 'the connection ended')
      return { digest }
    },
  })
}

suite('planInstall', (test) => {
  test('tells what would be asked and sent, and sends nothing that changes anything', () =>
    onStage(async ({ embedded, plan, requests }) => {
      const settings = ['DEBUG=1']
      const { request, consent, present, requests: planned } = await plan({ reference, settings })
      assert.is(request.name, 'vieux/sshfs:latest')
      assert.match(request.digest ?? '', /^sha256:/)
      assert.is(request.privileges.length, 5)
      assert.is(consent, undefined)
      assert.not(present)
      assert.equal(planned, [
        'POST /plugins/pull?remote=docker.io%2Fvieux%2Fsshfs%3Alatest&name=vieux%2Fsshfs%3Alatest',
        'POST /plugins/vieux/sshfs:latest/set',
        'POST /plugins/vieux/sshfs:latest/enable?timeout=0',
      ])
      assert.ok(requests().every((request) => request.startsWith('GET ')))
      assert.equal(embedded.plugins(), [])
    }))

  test('the policy’s answer', () =>
    onStage(async ({ plan }) => {
      const denied = await plan({ reference, consent: allowList(['network:host']) })
      assert.not(denied.consent?.granted)
      assert.match(denied.consent?.reason ?? '', 'device:/dev/fuse')
      assert.ok((await plan({ reference, consent: () => true })).consent?.granted)
      assert.ok((await plan({ reference, grantAllPermissions: true })).consent?.granted)
      const nothing = await plan({ reference: 'acme/plain', disabled: true })
      assert.ok(nothing.consent?.granted)
      assert.is(nothing.requests.length, 1)
    }))

  test('a plugin that is there already, or was left disabled', () =>
    onStage(async ({ install, plan }) => {
      await install({ reference: 'acme/plain', disabled: true }).result
      const kept = await plan({ reference: 'acme/plain', disabled: true, ifPresent: 'keep' })
      assert.ok(kept.present)
      assert.equal(kept.requests, [])
      const finished = await plan({ reference: 'acme/plain', ifPresent: 'finish' })
      assert.equal(finished.requests, ['POST /plugins/acme/plain:latest/enable?timeout=0'])
    }))

  test('a look-up that is made again is reported before each wait', async () => {
    const retries: Retry[] = []
    const onRetry = (retry: Retry) => retries.push(retry)
    const before = Date.now()
    const plan = await planInstall(losing(2), { reference, policy, onRetry })
    assert.is(plan.request.digest, digest)
    const told = {
      state: 'checkPrivileges',
      code: 'engine-unreachable',
      message: 'the connection ended',
      attempts: 3,
      delay: 2,
    }
    assert.equal(
      retries.map(({ at, ...retry }) => retry),
      [
        { ...told, attempt: 2 },
        { ...told, attempt: 3 },
      ],
    )
    assert.ok(retries.every(({ at }) => at >= before && at <= Date.now()))
  })

  test('an onRetry that throws changes nothing, and its error is not swallowed', async () => {
    const thrown = once(process, 'uncaughtException', { signal: AbortSignal.timeout(60_000) })
    const broken = new TypeError('no such thing')
    const onRetry = () => {
      throw broken
    }
    const plan = await planInstall(losing(1), { reference, policy, onRetry })
    assert.is(plan.request.digest, digest)
    assert.is((await thrown)[0], broken)
  })

  test('fails as the install would', () =>
    onStage(async ({ plan }) => {
      const code = (reference: string) =>
        plan({ reference }).then(
          () => 'planned',
          (error) => (isInstallError(error) ? error.code : String(error)),
        )
      assert.is(await code('NO'), 'invalid-reference')
      assert.is(await code('registry.example.com/acme/private:1.0'), 'unauthorized')
      assert.is(await code('hello-world'), 'not-a-plugin')
    }))
})
