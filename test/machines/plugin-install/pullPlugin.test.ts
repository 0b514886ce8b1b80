import * as assert from 'uvu/assert'
import { EngineError, type InstallErrorCode } from '../../../machines/errors.ts'
import { pullPlugin } from '../../../machines/plugin-install/pullPlugin.ts'
import { fakeEngine } from '../../support/fakePorts.ts'
import { digest } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const request = { remote: 'docker.io/acme/probe:1.0', name: 'acme/probe:1.0', privileges: [] }
const { signal } = new AbortController()

function refuse(code: InstallErrorCode) {
  return () => Promise.reject(new EngineError(code, `the sample of ${code}`))
}

suite('pullPlugin', (test) => {
  test('a pull that ends well', async () => {
    const engine = fakeEngine()
    assert.equal(await pullPlugin(engine, request, signal), { digest })
    assert.is(engine.calls.length, 1)
  })

  test('a refusal that tells why stays as it is', async () => {
    const engine = fakeEngine({ pluginPull: refuse('corrupt-layer') })
    const error = await pullPlugin(engine, request, signal).catch((error) => error)
    assert.is(error.code, 'corrupt-layer')
    assert.is(engine.calls.length, 1)
  })

  test('a refusal that hides why :: the look-up of the content tells', async () => {
    const rows: [InstallErrorCode | 'readable', InstallErrorCode][] = [
      ['unauthorized', 'unauthorized'],
      ['not-found', 'not-found'],
      ['registry-unreachable', 'registry-unreachable'],
      ['engine-failed', 'registry-unreachable'],
      ['readable', 'registry-unreachable'],
    ]
    for (const [truth, expected] of rows) {
      const engine = fakeEngine({
        pluginPull: refuse('registry-unreachable'),
        ...(truth === 'readable' ? {} : { distributionInspect: refuse(truth) }),
      })
      const error = await pullPlugin(engine, request, signal).catch((error) => error)
      assert.is(error.code, expected, truth)
    }
  })

  test('an error that is no engine’s passes through', async () => {
    const odd = new TypeError('odd')
    const engine = fakeEngine({ pluginPull: () => Promise.reject(odd) })
    assert.is(await pullPlugin(engine, request, signal).catch((error) => error), odd)
  })
})
