import * as assert from 'uvu/assert'
import { allowList } from '../../src/consent/allowList.ts'
import { isInstallError } from '../../src/installError.ts'
import { onStage } from '../support/embedded.ts'
import { suite } from '../support/suite.ts'

const reference = 'vieux/sshfs'

suite('planInstall', (test) => {
  test('tells what would be asked and sent, and sends nothing that changes anything', () =>
    onStage(async ({ embedded, plan, requests }) => {
      const settings = ['DEBUG=1']
      const { request, consent, present, requests: planned } = await plan({ reference, settings })
      assert.is(request.name, 'vieux/sshfs:latest')
      assert.match(request.digest ?? '', /^sha256:/)
      assert.is(request.privileges.length, 5)
      assert.is(consent, undefined)
      assert.not(present)
      assert.equal(planned, [
        'POST /plugins/pull?remote=docker.io%2Fvieux%2Fsshfs%3Alatest&name=vieux%2Fsshfs%3Alatest',
        'POST /plugins/vieux/sshfs:latest/set',
        'POST /plugins/vieux/sshfs:latest/enable?timeout=0',
      ])
      assert.ok(requests().every((request) => request.startsWith('GET ')))
      assert.equal(embedded.plugins(), [])
    }))

  test('the policy’s answer', () =>
    onStage(async ({ plan }) => {
      const denied = await plan({ reference, consent: allowList(['network:host']) })
      assert.not(denied.consent?.granted)
      assert.match(denied.consent?.reason ?? '', 'device:/dev/fuse')
      assert.ok((await plan({ reference, consent: () => true })).consent?.granted)
      assert.ok((await plan({ reference, grantAllPermissions: true })).consent?.granted)
      const nothing = await plan({ reference: 'acme/plain', disabled: true })
      assert.ok(nothing.consent?.granted)
      assert.is(nothing.requests.length, 1)
    }))

  test('what is there already, or left disabled', () =>
    onStage(async ({ install, plan }) => {
      await install({ reference: 'acme/plain', disabled: true }).result
      const kept = await plan({ reference: 'acme/plain', disabled: true, ifPresent: 'keep' })
      assert.ok(kept.present)
      assert.equal(kept.requests, [])
      const finished = await plan({ reference: 'acme/plain', ifPresent: 'finish' })
      assert.equal(finished.requests, ['POST /plugins/acme/plain:latest/enable?timeout=0'])
    }))

  test('fails as the install would', () =>
    onStage(async ({ plan }) => {
      const code = (reference: string) =>
        plan({ reference }).then(
          () => 'planned',
          (error) => (isInstallError(error) ? error.code : String(error)),
        )
      assert.is(await code('NO'), 'invalid-reference')
      assert.is(await code('registry.example.com/acme/private:1.0'), 'unauthorized')
      assert.is(await code('hello-world'), 'not-a-plugin')
    }))
})
