import * as assert from 'uvu/assert'
import { demandConsent } from '../../../adapters/embedded/consent.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'

const privilege = (Name: string, ...Value: string[]) => ({ Name, Description: '', Value })

suite('embedded consent', (test) => {
  test('does not look at the first privilege by name', () => {
    const { config } = definePlugin({
      config: { Network: { Type: 'host' }, Linux: { Capabilities: ['B', 'A'] } },
    })
    demandConsent(config, [privilege('network', 'host'), privilege('anything', 'x')])
    assert.equal(config.Linux.Capabilities, ['A', 'B'])
  })

  test('sorts the values of a privilege that changes its place, and no others', () => {
    const { config } = definePlugin({
      config: { Linux: { AllowAllDevices: true, Capabilities: ['B', 'A'] } },
    })
    const allDevices = privilege('allow-all-devices', 'true')
    const capabilities = privilege('capabilities', 'B', 'A')
    demandConsent(config, [allDevices, capabilities])
    assert.equal(config.Linux.Capabilities, ['B', 'A'])
    const swapped = () => demandConsent(config, [capabilities, allDevices])
    assert.throws(swapped, /incorrect privileges/)
  })

  test('compares the number of privileges', () => {
    const { config } = definePlugin()
    demandConsent(config, [])
    assert.throws(() => demandConsent(config, [privilege('network', 'host')]), /incorrect/)
  })
})
