import { setTimeout } from 'node:timers/promises'
import type { Answer } from '../engine/world/askEngine.ts'
import type { FixtureName } from '../engine/world/fixtures.ts'
import { startWorld, type World } from '../engine/world/startWorld.ts'
import { inEffect } from '../engine/world/upgrades.ts'
import { writeNoCredentials } from '../support/noCredentials.ts'
import { builtPackage, builtUpgrade } from './built.ts'
import type { Part } from './part.ts'
import { lackingEngine } from './realEngine.ts'
import { takeRounds, timed } from './rounds.ts'
import { broke, compare, type Plan, type Row, report, skip } from './row.ts'
import { spread } from './statistics.ts'

const DOWNTIME: Plan = {
  what: 'downtime of an upgrade, real engine',
  against: 'disable, upgrade and enable by node:http',
  goal: { atMost: 1.1, unit: 'x' },
}
const WAY_BACK: Plan = {
  what: 'way back, beyond the engine',
  against: 'its wait of 2 s, upgrade and enable by node:http',
  goal: { atMost: 3_000, unit: 'ms' },
}
const ROUNDS = { warmUps: 1, rounds: 12, budget: 60_000 }

/** An engine carries out an enable late where it comes right after a process that has ended. */
const ENGINE_WAIT_MS = 2_000

/** How long a plugin is not there while it is upgraded, or while its old version comes back. */
export const upgrade: Part = {
  name: 'upgrade',
  plans: [DOWNTIME, WAY_BACK],
  async measure() {
    const lacking = await lackingEngine()
    if (lacking !== undefined) return [skip(DOWNTIME, lacking), skip(WAY_BACK, lacking)]
    const world = await startWorld({ publish: ['notes-1', 'notes-2', 'notes-dies'] })
    try {
      writeNoCredentials(world.folder)
      return [
        await measureDowntime(world).catch((error) => broke(DOWNTIME, error)),
        await measureWayBack(world).catch((error) => broke(WAY_BACK, error)),
      ]
    } finally {
      await world.stop()
    }
  },
}

async function measureDowntime(world: World): Promise<Row> {
  const flow = async () => {
    await installOld(world)
    const times = await timesOf(world, 'notes-2')
    await expectEffect(world)
    return (times.get('proving') ?? 0) - (times.get('pluginDisable') ?? 0)
  }
  const bare = async () => {
    await installOld(world)
    await pull(world, 'notes-2', 'copy:latest')
    const privileges = await privilegesOf(world, 'notes-2')
    const name = world.reference('notes-1')
    const ms = await timed(async () => {
      await change(world, `/plugins/${name}/disable`)
      await change(world, upgradePath(world, 'notes-2'), privileges)
      await change(world, `/plugins/${name}/enable?timeout=0`)
    })
    await expectEffect(world)
    return ms
  }
  const taken = await takeRounds({ flow, bare }, ROUNDS)
  return compare(DOWNTIME, 'ms', taken.flow, taken.bare)
}

async function measureWayBack(world: World): Promise<Row> {
  const flow = async () => {
    await installOld(world)
    const times = await timesOf(world, 'notes-dies')
    await expectEffect(world)
    return (times.get('rollingBack.cleaning') ?? 0) - (times.get('rollingBack.quiescing') ?? 0)
  }
  const bare = async () => {
    await installOld(world)
    await pull(world, 'notes-dies', 'copy:latest')
    const [next, old] = await Promise.all([
      privilegesOf(world, 'notes-dies'),
      privilegesOf(world, 'notes-1'),
    ])
    const name = world.reference('notes-1')
    await change(world, `/plugins/${name}/disable`)
    await change(world, upgradePath(world, 'notes-dies'), next)
    await world.api('POST', `/plugins/${name}/enable?timeout=0`)
    const ms = await timed(async () => {
      await setTimeout(ENGINE_WAIT_MS)
      await change(world, upgradePath(world, 'notes-1'), old)
      await change(world, `/plugins/${name}/enable?timeout=0`)
    })
    await expectEffect(world)
    return ms
  }
  const taken = await takeRounds({ flow, bare }, ROUNDS)
  const beyond = taken.flow.map((ms, round) => ms - (taken.bare[round] ?? 0))
  return report(WAY_BACK, { value: spread(beyond).median, unit: 'ms' }, beyond.length)
}

/** When a flow came to each of its states, and sent the newest request of each kind. */
async function timesOf(world: World, to: FixtureName): Promise<Map<string, number>> {
  const [{ connect }, { upgradePlugin }] = await Promise.all([builtPackage(), builtUpgrade()])
  const engine = connect({ host: world.host, env: { DOCKER_CONFIG: world.folder } })
  try {
    const times = new Map<string, number>()
    const call: typeof engine.call = (id, input, options) => {
      times.set(id, performance.now())
      return engine.call(id, input, options)
    }
    const flow = upgradePlugin(
      { ...engine, call },
      {
        name: world.reference('notes-1'),
        reference: world.reference(to),
        mode: 'inPlace',
        grantAllPermissions: true,
      },
    )
    flow.transition$.subscribe(({ to: state }) => times.set(state, performance.now()))
    await flow.result.catch(() => {})
    return times
  } finally {
    engine.close()
  }
}

async function installOld(world: World): Promise<void> {
  await world.removeAll()
  await pull(world, 'notes-1', world.reference('notes-1'))
  await change(world, `/plugins/${world.reference('notes-1')}/enable?timeout=0`)
}

async function pull(world: World, fixture: FixtureName, name: string): Promise<void> {
  const query = new URLSearchParams({ remote: world.reference(fixture), name })
  await change(world, `/plugins/pull?${query}`, await privilegesOf(world, fixture))
}

async function privilegesOf(world: World, fixture: FixtureName): Promise<unknown> {
  const remote = encodeURIComponent(world.reference(fixture))
  return JSON.parse((await world.api('GET', `/plugins/privileges?remote=${remote}`)).text)
}

function upgradePath(world: World, to: FixtureName): string {
  const remote = encodeURIComponent(world.reference(to))
  return `/plugins/${world.reference('notes-1')}/upgrade?remote=${remote}`
}

async function change(world: World, path: string, body?: unknown): Promise<Answer> {
  const answer = await world.api('POST', path, body)
  if (answer.status < 300 && !answer.text.includes('"errorDetail"')) return answer
  throw new Error(`${path}: ${answer.status} ${answer.text.slice(-300)}`)
}

/** Both sides must have the plugin run, with what its owner has in effect. */
async function expectEffect(world: World): Promise<void> {
  const shown = (await inEffect(world)).join(' ')
  if (!shown.startsWith('DEBUG=0 FIXED=yes arg=first')) throw new Error(`it has ${shown}`)
}
