import * as assert from 'uvu/assert'
import type { CallOptions, InputOf, OperationId } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import { planUpgrade } from '../../../src/flow/upgrade.ts'
import { suite } from '../../support/suite.ts'
import { OLD, onUpgradeStage } from '../../support/upgradeStage.ts'

const NEW = 'acme/notes:2.0'
const wanted = { name: OLD, reference: NEW }
const PULL = `remote=${encodeURIComponent(`docker.io/${NEW}`)}`

suite('planUpgrade', (test) => {
  test('an enabled plugin is disabled, upgraded, set and enabled again', () =>
    onUpgradeStage(async ({ engine, requests }) => {
      const options = { ...wanted, mode: 'inPlace' } as const
      const { requests: planned, mayGoOn, consent } = await planUpgrade(engine, options)
      assert.equal(planned, [
        `POST /plugins/pull?${PULL}&name=COPY`,
        `POST /plugins/${OLD}/disable`,
        `POST /plugins/${OLD}/upgrade?${PULL}`,
        `POST /plugins/${OLD}/set, for each setting that is not in effect then`,
        `POST /plugins/${OLD}/enable?timeout=0`,
        'DELETE /plugins/COPY',
      ])
      assert.equal([mayGoOn, consent], [true, undefined])
      assert.not.ok(
        requests().some((request) => !request.startsWith('GET')),
        'nothing is changed',
      )
    }))

  test('a trial enables the copy for a moment, and then is not among what is unknown', () =>
    onUpgradeStage(async ({ engine }) => {
      const { requests: planned, unknown } = await planUpgrade(engine, { ...wanted, trial: true })
      assert.equal(planned.slice(1, 4), [
        'POST /plugins/COPY/enable?timeout=0',
        'POST /plugins/COPY/disable',
        `POST /plugins/${OLD}/disable`,
      ])
      assert.match(unknown.at(-1) ?? '', 'the trial finds out')
    }))

  test('a disabled plugin stays disabled, and is not in use', () =>
    onUpgradeStage(
      async ({ engine }) => {
        const { requests: planned, unknown } = await planUpgrade(engine, wanted)
        assert.not.match(planned.join(), /enable|disable/)
        assert.not.match(unknown.join(), 'in use')
      },
      { disabled: true },
    ))

  test('an engine that cannot look the content up :: its digest and the uses are unknown', () =>
    onUpgradeStage(async ({ engine }) => {
      const failing = {
        ...engine,
        async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
          if (id === 'distributionInspect' || id === 'volumeList') {
            throw new EngineError('engine-failed', 'it cannot look', { status: 500 })
          }
          return engine.call(id, input, options)
        },
      }
      const { request, unknown } = await planUpgrade(failing, wanted)
      assert.is(request.digest, undefined)
      assert.is(unknown[0], 'the digest of the new version')
      assert.ok(unknown.includes('whether the engine takes it for in use'))
    }))

  test('a replacement is a removal and a pull', () =>
    onUpgradeStage(async ({ engine }) => {
      const options = { ...wanted, mode: 'replace', force: true } as const
      const { requests: planned } = await planUpgrade(engine, options)
      assert.equal(planned.slice(2, 4), [
        `DELETE /plugins/${OLD}`,
        `POST /plugins/pull?${PULL}&name=${encodeURIComponent(OLD)}`,
      ])
    }))
})
