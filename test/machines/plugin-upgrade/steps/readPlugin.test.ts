import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import type { Plugin } from '../../../../machines/plugin.ts'
import { observe } from '../../../../machines/plugin-upgrade/effect.ts'
import { readPlugin } from '../../../../machines/plugin-upgrade/steps/readPlugin.ts'
import { rejection } from '../../../support/fakePorts.ts'
import { suite } from '../../../support/suite.ts'
import { off, on, ports } from '../../../support/upgradePorts.ts'

const { signal } = new AbortController()

const request = { name: 'probe', copyName: 'copy', mayHaveCopy: false, mayBeSwapped: false }

suite('readPlugin', (test) => {
  test('the plugin, and the copy of a run that is taken up again where it is there', async () => {
    const remembered: unknown[] = []
    const own = {
      remember: (one: Plugin, mayBeOwn: boolean) => void remembered.push([one, mayBeOwn]),
    }
    assert.equal(await readPlugin(ports([on], {}, own).ports, request, signal), {
      plugin: observe(on),
    })
    assert.equal(remembered, [[on, false]])
    const resumed = { ...request, mayHaveCopy: true }
    const both = await readPlugin(ports([on, on, off]).ports, resumed, signal)
    assert.equal(both, { plugin: observe(on), copy: observe(off) })
    const gone = await readPlugin(ports([on, on, undefined]).ports, resumed, signal)
    assert.equal(gone, { plugin: observe(on) })
  })

  test('one that is not there :: is missing, by the name that was given', async () => {
    const error = await rejection(readPlugin(ports([undefined]).ports, request, signal))
    assert.equal([error.code, error.message], ['plugin-missing', 'the engine has no plugin probe'])
    const since = await rejection(readPlugin(ports([on, undefined]).ports, request, signal))
    assert.is(since.code, 'plugin-missing')
  })

  for (const [what, lie] of [
    ['a name', { Name: 'acme/probe:1; rm -rf ~' }],
    ['a reference', { PluginReference: 'acme/probe:1 to acme/safe:2' }],
  ] as const) {
    test(`${what} that is invalid :: is no answer of an engine`, async () => {
      const lying = { ...on, ...lie }
      for (const [looks, claimed] of [
        [[lying, on], []],
        [[on, lying], [on.Name]],
      ] as const) {
        const claims: string[] = []
        const own = {
          claim: (name: string) => void claims.push(name),
          remember: () => assert.unreachable('values of a plugin with such names'),
        }
        const error = await rejection(readPlugin(ports([...looks], {}, own).ports, request, signal))
        assert.is(error.code, 'engine-protocol')
        assert.match(error.message, JSON.stringify(Object.values(lie)[0]))
        assert.equal(claims, claimed)
      }
    })
  }

  test('a plugin that was made on the engine :: has no reference', async () => {
    const made = { ...on, PluginReference: '' }
    const { plugin } = await readPlugin(ports([made]).ports, request, signal)
    assert.is(plugin.reference, '')
  })

  test('it is claimed by its own name before its settings are read', async () => {
    const claims: string[] = []
    const changed = { ...on, PluginReference: 'acme/probe:9' }
    const claim = (plugin: string, copyName: string) => void claims.push(`${plugin} ${copyName}`)
    const read = await readPlugin(ports([on, changed], {}, { claim }).ports, request, signal)
    assert.equal(claims, ['acme/probe:1.0 copy'])
    assert.is(read.plugin.reference, 'acme/probe:9')
    const refuse = () => {
      throw new EngineError('upgrade-under-way', 'another')
    }
    const remember = () => assert.unreachable('values of another run')
    const refused = readPlugin(ports([on], {}, { claim: refuse, remember }).ports, request, signal)
    assert.is((await rejection(refused)).code, 'upgrade-under-way')
  })
})
