import * as assert from 'uvu/assert'
import type { Plugin } from '../../../../machines/plugin.ts'
import { observe } from '../../../../machines/plugin-upgrade/effect.ts'
import { readPlugin } from '../../../../machines/plugin-upgrade/steps/readPlugin.ts'
import { rejection } from '../../../support/fakePorts.ts'
import { suite } from '../../../support/suite.ts'
import { off, on, ports } from '../../../support/upgradePorts.ts'

const { signal } = new AbortController()

suite('readPlugin', (test) => {
  test('the plugin, and the copy of a run that is taken up again where it is there', async () => {
    const remembered: unknown[] = []
    const own = {
      remember: (one: Plugin, mayBeOwn: boolean) => void remembered.push([one, mayBeOwn]),
    }
    const request = { name: 'probe', mayBeSwapped: false }
    assert.equal(await readPlugin(ports([on], {}, own).ports, request, signal), {
      plugin: observe(on),
    })
    assert.equal(remembered, [[on, false]])
    const resumed = { ...request, copyName: 'copy' }
    const both = await readPlugin(ports([on, off]).ports, resumed, signal)
    assert.equal(both, { plugin: observe(on), copy: observe(off) })
    const gone = await readPlugin(ports([on, undefined]).ports, resumed, signal)
    assert.equal(gone, { plugin: observe(on) })
  })

  test('one that is not there :: is missing, by the name that was given', async () => {
    const error = await rejection(
      readPlugin(ports([undefined]).ports, { name: 'probe', mayBeSwapped: false }, signal),
    )
    assert.equal([error.code, error.message], ['plugin-missing', 'the engine has no plugin probe'])
  })
})
