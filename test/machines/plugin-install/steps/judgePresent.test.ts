import * as assert from 'uvu/assert'
import { isEngineError } from '../../../../machines/errors.ts'
import type { Plugin, PluginConfig, PluginMount } from '../../../../machines/plugin.ts'
import type { LookUpRequest } from '../../../../machines/plugin-install/inputs.ts'
import {
  type HasSecret,
  isApplied,
  judgePresent,
} from '../../../../machines/plugin-install/steps/judgePresent.ts'
import type { Resumed } from '../../../../machines/plugin-install/types.ts'
import type { Setting } from '../../../../machines/settings.ts'
import { readRecording, recordedBody } from '../../../support/recordingServer.ts'
import {
  agreed,
  digest,
  hostNetwork,
  parsed,
  pluginId,
  sampleConfig,
  samplePlugin,
} from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'

const names = { remote: 'docker.io/acme/probe:1.0', name: 'acme/probe:1.0', registry: 'docker.io' }
const request: LookUpRequest = {
  reference: 'acme/probe:1.0',
  settings: [],
  enableTimeout: 0,
  disabled: false,
  ifPresent: 'keep',
}

const hasNone = () => false

function mountOf(Source: string, Name = 'state'): PluginMount {
  const rest = { Description: '', Settable: ['source'], Destination: '/s', Type: 'bind' }
  return { ...rest, Name, Source, Options: null }
}

function judge(
  plugin: Partial<Plugin>,
  change: Partial<LookUpRequest>,
  hasSecret: HasSecret = hasNone,
): string {
  try {
    const wanted = { ...request, ...change }
    const { present } = judgePresent(samplePlugin(plugin), names, wanted, hasSecret)
    assert.is(present?.own, false)
    return present?.asWanted ? 'as wanted' : 'to finish'
  } catch (error) {
    if (!isEngineError(error)) throw error
    assert.is(error.code, 'already-exists')
    assert.is(error.details.operation, 'pluginInspect')
    return error.message
  }
}

suite('judgePresent', (test) => {
  test('fail :: whatever it is', () => {
    const enabled = { Enabled: true }
    assert.match(judge(enabled, { ifPresent: 'fail' }), '(enabled, from acme/probe:1.0)')
    assert.match(judge({ PluginReference: '' }, { ifPresent: 'fail' }), '(disabled)')
  })

  test('keep :: only what is there as asked for', () => {
    assert.is(judge({ Enabled: true }, {}), 'as wanted')
    assert.is(judge({}, { disabled: true }), 'as wanted')
    assert.match(judge({}, {}), '(disabled, from acme/probe:1.0)')
    assert.match(judge({ Enabled: true }, { disabled: true }), '(enabled, from acme/probe:1.0)')
    const other = { Enabled: true, PluginReference: 'acme/probe:2.0' }
    assert.match(judge(other, {}), 'not the one asked for')
  })

  test('finish :: what was left disabled', () => {
    const finish = { ifPresent: 'finish' } as const
    assert.is(judge({}, finish), 'to finish')
    assert.is(judge({}, { ...finish, settings: parsed('DEBUG=1') }), 'to finish')
    assert.is(judge({}, { ...finish, settings: parsed('DEBUG=1'), disabled: true }), 'to finish')
    assert.is(judge({ Enabled: true }, finish), 'as wanted')
    const enabled = judge({ Enabled: true }, { ...finish, settings: parsed('DEBUG=1') })
    assert.match(enabled, 'its setting DEBUG is another')
    assert.match(judge({ PluginReference: 'acme/other:1.0' }, finish), 'not the one asked for')
  })

  test('keep :: a setting of an unknown name is not the arguments, whatever its value', () => {
    const enabled: Partial<Plugin> = {
      Enabled: true,
      Settings: { Args: ['--loud', 'yes'], Devices: [], Env: [], Mounts: [] },
    }
    assert.is(judge(enabled, { settings: parsed('args=--loud yes') }), 'as wanted')
    assert.match(judge(enabled, { settings: parsed('other=--loud yes') }), 'other is another')
  })

  test('own :: what an earlier process of this run pulled, by its id or by its reference', () => {
    const uncertain: Resumed = { ownership: 'uncertain', enableRequested: false, consent: agreed }
    const created: Resumed = { ...uncertain, ownership: 'created', id: pluginId }
    const own = (plugin: Partial<Plugin>, resumed: Resumed) =>
      judgePresent(samplePlugin(plugin), names, { ...request, ifPresent: 'fail', resumed }, hasNone)
    for (const resumed of [uncertain, created]) {
      const { present, privileges, digest: agreedDigest } = own({}, resumed)
      assert.equal(present, { plugin: samplePlugin(), asWanted: false, own: true })
      assert.equal(privileges, [hostNetwork])
      assert.is(agreedDigest, digest)
    }
    const enabled = own({ Enabled: true }, { ...created, enableRequested: true })
    assert.ok(enabled.present?.asWanted)
    const { digest: _, ...untold } = agreed.request
    const pinless = own({}, { ...created, consent: { ...agreed, request: untold } })
    assert.not('digest' in pinless)
  })

  test('own :: no longer this run’s affair', () => {
    const created: Resumed = { ownership: 'created', enableRequested: false, consent: agreed }
    const code = (plugin: Partial<Plugin>, resumed: Resumed) => {
      try {
        judgePresent(
          samplePlugin(plugin),
          names,
          { ...request, resumed, ifPresent: 'fail' },
          hasNone,
        )
        return 'own'
      } catch (error) {
        return isEngineError(error) ? error.code : String(error)
      }
    }
    assert.is(code({ Enabled: true }, created), 'plugin-gone')
    assert.is(code({}, { ...created, id: 'f'.repeat(64) }), 'already-exists')
    assert.is(code({ PluginReference: 'acme/other:1.0' }, created), 'already-exists')
    assert.is(code({}, { ...created, ownership: 'nothing' }), 'already-exists')
    assert.is(code({}, { ownership: 'created', enableRequested: false }), 'consent-denied')
  })

  test('own :: changed by another client since :: neither gone on with nor called installed', () => {
    const layers = [`sha256:${'1'.repeat(64)}`]
    const Config = sampleConfig({ Mounts: [mountOf('/data')], rootfs: { diff_ids: layers } })
    const Settings = { Args: [], Devices: [], Env: [], Mounts: [mountOf('/data')] }
    const mount = { Name: 'mount', Description: '', Value: ['/tmp'] }
    const consent = {
      ...agreed,
      request: { ...agreed.request, privileges: [hostNetwork, mount] },
    }
    const resumed: Resumed = {
      ownership: 'created',
      enableRequested: true,
      id: pluginId,
      layers,
      consent,
    }
    const settings = parsed('state.source=/data')
    const code = (plugin: Partial<Plugin>) => {
      const shown = samplePlugin({ Config, Settings, Enabled: true, ...plugin })
      try {
        const wanted = { ...request, resumed, settings, ifPresent: 'fail' as const }
        return judgePresent(shown, names, wanted, hasNone).present?.asWanted
      } catch (error) {
        return isEngineError(error) ? error.code : String(error)
      }
    }
    assert.is(code({}), true)
    assert.is(code({ Enabled: false }), false)
    const { rootfs: _, ...untold } = Config
    assert.is(code({ Config: untold as PluginConfig }), true)
    const others: Partial<Plugin>[] = [
      { PluginReference: 'acme/probe:evil' },
      { Config: { ...Config, rootfs: { diff_ids: [`sha256:${'2'.repeat(64)}`] } } },
    ]
    for (const other of others) {
      assert.is(code(other), 'changed-by-others')
      assert.is(code({ ...other, Enabled: false }), 'changed-by-others')
    }
    const widened: Partial<Plugin>[] = [
      { Config: { ...Config, PidHost: true } },
      { Config: { ...Config, Mounts: [mountOf('/')] } },
      { Settings: { ...Settings, Mounts: [mountOf('/')] } },
      { Config: { ...Config, Mounts: [mountOf('/data'), mountOf('/', 'other')] } },
    ]
    for (const other of widened) assert.is(code(other), 'changed-by-others')
  })

  test('own, its layers not seen before the process ended :: the layers of now are believed', () => {
    const resumed: Resumed = { ownership: 'created', enableRequested: false, consent: agreed }
    const Config = sampleConfig({ rootfs: { diff_ids: [digest] } })
    const wanted = { ...request, ifPresent: 'fail' as const, resumed }
    assert.ok(judgePresent(samplePlugin({ Config }), names, wanted, hasNone).present?.own)
  })

  test('own :: a claim by the name alone ages, one by the id does not', () => {
    const created: Resumed = { ownership: 'created', enableRequested: false, consent: agreed }
    const own = (resumed: Resumed) => {
      const wanted = { ...request, ifPresent: 'fail' as const, resumed }
      try {
        return judgePresent(samplePlugin(), names, wanted, hasNone).present?.own
      } catch (error) {
        return isEngineError(error) && error.code
      }
    }
    assert.ok(own(created))
    assert.is(own({ ...created, claimExpired: true }), 'already-exists')
    assert.is(own({ ...created, ownership: 'uncertain', claimExpired: true }), 'already-exists')
    assert.ok(own({ ...created, id: pluginId, claimExpired: true }))
  })

  test('a digest is expected :: what is there cannot be shown to have it', () => {
    for (const ifPresent of ['keep', 'finish'] as const) {
      assert.match(judge({ Enabled: true }, { ifPresent, digest }), 'does not tell whether')
      assert.match(judge({}, { ifPresent, digest }), 'does not tell whether')
    }
  })

  test('its privileges are those of its config', () => {
    const { privileges } = judgePresent(samplePlugin({ Enabled: true }), names, request, hasNone)
    assert.equal(privileges, [hostNetwork])
  })

  test('settings :: every kind is compared with what the engine shows after a set', () => {
    const recorded = recordedBody(readRecording('inspect.after-set')).toString()
    const { Config, Settings } = JSON.parse(recorded) as Plugin
    const plugin = { Config, Settings, Enabled: true }
    const set = parsed('DEBUG=1', 'state.source=/var/tmp', 'null.path=/dev/zero', 'args=--a --b')
    assert.is(judge(plugin, { settings: set }), 'as wanted')
    for (const other of ['DEBUG=2', 'state.source=/', 'null=/dev/sda', 'args=--a', 'BAD=1']) {
      assert.match(
        judge(plugin, { settings: [...set, ...parsed(other)] }),
        other.split('=')[0] ?? '',
      )
    }
    const bare = { ...plugin, Settings: { Args: null, Devices: null, Env: null, Mounts: null } }
    assert.match(judge(bare, { settings: parsed('DEBUG=1') }), 'DEBUG')
    assert.match(judge(bare, { settings: parsed('args=x') }), 'args')
    const noEnv = { ...bare, Config: { ...Config, Env: null } }
    assert.match(judge(noEnv, { settings: parsed('DEBUG=1') }), 'DEBUG')
  })

  test('settings :: one without a value is applied where the value is empty', () => {
    const withDebug = (text: string) =>
      samplePlugin({ Settings: { ...samplePlugin().Settings, Env: [text] } })
    assert.ok(isApplied(withDebug('DEBUG='), { name: 'DEBUG' }))
    assert.not(isApplied(withDebug('DEBUG=1'), { name: 'DEBUG' }))
  })

  test('settings :: whether a secret one is applied is decided by the function that knows its value', () => {
    const enabled = { Enabled: true }
    const settings: Setting[] = [...parsed('DEBUG=1'), { name: 'PASSWORD', secret: true }]
    const plugin = { ...enabled, Settings: { ...samplePlugin().Settings, Env: ['DEBUG=1'] } }
    const asked: string[] = []
    const has: HasSecret = ({ Name }, { name }) => asked.push(`${name} of ${Name}`) > 0
    assert.is(judge(plugin, { settings }, has), 'as wanted')
    assert.equal(asked, ['PASSWORD of acme/probe:1.0'])
    assert.match(judge(plugin, { settings }), 'its setting PASSWORD is another')
    assert.match(judge(enabled, { settings }, has), 'its setting DEBUG is another')
  })
})
