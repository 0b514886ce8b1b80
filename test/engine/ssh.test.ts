import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { InstallErrorCode } from '../../machines/catalogue.ts'
import { engineSuite } from './world/engineSuite.ts'
import { entering, failure, install, onEngine, pullsEnded } from './world/flows.ts'
import { freePort } from './world/freePort.ts'
import { commandLine, processesOf } from './world/processes.ts'
import { type SshServer, startSshServer } from './world/startSshServer.ts'
import { startThrottle } from './world/throttle.ts'
import { until } from './world/until.ts'

engineSuite('real engine :: SSH', (test, world) => {
  let server: SshServer
  let host: string
  let authorized: string
  test.before(async () => {
    server = await startSshServer(world().folder, world().host)
    host = `ssh://root@127.0.0.1:${server.port}`
    authorized = readFileSync(server.authorizedKeys, 'utf8')
  })
  test.after.each(() => {
    writeFileSync(server.knownHosts, server.hostLine)
    writeFileSync(server.authorizedKeys, authorized)
  })
  test.after(() => server?.stop())

  /** Commands that the server runs before that of a client. */
  const before = (command: string) => {
    const words = `${command}; eval \\"$SSH_ORIGINAL_COMMAND\\"`
    writeFileSync(server.authorizedKeys, `command="${words}" ${authorized}`)
  }
  /** Every `ssh` of these tests, and what it carries to on the other side. */
  const left = () =>
    processesOf(server.folder).filter((pid) => /ssh_config|dial-stdio/.test(commandLine(pid)))
  const noneLeft = () => until('every connection has ended', () => left().length === 0)
  const refused = async (code: InstallErrorCode, line: string, to = host) => {
    const options = { reference: world().reference('plain') }
    const error = await failure(install(world(), options, to, server.env))
    assert.equal([error.code, error.message], [code, line])
    assert.is(error.retryable, code === 'engine-unreachable')
    assert.is(error.state, 'checkPrivileges')
    await noneLeft()
  }

  test('a plugin is installed', async () => {
    const reference = world().reference('plain')
    const options = { reference, settings: { DEBUG: '7' } }
    const flow = install(world(), options, host, server.env)
    await entering(flow, 'configuring')
    assert.ok(left().length > 0, 'nothing runs that could be left')
    const plugin = await flow.result
    assert.is(plugin.name, reference)
    assert.equal(await onEngine(world()), [`${reference} enabled`])
    assert.equal((await world().plugins())[0]?.Settings.Env, ['DEBUG=7', 'FIXED=yes'])
    await noneLeft()
  })

  test('the path of a socket there', async () => {
    before('DOCKER_HOST=unix:///nosuch')
    const reference = world().reference('big')
    const to = `${host}${world().socketPath}`
    await install(world(), { reference, disabled: true }, to, server.env).result
    assert.equal(await onEngine(world()), [`${reference} disabled`])
  })

  test('cancelled in mid-pull :: the engine gives it up, and no ssh is left', async () => {
    const throttle = await startThrottle(world().registries.open, 8 * 1024 * 1024)
    try {
      const reference = world().reference('big', throttle)
      const flow = install(world(), { reference }, host, server.env)
      const subscription = flow.progress$.subscribe(({ current }) => {
        if (current > 0) flow.cancel()
      })
      const error = await failure(flow)
      subscription.unsubscribe()
      assert.is(error.code, 'cancelled')
      await noneLeft()
      await pullsEnded(world())
      assert.equal(await onEngine(world()), [])
    } finally {
      await throttle.close()
    }
  })

  test('the key of the server is not known', async () => {
    writeFileSync(server.knownHosts, '')
    await refused(
      'engine-not-trusted',
      `what answers at ${host} is not trusted: the key of the SSH server is not known: connect once with ssh, and compare the key before you accept it`,
    )
    assert.is(readFileSync(server.knownHosts, 'utf8'), '', 'no key was trusted')
  })

  test('the key of the server is another one', async () => {
    const [place = ''] = server.hostLine.split(' ')
    const key = readFileSync(join(server.folder, 'user.pub'), 'utf8')
    writeFileSync(server.knownHosts, `${place} ${key}`)
    await refused(
      'engine-not-trusted',
      `what answers at ${host} is not trusted: the key of the SSH server is another one than it was: find out why before you forget the old one (ssh-keygen -R HOST)`,
    )
  })

  test('the key of the user is another one', async () => {
    writeFileSync(server.authorizedKeys, server.hostLine.replace(/^\S+ /, ''))
    await refused(
      'engine-access-denied',
      `no access to the engine at ${host}: the SSH server does not let this user in: check the user and the key (a password is not asked for)`,
    )
  })

  test('no docker there', async () => {
    before('PATH=/nosuch')
    await refused(
      'invalid-configuration',
      `no Docker Engine answers at ${host}: the docker command is not on that host, or not on the PATH of the user there`,
    )
  })

  test('no engine there', async () => {
    const to = `${host}/nosuch/docker.sock`
    await refused(
      'engine-unreachable',
      `no Docker Engine answers at ${to}: the engine there does not run, or listens elsewhere`,
      to,
    )
  })

  test('no SSH server there', async () => {
    const to = `ssh://root@127.0.0.1:${await freePort()}`
    const line = `no Docker Engine answers at ${to}: no SSH server listens there`
    await refused('engine-unreachable', line, to)
  })

  test('the name of the host is not known', async () => {
    const to = 'ssh://root@engine.invalid'
    const line = `no Docker Engine answers at ${to}: the name of the host is not known`
    await refused('engine-unreachable', line, to)
  })
})
