import type { ServerResponse } from 'node:http'
import * as assert from 'uvu/assert'
import { refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { callOn, digest, inputs, ping, willing, withEngine } from './engineFixture.ts'

suite('operations that the engine answers by itself', (test) => {
  const silences: [title: string, answer: (response: ServerResponse) => unknown][] = [
    ['no answer', () => {}],
    ['an answer that stalls', (response) => response.write('[')],
  ]
  for (const id of ['systemPing', 'systemVersion', 'pluginInspect', 'pluginList'] as const) {
    for (const [title, answer] of silences) {
      test(`${id} :: ${title} in timeouts.inspect`, () =>
        withEngine(
          (_, response) => answer(response),
          async (connection) => {
            await refusedWith('timed-out', () => callOn(connection, id, inputs[id]))
          },
          { timeouts: { inspect: 30, answer: 60_000 } },
        ))
    }
  }

  test('a shorter timeouts.answer counts for it, too', () =>
    withEngine(
      () => {},
      async (connection) => {
        const tooLate = AbortSignal.timeout(60_000)
        await refusedWith('timed-out', () => ping(connection, tooLate))
      },
      { timeouts: { inspect: 60_000, answer: 30 } },
    ))
})

suite('operations that a registry is asked for', (test) => {
  const answers = {
    getPluginPrivileges: { privileges: [], hidden: false },
    distributionInspect: { digest },
  }
  for (const id of ['getPluginPrivileges', 'distributionInspect'] as const) {
    test(`${id} :: is waited for longer`, () =>
      withEngine(
        (request, response, message) => setTimeout(willing, 60, request, response, message),
        async (connection) => {
          assert.equal(await callOn(connection, id, inputs[id]), answers[id])
        },
        { timeouts: { inspect: 20 } },
      ))
  }
})
