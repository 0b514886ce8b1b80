import { firstValueFrom, timeout } from 'rxjs'
import * as assert from 'uvu/assert'
import { completeTimeouts } from '../../../../adapters/engine/http/timeouts.ts'
import { backoffDelays } from '../../../../machines/retry.ts'
import { connect } from '../../../../src/flow/connect.ts'
import { installPlugin } from '../../../../src/flow/install.ts'
import { defaultPolicy } from '../../../../src/flow/retry/policy.ts'
import { connectTo } from '../../../adapters/engine/connectTo.ts'
import { answerPing, serveEngine } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'

suite('an engine that is silent', (test) => {
  test('is asked again, by the bound of what it answers by itself', async () => {
    let pings = 0
    let isAskedAgain = () => {}
    const askedAgain = new Promise<void>((resolve) => {
      isAskedAgain = resolve
    })
    const server = await serveEngine(({ url }, response) => {
      if (url !== '/_ping' || ++pings < 2) return
      answerPing(response)
      isAskedAgain()
    })
    const env = { DOCKER_CONFIG: '/nonexistent' }
    const engine = connect({ host: server.host, env, timeouts: { inspect: 30 } })
    const policy = { retry: { baseMs: 1 } }
    try {
      const flow = installPlugin(engine, { reference: 'acme/plain', policy })
      const { state, code, attempt } = await firstValueFrom(flow.retry$.pipe(timeout(60_000)))
      assert.equal([state, code, attempt], ['checkPrivileges', 'timed-out', 2])
      await askedAgain
      flow.cancel()
      await flow.result.catch(() => {})
    } finally {
      engine.close()
      await server.close()
    }
  })

  test('all attempts fit in the state; through SSH two do', () => {
    const { retry, timeouts } = defaultPolicy
    const spent = (attempts: number, inspect: number) =>
      backoffDelays({ ...retry, attempts }, () => 0).reduce(
        (sum, delay) => sum + delay,
        attempts * inspect,
      )
    assert.ok(spent(retry.attempts, completeTimeouts().inspect) < timeouts.checkPrivileges)
    const ssh = connectTo({ host: 'ssh://a' }).timeouts
    assert.ok(ssh.inspect > ssh.connect)
    assert.ok(spent(2, ssh.inspect) < timeouts.checkPrivileges)
  })
})
