import type { ServerResponse } from 'node:http'
import * as assert from 'uvu/assert'
import { distributionInspect } from '../../../adapters/engine/api/distributionInspect.ts'
import { getPluginPrivileges } from '../../../adapters/engine/api/getPluginPrivileges.ts'
import { pluginInspect } from '../../../adapters/engine/api/pluginInspect.ts'
import { pluginInspectWhole } from '../../../adapters/engine/api/pluginInspectWhole.ts'
import { pluginList } from '../../../adapters/engine/api/pluginList.ts'
import { systemPing } from '../../../adapters/engine/api/systemPing.ts'
import { systemVersion } from '../../../adapters/engine/api/systemVersion.ts'
import type { EngineConnection } from '../../../adapters/engine/http/connectEngine.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { answerJSON } from '../../support/engineServer.ts'
import { digest } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { never, withEngine } from './engineFixture.ts'

const name = 'acme/probe:1.0'
const remote = `docker.io/${name}`

suite('what the engine answers by itself', (test) => {
  const calls: Record<string, (connection: EngineConnection) => Promise<unknown>> = {
    systemPing: (connection) => systemPing(connection, never),
    systemVersion: (connection) => systemVersion(connection, never),
    pluginInspect: (connection) => pluginInspect(connection, { name }, never),
    pluginInspectWhole: (connection) => pluginInspectWhole(connection, { name }, never),
    pluginList: (connection) => pluginList(connection, { filters: {} }, never),
  }
  const silences: [title: string, answer: (response: ServerResponse) => unknown][] = [
    ['no answer', () => {}],
    ['an answer that stalls', (response) => response.write('[')],
  ]
  for (const [operation, call] of Object.entries(calls)) {
    for (const [title, answer] of silences) {
      test(`${operation} :: ${title} in timeouts.inspect`, () =>
        withEngine(
          (_, response) => answer(response),
          async (connection) => {
            await refusedWith('timed-out', () => call(connection))
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
        await refusedWith('timed-out', () => systemPing(connection, tooLate))
      },
      { timeouts: { inspect: 60_000, answer: 30 } },
    ))
})

suite('what a registry is asked for', (test) => {
  const calls: Record<string, (connection: EngineConnection) => Promise<unknown>> = {
    getPluginPrivileges: (connection) => getPluginPrivileges(connection, { remote }, never),
    distributionInspect: (connection) => distributionInspect(connection, { remote }, never),
  }
  for (const [operation, call] of Object.entries(calls)) {
    test(`${operation} :: is waited for longer`, () =>
      withEngine(
        ({ url }, response) => {
          const answer = url.includes('/distribution/') ? { Descriptor: { digest } } : null
          setTimeout(() => answerJSON(response, 200, answer), 60)
        },
        async (connection) => {
          const value = operation === 'distributionInspect' ? { digest } : null
          assert.equal(await call(connection), value)
        },
        { timeouts: { inspect: 20 } },
      ))
  }
})
