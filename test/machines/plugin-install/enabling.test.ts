import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import { makeSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { after, at, done, failed, lookUp, send } from '../../support/chart.ts'
import { edge } from '../../support/edges.ts'
import { digest, hostNetwork, pluginId, samplePlugin } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

suite('enabling', (test) => {
  edge(
    test,
    'enabling · done(pluginEnable) → done',
    at('enabling'),
    done('pluginEnable'),
    ({ output }) => {
      assert.is(output?.state, 'done')
      if (output?.state !== 'done') return
      const { consent, ...plugin } = output.plugin
      assert.is(consent.by, 'person')
      assert.equal(plugin, {
        id: pluginId,
        name: 'acme/probe:1.0',
        reference: 'acme/probe:1.0',
        digest,
        enabled: true,
        changed: true,
        privileges: [hostNetwork],
        settings: [],
      })
    },
  )

  test('enabling :: an unknown digest is not made up', () => {
    const { digest: _, ...untold } = lookUp()
    const { output } = send(
      at('checkPrivileges', { grantAllPermissions: true, disabled: true }),
      done('lookUpPlugin', untold),
      done('pluginPull', {}),
      done('pluginInspect', samplePlugin()),
    )
    assert.is(output?.state, 'done')
    assert.not(output?.state === 'done' && 'digest' in output.plugin)
  })

  test('enabling · done(pluginEnable) :: a digest that only the pull told is the one of the output', () => {
    const { digest: _, ...untold } = lookUp()
    const { output } = send(
      at('checkPrivileges', { grantAllPermissions: true, disabled: true }),
      done('lookUpPlugin', untold),
      done('pluginPull', { digest }),
      done('pluginInspect', samplePlugin()),
    )
    assert.is(output?.state === 'done' && output.plugin.digest, digest)
  })

  edge(
    test,
    'enabling · error(pluginEnable) → rollingBack',
    at('enabling'),
    failed('pluginEnable', 'plugin-did-not-listen', { status: 500 }),
    ({ context }) => {
      assert.is(context.failure?.code, 'plugin-did-not-listen')
      assert.is(context.failure?.state, 'enabling')
      assert.not(context.enableRequested, 'an engine that refused it has not carried it out')
      assert.is(context.ownership, 'created')
    },
  )

  edge(
    test,
    'enabling · error(pluginEnable) [othersActed] → rollingBack',
    at('enabling'),
    failed('pluginEnable', 'changed-by-others', { status: 409 }),
    ({ context }) => {
      assert.is(context.failure?.code, 'changed-by-others')
      assert.is(context.failure?.state, 'enabling')
      assert.is(context.ownership, 'adopted', 'it is left as it is')
    },
  )

  for (const [title, code, details] of [
    ['without an answer', 'engine-unreachable', {}],
    ['that something on the way answered', 'engine-unreachable', { status: 502 }],
    ['of an engine whose disk is full', 'disk-full', { status: 500 }],
    ['that took too long', 'timed-out', {}],
  ] as const) {
    test(`enabling :: a failure ${title} may have been carried out`, () => {
      const { context } = send(at('enabling'), failed('pluginEnable', code, details))
      assert.ok(context.enableRequested)
    })
  }

  test('enabling :: a failure names the plugin, not its id', () => {
    const error = new EngineError('enable-failed', `${pluginId} did not start`)
    const event = {
      type: 'xstate.error.actor.pluginEnable',
      error,
      actorId: 'pluginEnable',
    } as const
    const { context } = send(at('enabling'), event)
    assert.is(context.failure?.message, 'acme/probe:1.0 did not start')
    const path = `/run/docker/plugins/${pluginId}/p.sock of`
    const inPath = new EngineError('enable-failed', `${path} ${pluginId} is not there`)
    const { context: other } = send(at('enabling'), { ...event, error: inPath })
    assert.is(other.failure?.message, `${path} acme/probe:1.0 is not there`)
    const parts = [
      `%2Fplugins%2F${pluginId}%2Fp.sock`,
      `docker-${pluginId}.scope`,
      `/x/a-${pluginId}`,
    ]
    for (const part of parts) {
      const inPart = new EngineError('enable-failed', `${part} of ${pluginId}: ended`)
      const { context: third } = send(at('enabling'), { ...event, error: inPart })
      assert.is(third.failure?.message, `${part} of acme/probe:1.0: ended`)
    }
  })

  test('enabling :: a refusal of what an earlier process had asked for is not the end of that', () => {
    const { run } = makeSnapshot(at('enabling'))
    const resumed = { ...run, enableRequested: true }
    const from = send(
      at('checkPrivileges', { grantAllPermissions: true, resumed }),
      done(
        'lookUpPlugin',
        lookUp({ present: { plugin: samplePlugin(), asWanted: false, own: true } }),
      ),
      done('pluginInspect', samplePlugin()),
    )
    assert.is(from.value, 'enabling')
    const refused = failed('pluginEnable', 'enable-failed', { status: 409 })
    assert.ok(send(from, refused).context.enableRequested)
  })

  test('enabling :: an error that is not of the engine says nothing of what it did', () => {
    const type = 'xstate.error.actor.pluginEnable'
    const event = { type, error: new TypeError('no'), actorId: 'pluginEnable' } as const
    const { context } = send(at('enabling'), event)
    assert.is(context.failure?.code, 'host-failed')
    assert.ok(context.enableRequested)
  })

  edge(
    test,
    'enabling · install.cancel → rollingBack',
    at('enabling'),
    { type: 'install.cancel' },
    ({ context }) => {
      assert.is(context.failure?.code, 'cancelled')
      assert.ok(context.enableRequested, 'the engine may carry it out all the same')
    },
  )

  edge(
    test,
    'enabling · after(enablingTimeout) → rollingBack',
    at('enabling'),
    after('enablingTimeout', 'enabling'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
