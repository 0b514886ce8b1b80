import * as assert from 'uvu/assert'
import { allowList } from '../../src/flow/consent/allowList.ts'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'
import { type MortalEngine, startMortalEngine } from './world/startMortalEngine.ts'

const GRANTED = ['network:host', 'mount:/tmp', 'capabilities:CAP_SYS_ADMIN']

/** From a restart on, a set changes what the engine shows of a device and not what it gives (engine 20.10.24). */
engineSuite('real engine :: restarted between a set and an enable', (test, world) => {
  let engine: MortalEngine
  test.before(async () => {
    engine = await startMortalEngine(world())
  })
  test.before.each(async () => {
    for (const { Id } of await engine.plugins()) {
      await engine.api('DELETE', `/plugins/${Id}?force=1`)
    }
  })
  test.after(() => engine?.stop())

  const reference = () => world().reference('probe')
  const restart = async () => {
    await engine.kill()
    await engine.restart()
  }
  const leaveDisabled = async (path: string) => {
    const settings = { 'null.path': path }
    const left = { reference: reference(), settings, disabled: true, grantAllPermissions: true }
    await install(world(), left, engine.host).result
    await restart()
  }
  const finish = (settings: Record<string, string> = {}) =>
    install(
      world(),
      {
        reference: reference(),
        ifPresent: 'finish',
        settings,
        consent: allowList([...GRANTED, 'device:/dev/null']),
      },
      engine.host,
    )

  test('a device that is shown and not given :: is not enabled', async () => {
    await leaveDisabled('/dev/kmsg')
    const { status } = await engine.api('POST', `/plugins/${reference()}/set`, [
      'null.path=/dev/null',
    ])
    assert.is(status, 204)
    const [shown] = await engine.plugins()
    assert.is(shown?.Config.Linux.Devices?.[0]?.Path, '/dev/null')
    assert.is(shown?.Settings.Devices?.[0]?.Path, '/dev/kmsg')
    const { code } = await failure(finish())
    assert.is(code, 'privileges-not-enforced')
    assert.equal(await onEngine(engine), [`${reference()} disabled`])
  })

  test('a setting of the run that has no effect :: is not enabled', async () => {
    await leaveDisabled('/dev/kmsg')
    const { code, state } = await failure(finish({ 'null.path': '/dev/null' }))
    assert.equal([code, state], ['consent-denied', 'awaitConsent'])
    const unasked = install(
      world(),
      {
        reference: reference(),
        ifPresent: 'finish',
        settings: { 'null.path': '/dev/null' },
        grantAllPermissions: true,
      },
      engine.host,
    )
    const refused = await failure(unasked)
    assert.equal([refused.code, refused.state], ['set-failed', 'configuring'])
    assert.equal(await onEngine(engine), [`${reference()} disabled`])
  })

  test('a device that both name :: is enabled, and given', async () => {
    await leaveDisabled('/dev/null')
    await finish().result
    assert.equal(await onEngine(engine), [`${reference()} enabled`])
  })
})
