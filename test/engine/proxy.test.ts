import * as assert from 'uvu/assert'
import { assertTellsNothing, PLANTED } from '../support/engineFailure.ts'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'
import { type PanelProxy, startPanelProxy } from './world/panelProxy.ts'

const PREFIX = '/api/endpoints/1/docker'
const HEADERS = { DOCKER_CUSTOM_HEADERS: `X-API-Key=${PLANTED}` }

engineSuite("real engine :: behind a dashboard's proxy", (test, world) => {
  let proxy: PanelProxy
  test.before(async () => {
    proxy = await startPanelProxy(world().socketPath, {
      prefix: PREFIX,
      header: ['X-API-Key', PLANTED],
      keeps: 'Docker-Plugin-Name',
    })
  })
  test.after(() => proxy?.close())

  test('a plugin is installed, by the name that its reference has', async () => {
    const [kept, forwarded] = [proxy.kept.length, proxy.forwarded.length]
    const reference = world().reference('plain')
    const flow = install(world(), { reference, settings: { DEBUG: '7' } }, proxy.host, HEADERS)
    assert.is((await flow.result).name, reference)
    assert.equal(await onEngine(world()), [`${reference} enabled`])
    assert.ok(proxy.kept.length > kept, 'the engine has sent its name, and no one got it')
    assert.ok(proxy.forwarded.slice(forwarded).includes('/_ping'))
    assert.ok(proxy.forwarded.slice(forwarded).some((path) => /^\/v1\.\d+\/plugins\//.test(path)))
    assertTellsNothing(flow)
  })

  test('an alias', async () => {
    const reference = world().reference('big')
    const options = { reference, alias: 'mine', disabled: true }
    const flow = install(world(), options, proxy.host, HEADERS)
    assert.is((await flow.result).name, 'mine:latest')
    assert.equal(await onEngine(world()), ['mine:latest disabled'])
  })

  test('an install that fails is taken back through it', async () => {
    const options = { reference: world().reference('plain'), settings: { BAD: '1' } }
    const error = await failure(install(world(), options, proxy.host, HEADERS))
    assert.is(error.code, 'unknown-setting')
    assert.is(error.rollback.result, 'removed')
    assert.equal(await onEngine(world()), [])
    assertTellsNothing(error)
  })

  test('without the header', async () => {
    const forwarded = proxy.forwarded.length
    const options = { reference: world().reference('plain') }
    const error = await failure(install(world(), options, proxy.host))
    assert.equal([error.code, error.retryable], ['engine-access-denied', false])
    const words = 'A valid authorisation token is missing'
    assert.is(error.message, `what answers at ${proxy.host} does not let this client in: ${words}`)
    assert.is(error.failure.status, 401)
    assert.is(proxy.forwarded.length, forwarded)
  })

  test('another header :: its value is not told', async () => {
    const env = { DOCKER_CUSTOM_HEADERS: 'X-API-Key=sesame-open-up' }
    const options = { reference: world().reference('plain') }
    const error = await failure(install(world(), options, proxy.host, env))
    assert.match(error.message, 'does not let this client in')
    assert.not.match(JSON.stringify(error), 'sesame')
  })

  test('no engine below this path', async () => {
    const host = proxy.host.replace('docker', 'dock')
    const options = { reference: world().reference('plain') }
    const error = await failure(install(world(), options, host, HEADERS))
    assert.match(error.message, `${host}: There is nothing here`)
  })
})
