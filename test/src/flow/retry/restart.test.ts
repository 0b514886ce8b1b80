import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Retry } from '../../../../machines/retry.ts'
import { startEmbeddedEngine } from '../../../../src/embedded.ts'
import { type ConnectedEngine, connect } from '../../../../src/flow/connect.ts'
import { isInstallError } from '../../../../src/flow/errors.ts'
import { installPlugin } from '../../../../src/flow/install.ts'
import type { PolicyOptions } from '../../../../src/flow/retry/policy.ts'
import type { Engine } from '../../../../src/flow/types.ts'
import { suite } from '../../../support/suite.ts'

const reference = 'vieux/sshfs:latest'
/** Real waits, short ones: all together they leave an engine a second to come back. */
const policy: PolicyOptions = { retry: { attempts: 100, baseMs: 10, factor: 1, jitter: 0 } }

async function onSocket(
  act: (engine: ConnectedEngine, socketPath: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  const socketPath = join(folder, 'engine.sock')
  const engine = connect({ host: `unix://${socketPath}`, env: { DOCKER_CONFIG: folder } })
  try {
    await act(engine, socketPath)
  } finally {
    engine.close()
    rmSync(folder, { recursive: true })
  }
}

suite('a real socket', (test) => {
  test('that is not there :: fails, and is not tried again', () =>
    onSocket(async (engine) => {
      const flow = installPlugin(engine, { reference, policy })
      const retries: Retry[] = []
      flow.retry$.subscribe((retry) => retries.push(retry))
      const error: unknown = await flow.result.catch((error: unknown) => error)
      assert.ok(isInstallError(error))
      assert.match(error.message, 'there is no such socket')
      assert.equal(error.failure, {
        operation: 'systemPing',
        code: 'engine-unreachable',
        state: 'checkPrivileges',
        message: error.message,
        next: error.next,
        retryable: true,
      })
      assert.is(error.rollback.result, 'nothingToRemove')
      assert.equal(retries, [])
    }))

  test('that goes away before the pull, and comes back :: pulled once', () =>
    onSocket(async (engine, socketPath) => {
      const first = await startEmbeddedEngine({ pace: 0, socketPath })
      let second: Awaited<ReturnType<typeof startEmbeddedEngine>> | undefined
      const flow = installPlugin(engine, {
        reference,
        policy,
        async consent() {
          await first.close()
          return true
        },
      })
      const told: string[] = []
      let restarted: Promise<void> | undefined
      flow.retry$.subscribe(({ state, code, message }) => {
        told.push(`${state} ${code}: ${message}`)
        restarted ??= startEmbeddedEngine({ pace: 0, socketPath }).then((engine) => {
          second = engine
        })
      })
      const plugin = await flow.result
      await restarted
      assert.is(plugin.name, reference)
      assert.ok(second?.plugins()[0]?.Enabled)
      const pulls = second?.requests().filter(({ path }) => path.includes('/plugins/pull'))
      assert.is(pulls?.length, 1)
      assert.is(
        told[0],
        `pulling engine-unreachable: no Docker Engine answers at unix://${socketPath}: there is no such socket`,
      )
      await second?.close()
    }))

  test('whose engine hangs up on a look-up :: asked again', () =>
    onSocket(async (engine, socketPath) => {
      const embedded = await startEmbeddedEngine({ pace: 0, socketPath })
      let cuts = 0
      const cutting: Engine = {
        ...engine,
        call(id, input, options) {
          const answer = engine.call(id, input, options)
          // The request is under way when all sockets are closed.
          if (id === 'getPluginPrivileges' && cuts++ === 0) setImmediate(() => engine.close())
          return answer
        },
      }
      const flow = installPlugin(cutting, { reference, policy, consent: () => true })
      const told: Retry[] = []
      flow.retry$.subscribe((retry) => told.push(retry))
      await flow.result
      assert.ok(told.length > 0)
      assert.match(told[0]?.message ?? '', /the connection to .* ended before .* was answered/)
      assert.is(embedded.plugins().length, 1)
      await embedded.close()
    }))
})
