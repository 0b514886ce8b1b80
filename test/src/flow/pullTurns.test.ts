import { filter, firstValueFrom, timeout } from 'rxjs'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../../machines/errors.ts'
import { isInstallError } from '../../../src/flow/installError.ts'
import { pullTurns } from '../../../src/flow/pullTurns.ts'
import type { Engine, PluginInstall } from '../../../src/flow/types.ts'
import { onStage } from '../../support/embedded.ts'
import { suite } from '../../support/suite.ts'

const someEngine = () => ({}) as Engine
const never = new AbortController().signal

suite('pullTurns', (test) => {
  test('one name :: one after the other, in order', async () => {
    const turns = pullTurns(someEngine())
    const told: string[] = []
    const take = async (who: string) => {
      const end = await turns.take('a', never)
      told.push(`${who} begins`)
      await null
      told.push(`${who} ends`)
      end()
    }
    await Promise.all(['first', 'second', 'third'].map(take))
    const order = ['first', 'second', 'third']
    assert.equal(
      told,
      order.flatMap((who) => [`${who} begins`, `${who} ends`]),
    )
  })

  test('another name, another engine :: at once', async () => {
    const engine = someEngine()
    await pullTurns(engine).take('a', never)
    await pullTurns(engine).take('b', never)
    await pullTurns(someEngine()).take('a', never)
  })

  test('who no longer waits :: is passed over', async () => {
    const turns = pullTurns(someEngine())
    const end = await turns.take('a', never)
    const stop = new AbortController()
    const second = turns.take('a', stop.signal).catch((error: unknown) => error)
    const third = turns.take('a', never)
    stop.abort()
    const error = await second
    assert.ok(isEngineError(error))
    assert.is(error.code, 'cancelled')
    end()
    ;(await third)()
  })

  test('two flows for one name :: the second is refused before it pulls anything', () =>
    onStage(
      async ({ embedded, install }) => {
        const flows = [install({ reference: 'acme/plain' }), install({ reference: 'acme/plain' })]
        const ends = await Promise.all(
          flows.map(({ result }) => result.catch((error: unknown) => error)),
        )
        const [error, ...others] = ends.filter(isInstallError)
        assert.equal(others, [])
        assert.equal([error?.code, error?.rollback.result], ['already-exists', 'nothingToRemove'])
        assert.equal([error?.state, error?.failure.status], ['pulling', 400])
        assert.equal(
          embedded.plugins().map(({ Enabled }) => Enabled),
          [true],
        )
      },
      { pace: 0.2 },
    ))

  test('a flow that is cancelled while it waits :: has sent nothing, and takes nothing away', () =>
    onStage(
      async ({ embedded, install, requests }) => {
        const first = install({ reference: 'acme/plain', disabled: true })
        const second = install({ reference: 'acme/plain' })
        await Promise.all([streaming(first), streaming(second)])
        second.cancel()
        const error = await second.result.catch((error: unknown) => error)
        assert.ok(isInstallError(error))
        assert.equal([error.code, error.rollback.result], ['cancelled', 'nothingToRemove'])
        await first.result
        assert.is(pulls(requests), 1)
        assert.is(embedded.plugins().length, 1)
      },
      { pace: 0.2 },
    ))
})

function pulls(requests: () => string[]): number {
  return requests().filter((request) => request === 'POST /plugins/pull').length
}

function streaming(flow: PluginInstall): Promise<unknown> {
  return firstValueFrom(
    flow.transition$.pipe(
      filter(({ to }) => to === 'pulling.streaming'),
      timeout(10_000),
    ),
  )
}
