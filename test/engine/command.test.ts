import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { COMMAND } from '../support/command.ts'
import { engineSuite } from './world/engineSuite.ts'
import { onEngine } from './world/flows.ts'
import { runInstall } from './world/runInstall.ts'
import { startThrottle } from './world/throttle.ts'

const run = promisify(execFile)

engineSuite('real engine :: plugin-flow install', (test, world) => {
  test('into a pipe :: a line a state, and 0', async () => {
    const reference = world().reference('plain')
    const { code, stdout, stderr } = await runInstall(world(), [reference, 'DEBUG=4']).ended
    const [plugin] = await world().plugins()
    assert.is(code, 0)
    assert.is(stderr, '')
    const words = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ', 1)[0])
    assert.equal(
      // A pull that takes a second has a line of progress.
      words.filter((word) => word !== 'pulling:'),
      ['looking', 'pulling', 'comparing', 'setting', 'starting', 'installed'],
    )
    assert.match(stdout, `installed ${reference} (${plugin?.Id.slice(0, 12)}, enabled)`)
    assert.equal(await onEngine(world()), [`${reference} enabled`])
    assert.equal(plugin?.Settings.Env, ['DEBUG=4', 'FIXED=yes'])
  })

  test('y :: grants what is asked', async () => {
    const reference = world().reference('probe')
    const { code, stdout } = await runInstall(world(), [reference], { input: 'y\n' }).ended
    assert.is(code, 0)
    for (const line of [' - network: [host]', ' - mount: [/tmp]', ' - device: [/dev/null]']) {
      assert.match(stdout, line)
    }
    assert.equal(await onEngine(world()), [`${reference} enabled`])
  })

  const denials = [
    ['n', 'n\n'],
    ['the input has ended', ''],
  ] as const
  for (const [name, input] of denials) {
    test(`${name} :: denied, nothing is pulled, and 1`, async () => {
      const { code, stderr } = await runInstall(world(), [world().reference('probe')], { input })
        .ended
      assert.is(code, 1)
      assert.match(stderr, 'not granted')
      assert.match(stderr, 'on the engine: nothing was installed')
      assert.equal(await onEngine(world()), [])
    })
  }

  test('wrong usage :: 2, and nothing is asked of the engine', async () => {
    const runs = [['--no-such-option', world().reference('plain')], ['Not/A:Reference'], []]
    const ends = await Promise.all(runs.map((args) => runInstall(world(), args).ended))
    assert.equal(
      ends.map(({ code, stdout }) => [code, stdout.includes('installed')]),
      runs.map(() => [2, false]),
    )
    assert.equal(await onEngine(world()), [])
  })

  for (const [signal, status] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    test(`${signal} in mid-pull :: nothing is left, and ${status}`, async () => {
      const throttle = await startThrottle(world().registries.open, 4 * 1024 * 1024)
      try {
        const command = runInstall(world(), [world().reference('big', throttle)])
        await command.prints(/pulling: .*%/)
        command.child.kill(signal)
        const { code, stderr } = await command.ended
        assert.is(code, status)
        assert.match(stderr, 'on the engine: nothing was installed')
        assert.equal(await onEngine(world()), [])
      } finally {
        await throttle.close()
      }
    })
  }

  test('--json :: a line an event, the outcome last', async () => {
    const reference = world().reference('plain')
    const { code, stdout, stderr } = await runInstall(world(), ['--json', reference]).ended
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const [plugin] = await world().plugins()
    assert.is(code, 0)
    assert.is(stderr, '')
    assert.equal(
      events.filter(({ type }) => type === 'transition').map(({ to }) => to),
      ['checkPrivileges', 'pulling.streaming', 'pulling.verifying', 'enabling', 'done'],
    )
    const last = events.at(-1)
    assert.equal(
      [last.type, last.state, last.exitCode, last.plugin.id],
      ['outcome', 'done', 0, plugin?.Id],
    )
  })

  test('--json :: a failure tells its code, what was done, and 1', async () => {
    const args = ['--json', '--grant-all-permissions', world().reference('probe'), 'FIXED=no']
    const { code, stdout } = await runInstall(world(), args).ended
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    assert.is(code, 1)
    assert.equal(
      [last.failure.code, last.failure.state, last.rollback.result, last.exitCode],
      ['setting-not-settable', 'configuring', 'removed', 1],
    )
    assert.equal(await onEngine(world()), [])
  })

  test('--keep-on-failure :: the command that it names removes what it kept', async () => {
    const reference = world().reference('plain')
    const args = ['--keep-on-failure', reference, 'BAD=1']
    const { code, stderr } = await runInstall(world(), args).ended
    assert.is(code, 1)
    assert.equal(await onEngine(world()), [`${reference} disabled`])
    const [, command = ''] = /to remove it: plugin-flow (.*)$/m.exec(stderr) ?? []
    assert.match(command, /^rm /)
    const program = [process.execPath, ...COMMAND].join(' ')
    await run('sh', ['-c', `${program} ${command}`], {
      env: { ...process.env, DOCKER_CONFIG: world().folder },
    })
    assert.equal(await onEngine(world()), [])
  })

  test('a private registry :: the Docker configuration has its credentials', async () => {
    const { address, username, password } = world().registries.private
    const reference = world().reference('private', world().registries.private)
    const config = join(world().folder, 'docker-config')
    const auth = Buffer.from(`${username}:${password}`).toString('base64')
    mkdirSync(config, { recursive: true })
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [address]: { auth } } }))
    const known = await runInstall(world(), [reference], { config }).ended
    assert.equal([known.code, known.stderr], [0, ''])
    assert.equal(await onEngine(world()), [`${reference} enabled`])
  })

  test('a private registry :: without credentials it says how to log in, and 1', async () => {
    const locked = world().registries.private
    const { code, stderr } = await runInstall(world(), [world().reference('private', locked)]).ended
    assert.is(code, 1)
    assert.match(stderr, 'docker login')
    assert.match(stderr, locked.address)
    assert.equal(await onEngine(world()), [])
  })
})
