import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { registryAuthHeader } from './world/askEngine.ts'
import { engineSuite } from './world/engineSuite.ts'
import { isAlive, processesOf } from './world/processes.ts'
import { cgroupsOf, removeCgroups } from './world/removeCgroups.ts'
import { startWorld, type World } from './world/startWorld.ts'
import { until } from './world/until.ts'

const privileges = async (world: World, remote: string, headers: Record<string, string> = {}) =>
  JSON.parse(
    (
      await world.api(
        'GET',
        `/plugins/privileges?remote=${encodeURIComponent(remote)}`,
        undefined,
        headers,
      )
    ).text,
  )

const before = inMachine()

const pull = (world: World, remote: string, granted: unknown, headers = {}) =>
  world.api('POST', `/plugins/pull?remote=${encodeURIComponent(remote)}`, granted, headers)

engineSuite('the world :: an engine and its registries', (test, world) => {
  test('the engine answers, and has no plugin', async () => {
    const { status, headers } = await world().api('GET', '/_ping')
    assert.is(status, 200)
    assert.match(String(headers['api-version']), /^1\.\d+$/)
    assert.equal(await world().plugins(), [])
  })

  const nothing = ['plain', 'big', 'crowded', 'late', 'slow', 'dies', 'private'] as const
  for (const name of nothing) {
    test(`privileges :: ${name} asks for nothing`, async () => {
      assert.is(await privileges(world(), world().reference(name)), null)
    })
  }

  test('privileges :: probe asks for four things', async () => {
    const asked = await privileges(world(), world().reference('probe'))
    assert.equal(
      asked.map(({ Name, Value }: { Name: string; Value: string[] }) => [Name, ...Value]),
      [
        ['network', 'host'],
        ['mount', '/tmp'],
        ['device', '/dev/null'],
        ['capabilities', 'CAP_SYS_ADMIN'],
      ],
    )
  })

  test('privileges :: one-mount and badmount ask for one', async () => {
    for (const [name, source] of [
      ['one-mount', '/tmp'],
      ['badmount', '/does/not/exist'],
    ] as const) {
      const asked = await privileges(world(), world().reference(name))
      assert.equal(asked, [{ Name: 'mount', Description: 'host path to mount', Value: [source] }])
    }
  })

  test('the TLS registry has the same plugins', async () => {
    const { tls } = world().registries
    const answer = await pull(world(), world().reference('plain', tls), null)
    assert.not.match(answer.text, 'errorDetail')
    const [plugin] = await world().plugins()
    assert.is(plugin?.Name, world().reference('plain', tls))
  })

  test('the private registry refuses without credentials', async () => {
    const locked = world().registries.private
    const remote = world().reference('private', locked)
    assert.equal(await privileges(world(), remote), [])
    const { status, text } = await pull(world(), remote, [])
    assert.is(status, 500)
    assert.match(text, /401 Unauthorized|no basic auth credentials/)
    assert.equal(await world().plugins(), [])
  })

  test('the private registry takes its account', async () => {
    const locked = world().registries.private
    const remote = world().reference('private', locked)
    assert.is(await privileges(world(), remote, registryAuthHeader(locked)), null)
    assert.is((await pull(world(), remote, null, registryAuthHeader(locked))).status, 200)
    assert.is((await world().plugins()).length, 1)
  })

  test('nothing listens where the registry is said to be down', async () => {
    const { down } = world().registries
    const { text } = await pull(world(), world().reference('plain', down), [])
    assert.match(text, 'connection refused')
  })

  test('a plugin shows what it was started with', async () => {
    const remote = world().reference('probe')
    await pull(world(), remote, await privileges(world(), remote))
    await world().api('POST', `/plugins/${remote}/set`, ['DEBUG=7', 'args=one two'])
    assert.is((await world().api('POST', `/plugins/${remote}/enable?timeout=0`)).status, 200)
    const { Volumes } = JSON.parse((await world().api('GET', '/volumes')).text)
    assert.equal(
      Volumes.map(({ Name }: { Name: string }) => Name),
      ['DEBUG=7,last=two'],
    )
  })

  test('removeAll takes off what runs as well', async () => {
    const remote = world().reference('plain')
    await pull(world(), remote, null)
    await world().api('POST', `/plugins/${remote}/enable?timeout=0`)
    assert.is((await world().plugins())[0]?.Enabled, true)
    await world().removeAll()
    assert.equal(await world().plugins(), [])
  })
})

interface Held {
  folder: string
  pids: number[]
  enabled: string[]
  child: ChildProcess
  parent: string
}

engineSuite('the world :: its end', (test) => {
  let held: Record<'exit' | 'SIGTERM' | 'SIGKILL', Held>
  const parents: string[] = []
  const makeParent = () => {
    const parent = mkdtempSync(join(tmpdir(), 'plugin-flow-ends-'))
    parents.push(parent)
    return parent
  }
  const hold = async (mode: 'exit' | 'wait'): Promise<Held> => {
    const parent = makeParent()
    const script = join(import.meta.dirname, 'world', 'holdWorld.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', script, mode, parent], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
    return { ...JSON.parse(line), child, parent }
  }

  test.before(async () => {
    const [exit, SIGTERM, SIGKILL] = await Promise.all([hold('exit'), hold('wait'), hold('wait')])
    held = { exit, SIGTERM, SIGKILL }
  })
  test.after(() => {
    for (const { child } of Object.values(held ?? {})) child.kill('SIGKILL')
    for (const parent of parents) rmSync(parent, { recursive: true, force: true })
  })

  test('stop() leaves no process, mount, certificate or file', async () => {
    const parent = makeParent()
    const world = await startWorld({ publish: ['slow'], parent })
    const remote = world.reference('slow')
    await pull(world, remote, null)
    // The worst moment to stop: the engine waits for the plugin's socket.
    const enabling = world.api('POST', `/plugins/${remote}/enable?timeout=0`).catch(() => {})
    const [{ Id } = { Id: '' }] = await world.plugins()
    await until('the plugin runs', () => cgroupsOf([Id]).length > 0)
    const pids = processesOf(world.folder)
    assert.ok(pids.length > world.processes.length, 'the engine has children')
    await Promise.all([world.stop(), enabling])
    assertNothingLeft({ folder: world.folder, pids, enabled: [Id] })
    assert.equal(readdirSync(parent), [])
    await world.stop()
  })

  test('a start that fails leaves nothing', async () => {
    const parent = makeParent()
    try {
      await startWorld({ publish: ['plain', 'no such fixture' as 'plain'], parent })
      assert.unreachable()
    } catch (error) {
      assert.not.match(String(error), 'Assertion')
    }
    assert.equal(readdirSync(parent), [])
    await until('every process has ended', () => processesOf(parent).length === 0)
  })

  test('an exit of the test process ends it', async () => {
    await ended(held.exit.child)
    await until('every process has ended', () => !held.exit.pids.some(isAlive))
    assertNothingLeft(held.exit)
  })

  test('a signal to the test process ends it', async () => {
    held.SIGTERM.child.kill('SIGTERM')
    await ended(held.SIGTERM.child)
    assert.is(held.SIGTERM.child.signalCode, 'SIGTERM')
    assertNothingLeft(held.SIGTERM)
  })

  test('a test process that is killed takes every process of it along', async () => {
    const { child, pids, folder } = held.SIGKILL
    child.kill('SIGKILL')
    await ended(child)
    await until('every process has ended', () => !pids.some(isAlive))
    removeCgroups(join(folder, 'exec'))
  })
})

function assertNothingLeft({ folder, pids, enabled }: Omit<Held, 'child' | 'parent'>): void {
  assert.equal(pids.filter(isAlive), [])
  assert.not.ok(existsSync(folder), folder)
  assert.not.match(readFileSync('/proc/self/mountinfo', 'utf8'), folder)
  assert.equal(cgroupsOf(enabled), [])
  assert.equal(inMachine(), before, 'nothing of ours is among what the machine has')
}

/** The configuration of the machine's own engine, if there is one. */
function inMachine(): string[] | undefined {
  if (!existsSync('/etc/docker')) return undefined
  return readdirSync('/etc/docker', { recursive: true, encoding: 'utf8' }).sort()
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit', { signal: AbortSignal.timeout(30_000) })
  }
}
