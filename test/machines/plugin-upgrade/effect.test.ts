import * as assert from 'uvu/assert'
import { differences, item, observe, sameContent } from '../../../machines/plugin-upgrade/effect.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { sampleConfig, samplePlugin } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

suite('item', (test) => {
  test('its mark is the same in every version, for journals hold it', () => {
    const marks = ['', '1', '1149'].map((value) => item('env', 'A', value).mark)
    assert.equal(marks, ['811c9d', '340ca7', '002539'])
  })
})

suite('observe', (test) => {
  test('a value that is not the default is distinguished, and not held', () => {
    const Settings = {
      Args: ['a', 'b'],
      Devices: null,
      Env: ['DEBUG=1=2', 'FIXED=yes', 'BARE'],
      Mounts: null,
    }
    const { effect } = observe(samplePlugin({ Settings }))
    const hidden = (kind: 'env' | 'args', name: string, value: string) => {
      const { value: _, ...rest } = item(kind, name, value)
      return rest
    }
    assert.equal(effect, [
      hidden('env', 'DEBUG', '1=2'),
      item('env', 'FIXED', 'yes'),
      hidden('env', 'BARE', ''),
      hidden('args', 'args', 'a b'),
    ])
  })

  test('lists that an engine leaves out are empty', () => {
    const { config } = definePlugin()
    const Settings = { Args: null, Devices: null, Env: null, Mounts: null }
    assert.equal(observe(samplePlugin({ Config: config, Settings })).effect, [item('args', '', '')])
  })
})

suite('differences', (test) => {
  test('items that are unlike, missing or there in addition', () => {
    const [a, b, c] = [item('env', 'A', '1'), item('env', 'B', '1'), item('env', 'C', '1')]
    assert.equal(differences([a, b], [item('env', 'A', '2'), c]), [
      { kind: 'env', name: 'A' },
      { kind: 'env', name: 'B' },
      { kind: 'env', name: 'C' },
    ])
    assert.equal(differences([a], [a]), [])
  })
})

suite('sameContent', (test) => {
  test('a field that a set can change does not count, and all else does', () => {
    const withMount = (Source: string, Settable: string[] | null) =>
      definePlugin({ config: { Mounts: [{ Name: 'm', Source, Settable }] } }).config
    const withDevice = (Path: string, Settable: string[] | null) =>
      definePlugin({ config: { Linux: { Devices: [{ Name: 'd', Path, Settable }] } } }).config
    for (const [field, make] of [
      ['source', withMount],
      ['path', withDevice],
    ] as const) {
      const rootfs = make('/a', [field]).rootfs
      const of = (place: string, settable: string[] | null) => ({
        ...make(place, settable),
        rootfs,
      })
      assert.ok(sameContent(of('/a', [field]), of('/b', [field])), field)
      assert.not(sameContent(of('/a', null), of('/b', null)), field)
    }
    assert.not(sameContent(sampleConfig(), sampleConfig({ Description: 'other' })))
  })
})
