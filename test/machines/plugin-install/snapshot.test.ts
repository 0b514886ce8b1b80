import * as assert from 'uvu/assert'
import { makeFailure } from '../../../machines/failure.ts'
import { makeSnapshot, readSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { at, done, send } from '../../support/chart.ts'
import {
  agreed,
  digest,
  parsed,
  pluginId,
  sampleConfig,
  sampleInput,
  samplePlugin,
} from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const { timeouts: _, ...input } = sampleInput()

suite('makeSnapshot', (test) => {
  test('of a run that has done nothing yet', () => {
    assert.equal(makeSnapshot(at('checkPrivileges')), {
      version: 2,
      state: 'checkPrivileges',
      name: 'acme/probe:1.0',
      input,
      run: { ownership: 'nothing', enableRequested: false },
    })
  })

  test('of a run without a valid reference', () => {
    assert.not('name' in makeSnapshot(at('checkPrivileges', { reference: 'NO' })))
  })

  test('of a run that is taken back, and of its outcome', () => {
    const rollingBack = at('rollingBack')
    const { context } = rollingBack
    assert.type(context.pullBegan, 'string')
    const taken = makeSnapshot(rollingBack)
    assert.equal(taken, {
      version: 2,
      state: 'rollingBack',
      name: 'acme/probe:1.0',
      input,
      run: {
        ownership: 'created',
        enableRequested: true,
        pullBegan: context.pullBegan,
        id: pluginId,
        consent: context.consent,
        pulledDigest: digest,
        failure: context.failure,
      },
    })
    const ended = send(rollingBack, done('takeBack', { result: 'nothingToRemove' }))
    assert.equal(makeSnapshot(ended).outcome, ended.output)
  })

  test('facts of an earlier process are known still', () => {
    const failure = makeFailure('cancelled', 'enabling')
    const known = { ownership: 'created', enableRequested: true, consent: agreed, failure } as const
    const resumed = { ...known, id: pluginId, pulledDigest: digest }
    assert.equal(makeSnapshot(at('checkPrivileges', { resumed })).run, resumed)
    assert.equal(makeSnapshot(at('checkPrivileges', { resumed: known })).run, known)
  })

  test('the content of the plugin, as far as the engine tells it', () => {
    const layers = [digest]
    const Config = sampleConfig({ rootfs: { diff_ids: layers } })
    const seen = send(at('pulling.verifying'), done('pluginInspect', samplePlugin({ Config })))
    assert.equal(makeSnapshot(seen).run.layers, layers)
    const resumed = { ownership: 'created', enableRequested: true, layers } as const
    const again = at('checkPrivileges', { resumed: { ...resumed, layers: [...layers] } })
    assert.equal(makeSnapshot(again).run.layers, layers)
  })
})

suite('readSnapshot', (test) => {
  const sound = makeSnapshot(at('enabling', { settings: parsed('DEBUG=1', 'state.source=/') }))

  test('a sound one is handed back', () => {
    assert.is(readSnapshot(sound), sound)
    for (const ownership of ['nothing', 'adopted', 'uncertain', 'created'] as const) {
      const owned = { ...sound, run: { ownership, enableRequested: false } }
      assert.is(readSnapshot(owned), owned, ownership)
    }
    const secret = { ...sound, input: { ...input, settings: [{ name: 'TOKEN', secret: true }] } }
    assert.is(readSnapshot(secret), secret)
  })

  test('one of a run that an invalid reference ended at once is handed back', () => {
    const ended = makeSnapshot(at('checkPrivileges', { reference: 'NO' }))
    assert.is(readSnapshot(ended), ended)
  })

  test('anything but an object is refused', () => {
    for (const value of [undefined, null, 'text', 2, [], [sound]]) {
      assert.throws(() => readSnapshot(value), /^a snapshot is an object$/)
    }
  })

  test('another version is refused by its name', () => {
    assert.throws(
      () => readSnapshot({ ...sound, version: 1 }),
      /of version 1, and not of version 2$/,
    )
    for (const version of ['2x', undefined, {}, [{}], { toString: 1 }]) {
      assert.throws(
        () => readSnapshot({ ...sound, version }),
        /of no version, and not of version 2$/,
      )
    }
  })

  test('one with a part that is not what it has to be is refused', () => {
    const settings = (setting: unknown) => ({ input: { ...input, settings: [setting] } })
    for (const part of [
      { input: undefined },
      { input: { ...input, reference: 5 } },
      { input: { ...input, settings: 'DEBUG=1' } },
      settings('DEBUG=1'),
      settings(null),
      settings({}),
      settings({ name: 5 }),
      settings({ name: 'DEBUG', value: 1 }),
      settings({ name: 'state', field: null }),
      { input: { ...input, alias: null } },
      { input: { ...input, digest: 7 } },
      { run: { ownership: ['created'], enableRequested: false } },
      { run: { ownership: 'created', enableRequested: false, pullBegan: { toString: 1 } } },
      {
        input: { ...input, reference: '' },
        run: { ownership: 'created', enableRequested: false },
      },
      { run: undefined },
      { run: { enableRequested: true } },
      { run: { ownership: 'mine', enableRequested: true } },
      { run: { ownership: 'created' } },
      { run: { ownership: 'created', enableRequested: 'yes' } },
    ]) {
      const damaged = () => readSnapshot({ ...sound, ...part })
      assert.throws(damaged, /^the snapshot is damaged$/, JSON.stringify(part))
    }
  })
})
