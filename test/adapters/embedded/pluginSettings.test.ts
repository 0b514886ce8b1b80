import * as assert from 'uvu/assert'
import { applySettings, initialSettings } from '../../../adapters/embedded/pluginSettings.ts'
import type { Plugin } from '../../../machines/plugin.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'

const content = definePlugin({
  config: {
    Args: { Name: 'args', Settable: ['value'], Value: ['-v'] },
    Env: [
      { Name: 'SET', Value: 'a', Settable: ['value'] },
      { Name: 'UNSET', Settable: ['value'] },
      { Name: 'ODD', Settable: ['name'] },
      { Name: 'TWO', Settable: ['value', 'name'] },
    ],
    Mounts: [
      { Name: 'data', Source: '/data', Settable: ['source'] },
      { Name: 'none', Settable: ['source'] },
    ],
    Linux: { Devices: [{ Name: 'none-device', Settable: ['path'] }] },
  },
})

function installed(): Plugin {
  const Config = structuredClone(content.config)
  const rest = { Enabled: false, Id: 'id', Name: 'a:latest', PluginReference: '' }
  return { ...rest, Config, Settings: initialSettings(Config) }
}

suite('embedded pluginSettings', (test) => {
  test('starts with the values that the config has', () => {
    const { Args, Env, Mounts } = installed().Settings
    assert.equal([Args, Env], [['-v'], ['SET=a']])
    assert.is(Mounts?.length, 2)
  })

  test('changes what is there and adds what is not', () => {
    const plugin = installed()
    applySettings(plugin, ['SET=b', 'UNSET=c', 'TWO.value=d'])
    assert.equal(plugin.Settings.Env, ['SET=b', 'UNSET=c', 'TWO=d'])
  })

  test('changes a mount in the config and in the settings', () => {
    const plugin = installed()
    applySettings(plugin, ['data=/other'])
    assert.is(plugin.Config.Mounts?.[0]?.Source, '/other')
    assert.is(plugin.Settings.Mounts?.[0]?.Source, '/other')
  })

  test('leaves everything when one pair cannot be read', () => {
    const plugin = installed()
    assert.throws(() => applySettings(plugin, ['SET=b', '=c']), /invalid format/)
    assert.equal(plugin.Settings.Env, ['SET=a'])
  })

  const refusals: [pair: string, words: string][] = [
    ['TWO=b', 'multiple fields are settable, one must be specified'],
    ['ODD=b', '"ODD.name" is not settable'],
    ['none=/b', 'Plugin config has no mount source'],
    ['none-device=/b', 'Plugin config has no device path'],
    ['.value=b', 'setting ".value" not found in the plugin configuration'],
  ]
  for (const [pair, words] of refusals) {
    test(`refuses ${pair}: ${words}`, () => {
      assert.throws(
        () => applySettings(installed(), [pair]),
        (error: Error) => error.message === words,
      )
    })
  }
})
