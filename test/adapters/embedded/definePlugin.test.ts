import * as assert from 'uvu/assert'
import type { Plugin } from '../../../machines/plugin.ts'
import { computePrivileges } from '../../../machines/privileges.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { recordedBody } from './recordings.ts'

suite('embedded definePlugin', (test) => {
  test('without a sketch it is sound and asks for nothing', () => {
    const { kind, behaviour, damage, config } = definePlugin()
    assert.equal([kind, behaviour, damage], ['plugin', 'listens', undefined])
    assert.equal(computePrivileges(config), [])
  })

  test('is the same content for the same sketch, and other content for another', () => {
    const small = definePlugin({ layers: [1_000, 2_000] })
    assert.equal(small, definePlugin({ layers: [1_000, 2_000] }))
    const digests = [small, definePlugin()].flatMap(({ digest, configDigest, layers }) => [
      digest,
      configDigest,
      ...layers.map((layer) => layer.digest),
    ])
    assert.is(new Set(digests).size, digests.length)
  })

  test('has the fields of a config in the order of the engine', () => {
    const { Config } = JSON.parse(recordedBody('inspect.name')) as Plugin
    const sketch = {
      Env: [{ Name: 'A' }],
      Mounts: [{ Name: 'm' }],
      Linux: { Devices: [{ Name: 'd' }] },
    }
    const { config } = definePlugin({ config: sketch })
    const fields = (of: typeof config) =>
      [of, of.Args, of.Env?.[0], of.Mounts?.[0], of.Linux, of.Linux.Devices?.[0]].map((part) =>
        Object.keys(part ?? {}),
      )
    assert.equal(fields(config), fields(Config))
    assert.is(config.Mounts?.[0]?.Destination, '/m')
  })

  test('takes a recorded config as it is', () => {
    const { Config } = JSON.parse(recordedBody('inspect.all')) as Plugin
    assert.is(JSON.stringify(definePlugin({ config: Config }).config), JSON.stringify(Config))
  })
})
