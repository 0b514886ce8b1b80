import * as assert from 'uvu/assert'
import type { PluginDevice, PluginMount, PluginSettings } from '../../../machines/plugin.ts'
import type { InstallEvent } from '../../../machines/plugin-install/events.ts'
import { computePrivileges } from '../../../machines/privileges.ts'
import { after, at, done, failed, lookUp, send } from '../../support/chart.ts'
import { edge } from '../../support/edges.ts'
import {
  agreed,
  digest,
  hostNetwork,
  otherDigest,
  parsed,
  pluginId,
  sampleConfig,
  samplePlugin,
  withMount,
} from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

suite('pulling', (test) => {
  edge(
    test,
    'pulling.streaming · done(pluginPull) → pulling.verifying',
    at('pulling.streaming'),
    done('pluginPull', { digest, name: 'acme/probe:1.0' }),
    ({ context }) => {
      assert.is(context.ownership, 'created')
      assert.is(context.pulledDigest, digest)
    },
  )

  edge(
    test,
    'pulling.streaming · error(pluginPull) [mayReauth] → reauth',
    at('pulling.streaming'),
    failed('pluginPull', 'unauthorized', { status: 500 }),
    ({ context }) => {
      assert.is(context.ownership, 'nothing')
      assert.is(context.credentialsAttempt, 1)
    },
  )

  edge(
    test,
    'pulling.streaming · error(pluginPull) [mayCheckAgain] → checkPrivileges',
    at('pulling.streaming'),
    failed('pluginPull', 'privileges-changed', { status: 200, inStream: true }),
    ({ context }) => {
      assert.is(context.changes, 1)
      assert.is(context.ownership, 'nothing')
    },
  )

  test('pulling :: privileges that change a second time end the run', () => {
    const changed = failed('pluginPull', 'privileges-changed', { status: 200, inStream: true })
    const second = send(
      at('pulling.streaming'),
      changed,
      done('lookUpPlugin', lookUp({ privileges: [hostNetwork, hostNetwork] })),
      done('decideConsent', { granted: true }),
    )
    assert.equal(second.value, { pulling: 'streaming' })
    const next = send(second, changed)
    assert.is(next.value, 'rollingBack')
    assert.is(next.context.failure?.code, 'privileges-changed')
  })

  test('pulling :: what an earlier process of this run pulled is looked at, and taken up', () => {
    const resumed = { ownership: 'uncertain', enableRequested: false, consent: agreed } as const
    const exists = failed('pluginPull', 'already-exists', { status: 200, inStream: true })
    const pulling = send(at('checkPrivileges', { resumed }), done('lookUpPlugin', lookUp()))
    assert.equal(pulling.value, { pulling: 'streaming' })
    const again = send(pulling, exists)
    assert.is(again.value, 'checkPrivileges')
    assert.is(again.context.ownership, 'uncertain')
    const own = { plugin: samplePlugin(), asWanted: false, own: true }
    const next = send(again, done('lookUpPlugin', lookUp({ present: own })))
    assert.equal(next.value, { pulling: 'verifying' })
    assert.is(next.context.ownership, 'created')
    const other = send(pulling, failed('pluginPull', 'not-found', { status: 404 }))
    assert.is(other.value, 'rollingBack', 'only a name that is taken may be its own')
    const third = send(again, done('lookUpPlugin', lookUp()), exists)
    assert.is(third.value, 'rollingBack', 'once is enough')
    assert.is(third.context.ownership, 'nothing')
  })

  edge(
    test,
    'pulling.streaming · error(pluginPull) → rollingBack',
    at('pulling.streaming'),
    failed('pluginPull', 'already-exists', { status: 200, inStream: true }),
    ({ context }) => {
      assert.is(context.ownership, 'nothing', 'a plugin that exists is somebody else’s')
      assert.is(context.failure?.code, 'already-exists')
      assert.is(context.failure?.state, 'pulling')
    },
  )

  test('pulling :: a silent end of the pull may have created the plugin', () => {
    for (const event of [
      failed('pluginPull', 'pull-interrupted', { status: 200 }),
      failed('pluginPull', 'engine-unreachable'),
      failed('pluginPull', 'timed-out'),
    ]) {
      assert.is(send(at('pulling.streaming'), event).context.ownership, 'uncertain')
    }
    const odd = { type: 'xstate.error.actor.pluginPull', error: new TypeError('odd'), actorId: '' }
    assert.is(send(at('pulling.streaming'), odd as InstallEvent).context.ownership, 'uncertain')
    const refused = failed('pluginPull', 'already-exists', { status: 400 })
    assert.is(send(at('pulling.streaming'), refused).context.ownership, 'nothing')
  })

  edge(
    test,
    'pulling.verifying · done(pluginInspect) → enabling',
    at('pulling.verifying'),
    done('pluginInspect', samplePlugin()),
    ({ context }) => {
      assert.is(context.plugin?.Id, pluginId)
      assert.ok(context.enableRequested)
    },
  )

  edge(
    test,
    'pulling.verifying · done(pluginInspect) [staysDisabled] → done',
    at('pulling.verifying', { disabled: true }),
    done('pluginInspect', samplePlugin()),
    ({ output }) => {
      assert.is(output?.state, 'done')
      assert.not(output?.state === 'done' && output.plugin.enabled)
    },
  )

  edge(
    test,
    'pulling.verifying · done(pluginInspect) [hasSettings] → configuring',
    at('pulling.verifying', { settings: parsed('DEBUG=1') }),
    done('pluginInspect', samplePlugin()),
  )

  edge(
    test,
    'pulling.verifying · done(pluginInspect) [isGone] → rollingBack',
    at('pulling.verifying'),
    done('pluginInspect', samplePlugin({ PluginReference: 'other/probe:1.0' })),
    ({ context }) => {
      assert.is(context.failure?.code, 'plugin-gone')
      assert.not('difference' in Object(context.failure))
      assert.is(context.ownership, 'nothing', 'one from elsewhere is not this run’s')
      assert.is(context.plugin, undefined)
    },
  )

  test('pulling :: a plugin that is not shown may be there yet', () => {
    const { value, context } = send(at('pulling.verifying'), done('pluginInspect', undefined))
    assert.is(value, 'rollingBack')
    assert.is(context.failure?.code, 'plugin-gone')
    assert.is(context.ownership, 'created', 'a rollback looks again')
    assert.is(context.plugin, undefined)
  })

  edge(
    test,
    'pulling.verifying · done(pluginInspect) [isOtherContent] → rollingBack',
    send(at('pulling.streaming'), done('pluginPull', { digest: otherDigest })),
    done('pluginInspect', samplePlugin()),
    ({ context }) => {
      assert.is(context.failure?.code, 'digest-changed')
      assert.equal(context.failure?.difference, {
        digests: { granted: digest, found: otherDigest },
      })
      assert.is(context.ownership, 'created')
      assert.is(context.plugin?.Id, pluginId)
    },
  )

  test('pulling :: a digest that one side does not tell is no other digest', () => {
    const untold = send(at('pulling.streaming'), done('pluginPull', {}))
    assert.is(send(untold, done('pluginInspect', samplePlugin())).value, 'enabling')
    const { digest: _, ...unknown } = lookUp()
    const unseen = send(
      at('checkPrivileges', { grantAllPermissions: true }),
      done('lookUpPlugin', unknown),
      done('pluginPull', { digest }),
      done('pluginInspect', samplePlugin()),
    )
    assert.is(unseen.value, 'enabling')
  })

  test('pulling :: a digest that was asked for has to be proven', () => {
    const asked = (lookUpDigest: string | undefined, pulledDigest: string | undefined) => {
      const { digest: _, ...unknown } = lookUp()
      return send(
        at('checkPrivileges', { grantAllPermissions: true, digest }),
        done('lookUpPlugin', { ...unknown, ...(lookUpDigest && { digest: lookUpDigest }) }),
        done('pluginPull', pulledDigest === undefined ? {} : { digest: pulledDigest }),
        done('pluginInspect', samplePlugin()),
      )
    }
    assert.is(asked(digest, digest).value, 'enabling')
    assert.is(asked(undefined, digest).value, 'enabling')
    for (const [seen, pulled] of [
      [undefined, otherDigest],
      [otherDigest, undefined],
      [otherDigest, digest],
      [digest, otherDigest],
    ]) {
      const { value, context } = asked(seen, pulled)
      assert.is(value, 'rollingBack')
      assert.is(context.failure?.code, 'digest-changed')
      const difference = { digests: { granted: digest, found: otherDigest } }
      assert.equal(context.failure?.difference, difference)
    }
    assert.is(asked(digest, undefined).context.failure?.code, 'digest-changed')
    const untold = asked(undefined, undefined)
    assert.is(untold.value, 'rollingBack')
    assert.is(untold.context.failure?.code, 'digest-changed')
    assert.not('difference' in Object(untold.context.failure))
    const reference = `acme/probe@${digest}`
    const pinned = send(
      at('checkPrivileges', { grantAllPermissions: true, reference }),
      done('lookUpPlugin', lookUp({ digest: otherDigest })),
      done('pluginPull', { digest: otherDigest }),
      done('pluginInspect', samplePlugin({ PluginReference: 'acme/probe:latest' })),
    )
    assert.is(pinned.context.failure?.code, 'digest-changed')
  })

  test('pulling :: a reference with a digest is pulled by it, and the digest pulled before is unknown', () => {
    const reference = `acme/probe@${digest}`
    const shown = done('pluginInspect', samplePlugin({ PluginReference: 'acme/probe:latest' }))
    const pulled = send(
      at('checkPrivileges', { grantAllPermissions: true, reference }),
      done('lookUpPlugin', lookUp()),
      done('pluginPull', {}),
      shown,
    )
    assert.is(pulled.value, 'enabling')
    const { digest: _, ...unknown } = lookUp()
    const unseen = send(
      at('checkPrivileges', { grantAllPermissions: true, reference }),
      done('lookUpPlugin', unknown),
      done('pluginPull', {}),
      shown,
    )
    assert.is(unseen.context.failure?.code, 'digest-changed', 'an engine that could not look')
    const resumed = { ownership: 'uncertain', enableRequested: false, consent: agreed } as const
    const present = { plugin: samplePlugin(), asWanted: false, own: true }
    const adopted = send(
      at('checkPrivileges', { grantAllPermissions: true, reference, resumed }),
      done('lookUpPlugin', lookUp({ present })),
      shown,
    )
    assert.is(adopted.context.failure?.code, 'digest-changed')
  })

  const shownSettings: [string, Pick<PluginSettings, 'Mounts' | 'Devices'>, string][] = [
    ['a mount', { Mounts: [{ ...mountOf('/'), Source: '/' }], Devices: [] }, 'mount /'],
    [
      'a mount that the config does not have',
      { Mounts: [mountOf('/', 'other')], Devices: [] },
      'mount /',
    ],
    ['a device', { Mounts: [], Devices: [deviceOf('/dev/kmsg')] }, 'device /dev/kmsg'],
  ]
  for (const [title, shown, added] of shownSettings) {
    test(`pulling :: ${title} of the settings that is another than in the config is not enabled`, () => {
      const Settings: PluginSettings = { Args: [], Env: [], ...shown }
      const Config = sampleConfig({
        Mounts: [mountOf('/tmp')],
        Linux: { AllowAllDevices: false, Capabilities: null, Devices: [deviceOf('/dev/null')] },
      })
      const granted = send(
        at('checkPrivileges', { grantAllPermissions: true }),
        done('lookUpPlugin', lookUp({ privileges: computePrivileges(Config) })),
        done('pluginPull', { digest }),
      )
      const agreeing = {
        Config,
        Settings: { ...Settings, Mounts: Config.Mounts, Devices: Config.Linux.Devices },
      }
      assert.is(send(granted, done('pluginInspect', samplePlugin(agreeing))).value, 'enabling')
      const next = send(granted, done('pluginInspect', samplePlugin({ Config, Settings })))
      assert.is(next.value, 'rollingBack')
      const { code, difference } = next.context.failure ?? {}
      assert.is(code, 'privileges-not-enforced')
      const words = difference?.added?.map(({ Name, Value }) => `${Name} ${Value}`)
      assert.equal([words, difference?.removed], [[added], []])
    })
  }

  edge(
    test,
    'pulling.verifying · done(pluginInspect) [exceedsConsent] → rollingBack',
    at('pulling.verifying'),
    done('pluginInspect', samplePlugin({ Config: sampleConfig({ PidHost: true }) })),
    ({ context }) => {
      assert.is(context.failure?.code, 'privileges-not-enforced')
      const added = context.failure?.difference?.added?.map(({ Name, Value }) => [Name, ...Value])
      assert.equal(added?.at(-1), ['host pid namespace', 'true'])
      assert.is(context.ownership, 'created')
      assert.is(context.plugin?.Id, pluginId)
      assert.not(context.enableRequested)
    },
  )

  edge(
    test,
    'pulling.verifying · done(pluginInspect) [widensUnseen] → rollingBack',
    send(
      at('checkPrivileges', { settings: parsed('state=relative'), grantAllPermissions: true }),
      done('lookUpPlugin', lookUp()),
      done('pluginPull', { digest }),
    ),
    done('pluginInspect', samplePlugin({ Config: withMount })),
    ({ context }) => {
      assert.is(context.failure?.code, 'setting-not-shown')
      assert.match(context.failure?.next ?? '', / state\.source=\/ABSOLUTE\/PATH$/)
      assert.is(context.plugin?.Id, pluginId)
    },
  )

  test('pulling :: a field that cannot be set widens nothing, and is refused when it is set', () => {
    const next = send(
      at('pulling.verifying', { settings: parsed('state.destination=x') }),
      done('pluginInspect', samplePlugin({ Config: withMount })),
    )
    assert.is(next.value, 'configuring')
  })

  edge(
    test,
    'pulling.verifying · error(pluginInspect) → rollingBack',
    at('pulling.verifying'),
    failed('pluginInspect', 'engine-unreachable'),
    ({ context }) => {
      assert.is(context.ownership, 'created')
      assert.is(context.failure?.state, 'pulling')
    },
  )

  edge(
    test,
    'pulling · install.cancel → rollingBack',
    at('pulling.streaming'),
    { type: 'install.cancel' },
    ({ context }) => {
      assert.is(context.failure?.code, 'cancelled')
      assert.is(context.ownership, 'uncertain')
    },
  )

  edge(
    test,
    'pulling · after(pullingTimeout) → rollingBack',
    at('pulling.verifying'),
    after('pullingTimeout', 'pulling'),
    ({ context }) => {
      assert.is(context.failure?.code, 'timed-out')
      assert.is(context.ownership, 'created')
    },
  )
})

function mountOf(Source: string, Name = 'state'): PluginMount {
  const common = { Description: '', Settable: ['source'], Destination: '/s', Type: 'bind' }
  return { ...common, Name, Source, Options: null }
}

function deviceOf(Path: string): PluginDevice {
  return { Name: 'null', Description: '', Settable: ['path'], Path }
}
