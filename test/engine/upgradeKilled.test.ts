import { mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { UpgradeError } from '../../src/upgrade.ts'
import { run, type Spawned, spawnCommand } from '../src/command/stage.ts'
import {
  fatalRequest,
  isEnable,
  isPull,
  isRemoval,
  isSet,
  type Moment,
} from '../support/fatalRequest.ts'
import { engineSuite } from './world/engineSuite.ts'
import { onEngine } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'
import { settled } from './world/settled.ts'
import { type MortalEngine, startMortalEngine } from './world/startMortalEngine.ts'
import type { World } from './world/startWorld.ts'
import { BEFORE, begin, inEffect, SETTINGS, upgradeFailure, upgradeOn } from './world/upgrades.ts'

const SET = Object.entries(SETTINGS).map(([key, value]) => `${key}=${value}`)

const isDisable: Moment = (_, path) => path.includes('/disable')
const isSwap: Moment = (_, path) => path.includes('/upgrade?')

type Verb = 'resume' | 'rollback'

interface End {
  code: number
  stderr: string
  plugin: string
  effect: string
  left: string[]
}

let runs = 0

/** Kills an upgrade at a request, and has another process take its run up. */
async function killedAt(
  world: World,
  isIt: Moment,
  seen: 'unseen' | 'answered',
  verb: Verb,
): Promise<End> {
  const folder = mkdtempSync(join(world.folder, 'upgrade-killed-'))
  const name = `upgraded-${runs++}:latest`
  const [from, to] = [world.reference('notes-1'), world.reference('notes-2')]
  const env = { HOME: folder, DOCKER_CONFIG: world.folder, DOCKER_HOST: world.host }
  const grant = '--grant-all-permissions'
  let victim: Spawned | undefined
  const lies = fatalRequest(isIt, seen, () => victim?.child.kill('SIGKILL'))
  const proxy = await startLyingProxy(world.socketPath, join(folder, 'engine.sock'), lies)
  try {
    const installed = run({}, env, ['install', grant, '--alias', name, from, ...SET])
    assert.is(await installed.code, 0, installed.stderr.text())
    const args = [
      'upgrade',
      '--skip-remote-check',
      '--mode',
      'in-place',
      '--host',
      proxy.host,
      grant,
    ]
    victim = spawnCommand(env, [...args, name, to])
    const { code, stderr } = await victim.ended
    assert.is(code, null, stderr)
    const [id = ''] = leftIn(folder)
    const taken = run({}, env, [verb, id])
    const exit = await taken.code
    const own = (await world.plugins()).filter(({ Name }) => Name === name)
    const { Volumes } = JSON.parse((await world.api('GET', '/volumes')).text)
    const shown = Volumes.find(({ Driver }: { Driver: string }) => Driver === name)
    return {
      code: exit,
      stderr: taken.stderr.text(),
      plugin: own
        .map(({ Config, Enabled }) => `${Config.Description} ${Enabled ? 'on' : 'off'}`)
        .join(),
      effect: shown?.Name.trim() ?? '',
      left: leftIn(folder),
    }
  } finally {
    await proxy.close()
  }
}

/** The runs that are written down. */
function leftIn(folder: string): string[] {
  const names = readdirSync(join(folder, '.local/state/plugin-flow'))
  return names.filter((one) => one.endsWith('.json')).map((one) => one.slice(0, 8))
}

engineSuite('real engine :: plugin-flow is killed while it upgrades', (test, world) => {
  const deaths: [title: string, isIt: Moment, seen: 'unseen' | 'answered', verb: Verb][] = [
    ['the pull of the copy', isPull, 'answered', 'resume'],
    ['the disable', isDisable, 'unseen', 'rollback'],
    ['the swap', isSwap, 'unseen', 'rollback'],
    ['the swap', isSwap, 'answered', 'resume'],
    ['a set', isSet, 'answered', 'resume'],
    ['the enable', isEnable, 'unseen', 'rollback'],
    ['the enable', isEnable, 'answered', 'resume'],
    ['the removal of the copy', isRemoval, 'unseen', 'rollback'],
  ]
  let ends: Promise<End[]> | undefined
  for (const [index, [title, , seen, verb]] of deaths.entries()) {
    test(`${title}, ${seen} :: after a ${verb} it is as it should be`, async () => {
      // Each of them waits for most of its time, so all of them do at once.
      ends ??= settled(deaths.map(([, ...death]) => killedAt(world(), ...death)))
      const { stderr, ...end } = (await ends)[index] as End
      const version = verb === 'rollback' ? 1 : 2
      const plugin = `a fixture: version ${version} on`
      assert.equal(end, { code: 0, plugin, effect: BEFORE.join(' '), left: [] }, stderr)
    })
  }
})

/** Room for small plugins, and not for the big version. */
const SMALL = 40 * 1024 * 1024

engineSuite(
  'real engine :: the engine dies, or its disk is full, while it upgrades',
  (test, world) => {
    let engine: MortalEngine
    test.before(async () => {
      engine = await startMortalEngine(world(), SMALL)
    })
    test.before.each(async () => {
      await engine.restart()
      for (const { Id } of await engine.plugins()) {
        await engine.api('DELETE', `/plugins/${Id}?force=1`)
      }
    })
    test.after(() => engine?.stop())

    const name = () => world().reference('notes-1')
    const policy = {
      retry: { attempts: 30, baseMs: 250, maxMs: 1_000, jitter: 0 },
      rollback: { attempts: 30, maxMs: 1_000 },
    }
    const inPlace = () => ({
      name: name(),
      reference: world().reference('notes-2'),
      mode: 'inPlace' as const,
      policy,
    })

    /** An outcome that is absent is a success. */
    async function assertAsSaid(outcome: UpgradeError['outcome'] | undefined): Promise<void> {
      const [plugin] = (await engine.plugins()).filter(({ Name }) => Name === name())
      const version = plugin?.Config.Description.endsWith('2') ? 'new' : 'old'
      if (outcome?.state === 'stranded') {
        assert.is(outcome.version, version)
        return
      }
      assert.is(version, outcome ? 'old' : 'new')
      assert.equal(await inEffect(engine), BEFORE)
      assert.equal(await onEngine(engine), [`${name()} enabled`])
    }

    for (const [title, isIt] of [
      ['in the swap', /\/upgrade\?/],
      ['in the enable', /\/enable\?/],
    ] as const) {
      test(`killed ${title}, and started again :: the outcome says what is there`, async () => {
        await begin(world(), name(), SETTINGS, engine.host)
        let killing: Promise<void> | undefined
        let over: Promise<void> | undefined
        const hold = (method: string, path: string) => {
          if (killing || method !== 'POST' || !isIt.test(path)) return undefined
          const sent = new Promise((resolve) => setTimeout(resolve, 15))
          killing = sent.then(() => engine.kill())
          over = killing.then(() => engine.restart())
          return Promise.resolve()
        }
        const socketPath = join(world().folder, 'dying.sock')
        const proxy = await startLyingProxy(engine.socketPath, socketPath, { hold })
        try {
          const flow = upgradeOn(world(), inPlace(), undefined, proxy.host)
          const outcome = await flow.result.then(
            () => undefined,
            (error) => error.outcome,
          )
          await over
          assert.ok(killing, 'the engine was killed')
          await assertAsSaid(outcome)
        } finally {
          await over
          await proxy.close()
        }
      })
    }

    for (const [title, isIt, left] of [
      ['with nothing left when it disables', isDisable, 0],
      ['with nothing left when it swaps', isSwap, 0],
      ['with room for half of the new version when it swaps', isSwap, 256 * 1024],
      ['with nothing left when it sets', isSet, 0],
      ['with nothing left when it enables', isEnable, 0],
    ] as const) {
      test(`the disk is full, ${title} :: the outcome says what is there`, async () => {
        await begin(world(), name(), SETTINGS, engine.host)
        let filled: Promise<void> | undefined
        const hold = (method: string, path: string) => {
          if (filled || method !== 'POST' || !isIt(method, path, [])) return undefined
          filled = engine.resize(engine.used() + left)
          return filled
        }
        const proxy = await startLyingProxy(engine.socketPath, join(world().folder, 'full.sock'), {
          hold,
        })
        try {
          const flow = upgradeOn(world(), inPlace(), undefined, proxy.host)
          const outcome = await flow.result.then(
            () => undefined,
            (error) => error.outcome,
          )
          assert.ok(filled, 'the disk was filled')
          await filled
          await assertAsSaid(outcome)
        } finally {
          await proxy.close()
          await engine.resize(SMALL)
        }
      })
    }

    test('the new version does not fit on the disk :: nothing has changed', async () => {
      await begin(world(), name(), SETTINGS, engine.host)
      const options = { ...inPlace(), reference: world().reference('notes-big') }
      const error = await upgradeFailure(upgradeOn(world(), options, undefined, engine.host))
      assert.equal([error.code, error.state], ['disk-full', 'staging'])
      assert.is(error.outcome.state === 'rolledBack' && error.outcome.changed, false)
      assert.equal(await inEffect(engine), BEFORE)
      assert.equal(await onEngine(engine), [`${name()} enabled`])
    })
  },
)
