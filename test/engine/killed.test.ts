import { mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { run, type Spawned, spawnCommand } from '../src/command/stage.ts'
import {
  fatalRequest,
  isEnable,
  isPull,
  isRemoval,
  isSet,
  isVerification,
  type Moment,
} from '../support/fatalRequest.ts'
import { deferred } from './world/deferred.ts'
import { engineSuite } from './world/engineSuite.ts'
import { onEngine, pullsEnded } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'
import type { World } from './world/startWorld.ts'
import { startThrottle } from './world/throttle.ts'
import { until } from './world/until.ts'

interface Death {
  /** The plugin, and settings. */
  args: readonly string[]
  /** The request at which it dies: before the engine has it, or once the engine has done it. */
  at?: Moment
  seen?: 'answered'
  /** Otherwise: resolves when it is to die. */
  when?(command: Spawned): Promise<unknown>
}

let runs = 0

engineSuite('real engine :: plugin-flow is killed, at the latest while it pulls', (test, world) => {
  const plain = () => [world().reference('plain'), 'DEBUG=4']

  test('before it pulls :: no run is left, and nothing is on the engine', async () => {
    const isLookUp: Moment = (_, path) => path.startsWith('/plugins/privileges')
    const asked = [world().reference('probe')]
    const seen = (command: Spawned) => command.seen('network: [host]')
    const deaths = [
      { args: plain(), at: isLookUp },
      { args: asked, when: seen },
    ]
    const ends = await Promise.all(deaths.map((death) => endOf(world(), death, 'resume')))
    for (const { code, stderr, plugins } of ends) {
      assert.match(stderr, 'no run was left')
      assert.equal([code, plugins], [2, []])
    }
  })

  test('before the engine sees the pull, and while it downloads', async () => {
    const throttle = await startThrottle(world().registries.open, 8 * 1024 * 1024)
    // Each by its own word: the bytes may be those of the other one, which came first.
    const downloads = async (command: Spawned) => {
      await command.seen('"downloading"')
      await until('it downloads', () => throttle.traffic().bytes > 2 * 1024 * 1024)
    }
    try {
      const big = [world().reference('big', throttle)]
      await Promise.all([
        goesOn(world(), { args: plain(), at: isPull }, '4'),
        isTakenBack(world(), { args: plain(), at: isPull }, 'nothing was left'),
        goesOn(world(), { args: big, when: downloads }),
        // The other pull fetches the same content: with that, the engine may end this one, too.
        isTakenBack(world(), { args: big, when: downloads }, /nothing was left|was removed/),
      ])
    } finally {
      await throttle.close()
    }
  })

  test('while the engine extracts', async () => {
    const death: Death = {
      args: [world().reference('crowded')],
      when: (command) => command.seen('"extracting"'),
    }
    await goesOn(world(), death)
    await isTakenBack(world(), death, 'removed')
    await pullsEnded(world())
    assert.equal(await onEngine(world()), [])
  })
})

engineSuite('real engine :: plugin-flow is killed, once it has pulled', (test, world) => {
  const deaths: [title: string, death: Omit<Death, 'args'>][] = [
    ['in verifying', { at: isVerification }],
    ['before the engine sees the settings', { at: isSet }],
    ['once the engine has the settings', { at: isSet, seen: 'answered' }],
    ['before the engine sees the enable', { at: isEnable }],
    ['once the engine has started the plugin', { at: isEnable, seen: 'answered' }],
  ]
  for (const [title, death] of deaths) {
    test(title, async () => {
      const whole = { ...death, args: [world().reference('plain'), 'DEBUG=4'] }
      await Promise.all([goesOn(world(), whole, '4'), isTakenBack(world(), whole, 'removed')])
    })
  }

  test('while the engine starts the plugin', async () => {
    const death: Death = {
      args: [world().reference('late')],
      when: (command) => command.seen('"to":"enabling"'),
    }
    await Promise.all([goesOn(world(), death), isTakenBack(world(), death, 'removed')])
  })

  for (const answered of [false, true]) {
    test(`while it takes back, ${answered ? 'after' : 'before'} the removal`, async () => {
      const args = [world().reference('plain'), 'BAD=1']
      const death: Death = { args, at: isRemoval, ...(answered && { seen: 'answered' }) }
      for (const verb of ['resume', 'rollback'] as const) {
        const { code, stdout, stderr, plugins, left } = await endOf(world(), death, verb)
        const isResumed = verb === 'resume'
        if (isResumed) assert.match(stderr, 'BAD')
        const nothing = isResumed ? 'nothing was installed' : 'nothing was left'
        assert.match(isResumed ? stderr : stdout, answered ? nothing : 'removed')
        assert.equal([code, plugins, left], [isResumed ? 1 : 0, [], []])
      }
    })
  }
})

/** It is killed, and the run resumed: the plugin is there as it was asked for. */
async function goesOn(world: World, death: Death, debug?: string): Promise<void> {
  const { code, stderr, plugins, left, settings } = await endOf(world, death, 'resume')
  assert.is(code, 0, stderr)
  assert.equal([plugins, left], [['enabled'], []])
  if (debug) assert.is(settings[0], `DEBUG=${debug}`)
}

/** It is killed, and the run taken back: nothing of it is there. */
async function isTakenBack(world: World, death: Death, words: string | RegExp): Promise<void> {
  const { code, stdout, plugins, left } = await endOf(world, death, 'rollback')
  assert.match(stdout, words)
  assert.equal([code, plugins, left], [0, [], []])
}

/** Runs an install under a name of its own until it dies, then what takes its run up again. */
async function endOf(world: World, death: Death, verb: 'resume' | 'rollback') {
  const folder = mkdtempSync(join(world.folder, 'killed-'))
  const alias = `killed-${runs++}:latest`
  const dead = deferred<void>()
  let victim: Spawned | undefined
  const kill = () => {
    victim?.child.kill('SIGKILL')
    dead.resolve()
  }
  const lies = death.at ? fatalRequest(death.at, death.seen ?? 'unseen', kill) : {}
  const proxy = await startLyingProxy(world.socketPath, join(folder, 'engine.sock'), lies)
  const env = { HOME: folder, DOCKER_CONFIG: world.folder, DOCKER_HOST: proxy.host }
  try {
    const asks = death.args[0] === world.reference('probe')
    victim = spawnCommand(env, [
      'install',
      ...(asks ? [] : ['--json']),
      ...['--alias', alias],
      ...death.args,
    ])
    void death.when?.(victim).then(kill)
    const { code, stderr } = await victim.ended
    assert.is(code, null, stderr)
    await dead.promise
    const id = verb === 'rollback' ? left(folder).map((name) => name.slice(0, 8)) : []
    const ended = run({}, env, [verb, ...id])
    const exit = await ended.code
    const own = (await world.plugins()).filter(({ Name }) => Name === alias)
    await Promise.all(own.map(({ Id }) => world.api('DELETE', `/plugins/${Id}?force=1`)))
    return {
      code: exit,
      stdout: ended.stdout.text(),
      stderr: ended.stderr.text(),
      plugins: own.map(({ Enabled }) => (Enabled ? 'enabled' : 'disabled')),
      settings: own.flatMap(({ Settings }) => Settings.Env ?? []),
      left: left(folder),
    }
  } finally {
    await proxy.close()
  }
}

/** The runs that are written down. */
function left(folder: string): string[] {
  try {
    const names = readdirSync(join(folder, '.local/state/plugin-flow'))
    return names.filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}
