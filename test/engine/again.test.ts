import * as assert from 'uvu/assert'
import { run } from '../src/command/stage.ts'
import { engineSuite } from './world/engineSuite.ts'
import type { World } from './world/startWorld.ts'

async function install({ host, folder }: World, ...args: string[]) {
  const env = { DOCKER_HOST: host, DOCKER_CONFIG: folder, XDG_STATE_HOME: folder }
  const { code, stdout, stderr } = run({}, env, ['install', ...args])
  return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
}

const ALLOWED = [
  'network:host',
  'mount:/t*',
  'device:/dev/null',
  'capabilities:CAP_SYS_ADMIN',
].flatMap((pattern) => ['--allow', pattern])

engineSuite('real engine :: plugin-flow install, again and unattended', (test, world) => {
  test('--if-present keep :: the same install twice changes nothing', async () => {
    const args = [world().reference('plain'), 'DEBUG=4', '--if-present', 'keep', '--quiet']
    const first = await install(world(), ...args)
    const plugins = await world().plugins()
    assert.equal([first.code, first.stdout], [0, `${plugins[0]?.Id}\n`], first.stderr)
    assert.equal(await install(world(), ...args), first)
    assert.equal(await world().plugins(), plugins)
  })

  test('--dry-run, then the same with a policy that allows it', async () => {
    const reference = world().reference('probe')
    const denied = await install(world(), reference, '--dry-run', ...ALLOWED.slice(2))
    assert.is(denied.code, 1)
    assert.match(denied.stderr, 'would be denied: not allowed: network:host\n')
    const planned = await install(world(), reference, '--dry-run', '--json', ...ALLOWED)
    assert.is(planned.code, 0, planned.stderr)
    const { request, requests } = JSON.parse(planned.stdout)
    assert.equal(await world().plugins(), [])
    const { code, stdout } = await install(world(), reference, '--json', ...ALLOWED)
    assert.is(code, 0)
    const { plugin } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    assert.equal(plugin.consent.by, 'policy')
    assert.equal([plugin.digest, plugin.privileges], [request.digest, request.privileges])
    assert.is(requests.length, 2)
  })

  test('a privilege that the policy does not allow is denied, and nothing is pulled', async () => {
    const { code, stderr } = await install(
      world(),
      world().reference('probe'),
      '--allow',
      'mount:/tmp',
    )
    assert.is(code, 1)
    assert.match(
      stderr,
      'not allowed: network:host, device:/dev/null, capabilities:CAP_SYS_ADMIN\n',
    )
    assert.equal(await world().plugins(), [])
  })
})
