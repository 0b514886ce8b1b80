import * as assert from 'uvu/assert'
import { parsed } from '../support/samples.ts'
import { engineSuite } from './world/engineSuite.ts'
import { install, onEngine } from './world/flows.ts'
import type { World } from './world/startWorld.ts'

const HAPPY = ['checkPrivileges', 'pulling.streaming', 'pulling.verifying']

engineSuite('real engine :: success', (test, world) => {
  test('a plugin that asks for nothing is installed and enabled', async () => {
    const reference = world().reference('plain')
    const flow = install(world(), { reference })
    const plugin = await flow.result
    const [shown] = await world().plugins()
    assert.equal(flow.states, [...HAPPY, 'enabling', 'done'])
    assert.equal(await onEngine(world()), [`${reference} enabled`])
    assert.is(plugin.id, shown?.Id)
    assert.is(plugin.name, reference)
    assert.is(plugin.enabled, true)
    assert.is(plugin.consent.by, 'nobody')
    assert.match(plugin.digest ?? '', /^sha256:[0-9a-f]{64}$/)
  })

  test('settings of every kind arrive in the engine and in the plugin', async () => {
    const reference = world().reference('probe')
    const flow = install(world(), {
      reference,
      settings: { DEBUG: '7', 'state.source': '/var/tmp', 'null.path': '/dev/zero', args: 'a b' },
      grantAllPermissions: true,
    })
    const plugin = await flow.result
    const [shown] = await world().plugins()
    assert.equal(flow.states, [...HAPPY, 'configuring', 'enabling', 'done'])
    assert.equal(shown?.Settings.Env, ['DEBUG=7', 'FIXED=yes'])
    assert.equal(shown?.Settings.Args, ['a', 'b'])
    assert.is(shown?.Settings.Mounts?.[0]?.Source, '/var/tmp')
    assert.is(shown?.Settings.Devices?.[0]?.Path, '/dev/zero')
    assert.equal(await startedWith(world()), ['DEBUG=7,last=b'])
    assert.is(plugin.consent.by, 'grantAllPermissions')
    assert.equal(
      plugin.settings,
      parsed('DEBUG=7', 'state.source=/var/tmp', 'null.path=/dev/zero', 'args=a b'),
    )
  })

  test('a person is shown everything, grants it, and gets it', async () => {
    const reference = world().reference('probe')
    const flow = install(world(), { reference, settings: ['state.source=/var/tmp'] })
    flow.consent$.subscribe((request) => flow.grant(request))
    const { consent } = await flow.result
    assert.equal(flow.states, [
      'checkPrivileges',
      'awaitConsent',
      ...HAPPY.slice(1),
      'configuring',
      'enabling',
      'done',
    ])
    assert.is(consent.by, 'person')
    assert.equal(
      consent.request.privileges.map(({ Name, Value }) => `${Name}: ${Value}`),
      ['network: host', 'mount: /tmp', 'device: /dev/null', 'capabilities: CAP_SYS_ADMIN'],
    )
    assert.equal(consent.request.settings, [
      { name: 'state', field: 'source', value: '/var/tmp', widens: true },
    ])
    assert.equal(await onEngine(world()), [`${reference} enabled`])
  })

  test('a policy answers for a person', async () => {
    const flow = install(world(), {
      reference: world().reference('one-mount'),
      consent: ({ privileges }) => privileges.every(({ Value }) => Value[0] === '/tmp'),
    })
    assert.is((await flow.result).consent.by, 'policy')
    assert.equal(await onEngine(world()), [`${world().reference('one-mount')} enabled`])
  })

  test('an alias is the name on the engine', async () => {
    const reference = world().reference('plain')
    const plugin = await install(world(), { reference, alias: 'mine' }).result
    const [shown] = await world().plugins()
    assert.is(plugin.name, 'mine:latest')
    assert.equal(await onEngine(world()), ['mine:latest enabled'])
    assert.is(shown?.PluginReference, reference)
  })

  test('disabled :: it is installed, set, and not started', async () => {
    const reference = world().reference('plain')
    const flow = install(world(), { reference, disabled: true, settings: { DEBUG: '3' } })
    const plugin = await flow.result
    assert.equal(flow.states, [...HAPPY, 'configuring', 'done'])
    assert.is(plugin.enabled, false)
    assert.equal(await onEngine(world()), [`${reference} disabled`])
    assert.equal((await world().plugins())[0]?.Settings.Env, ['DEBUG=3', 'FIXED=yes'])
  })

  test('a plugin that opens its socket late is waited for', async () => {
    const reference = world().reference('late')
    const flow = install(world(), { reference })
    await flow.result
    assert.equal(flow.states, [...HAPPY, 'enabling', 'done'])
    assert.equal(await onEngine(world()), [`${reference} enabled`])
  })

  test('a registry with TLS', async () => {
    const reference = world().reference('plain', world().registries.tls)
    await install(world(), { reference }).result
    assert.equal(await onEngine(world()), [`${reference} enabled`])
  })

  test('progress ends with all of a big layer', async () => {
    const flow = install(world(), { reference: world().reference('big'), disabled: true })
    const percents: number[] = []
    let bytes = 0
    flow.progress$.subscribe(({ percent, current, total }) => {
      if (percent !== undefined) percents.push(percent)
      bytes = total ?? bytes
      assert.ok(total === undefined || current <= total)
    })
    await flow.result
    assert.is(percents.at(-1), 100)
    assert.equal(
      percents,
      [...percents].sort((one, other) => one - other),
    )
    assert.ok(bytes > 40 * 1024 * 1024, `${bytes} bytes`)
  })
})

/** The values that the plugins say they were started with. */
async function startedWith(world: World): Promise<string[]> {
  const { Volumes } = JSON.parse((await world.api('GET', '/volumes')).text)
  return Volumes.map(({ Name }: { Name: string }) => Name)
}
