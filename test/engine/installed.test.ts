import * as assert from 'uvu/assert'
import { type DockerCommand, dockerCommand, dockerVersion } from '../oracle/dockerCommand.ts'
import { run } from '../src/command/stage.ts'
import { engineSuite } from './world/engineSuite.ts'
import { runInstall } from './world/runInstall.ts'
import type { World } from './world/startWorld.ts'

interface Ended {
  code: number | null
  stdout: string
}

/** `plugin-flow` and these words, on the world's engine. */
async function here({ host, folder }: World, argv: readonly string[]): Promise<Ended> {
  const { code, stdout } = run({}, { DOCKER_HOST: host, DOCKER_CONFIG: folder }, argv)
  return { code: await code, stdout: stdout.text() }
}

engineSuite('real engine :: plugin-flow ls, inspect, enable, disable, set, rm', (test, world) => {
  test('one plugin from disabled to removed', async () => {
    const name = world().reference('plain')
    await runInstall(world(), [name, '--disable']).ended
    const say = (...argv: string[]) => here(world(), argv)
    const id = (await world().plugins())[0]?.Id
    const steps: [argv: string[], code: number, stdout: string][] = [
      [['ls', '-q', '--no-trunc'], 0, `${id}\n`],
      [['ls', '-q', '--filter', 'enabled=true'], 0, ''],
      [['ls', '--filter', 'nosuch=1'], 1, ''],
      [['set', name, 'DEBUG=9'], 0, ''],
      [['set', name, 'FIXED=9'], 1, ''],
      [['inspect', '--format', '{{json .Settings.Env}}', name], 0, '["DEBUG=9","FIXED=yes"]\n'],
      [['enable', name], 0, `${name}\n`],
      [['enable', name], 1, ''],
      [['set', name, 'DEBUG=1'], 1, ''],
      [['ls', '--format', '{{.Name}} {{.Enabled}}'], 0, `${name} true\n`],
      [['rm', name], 1, ''],
      [['disable', name], 0, `${name}\n`],
      [['disable', '--force', name], 1, ''],
      [['inspect', 'nosuch'], 1, '[]\n'],
      [['rm', 'nosuch', String(id?.slice(0, 12))], 1, `${id?.slice(0, 12)}\n`],
      [['ls', '--quiet'], 0, ''],
    ]
    for (const [argv, code, stdout] of steps) {
      assert.equal(await say(...argv), { code, stdout }, argv.join(' '))
    }
    assert.equal(await world().plugins(), [])
  })

  test('inspect :: all that the engine tells', async () => {
    const name = world().reference('probe')
    await runInstall(world(), [name, '--disable', '--grant-all-permissions']).ended
    const { stdout } = await here(world(), ['inspect', name])
    assert.equal(JSON.parse(stdout), await world().plugins())
  })

  const { line, isFit } = dockerVersion('docker')
  test(`as Docker’s own command :: ${isFit ? line : 'not compared: there is none here'}`, async () => {
    if (!isFit) return
    const docker: DockerCommand = dockerCommand()
    try {
      await runInstall(world(), [world().reference('plain')]).ended
      const probe = world().reference('probe')
      await runInstall(world(), [probe, '--disable', '--grant-all-permissions']).ended
      for (const argv of [
        ['ls'],
        ['ls', '--no-trunc'],
        ['ls', '--format', 'json'],
        ['ls', '--filter', 'capability=volumedriver', '-q'],
        ['inspect', probe],
        ['inspect', 'nosuch', probe],
      ]) {
        const { code, stdout } = await docker.run(world().host, ['plugin', ...argv])
        assert.equal(await here(world(), argv), { code, stdout }, argv.join(' '))
      }
    } finally {
      docker.close()
    }
  })
})
