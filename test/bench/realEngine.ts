import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installEngine } from '../engine/world/installEngine.ts'
import { SEARCH_PATH } from '../engine/world/runTool.ts'
import { startWorld, type World } from '../engine/world/startWorld.ts'
import { writeNoCredentials } from '../support/noCredentials.ts'
import { COMMAND } from './built.ts'
import { NODES, versionOf } from './commandStart.ts'
import { expectInstalled, installContenders, remove, type Site } from './installContenders.ts'
import type { Part } from './part.ts'
import { takeRounds } from './rounds.ts'
import { broke, compare, type Plan, type Row, skip } from './row.ts'
import { runProcess } from './runProcess.ts'

const FLOW: Plan = {
  what: 'a flow, real engine',
  against: 'its calls by node:http',
  goal: { atMost: 1.02, unit: 'x' },
}
const COMMANDS: Plan = {
  what: 'plugin-flow install, real engine',
  against: 'docker plugin install',
  goal: { atMost: 1.08, unit: 'x' },
}
const FLOW_ROUNDS = { warmUps: 2, rounds: 60, budget: 60_000 }
const COMMAND_ROUNDS = { warmUps: 2, rounds: 40, budget: 45_000 }

/** The time that the flow and the command add where the engine has all of its own work to do. */
export const realEngine: Part = {
  name: 'engine',
  plans: [FLOW, COMMANDS],
  async measure() {
    const lacking = await lackingEngine()
    if (lacking !== undefined) return this.plans.map((plan) => skip(plan, lacking))
    const world = await startWorld({ publish: ['plain'] })
    try {
      const config = join(world.folder, 'config')
      writeNoCredentials(config)
      const site = { host: world.host, reference: world.reference('plain'), config }
      const rows = [await measureFlow(site).catch((error) => broke(FLOW, error))]
      for (const node of NODES) {
        const plan = { ...COMMANDS, what: `${COMMANDS.what}${await versionOf(node)}` }
        rows.push(
          await measureCommands(plan, node, world, site).catch((error) => broke(plan, error)),
        )
      }
      return rows
    } finally {
      await world.stop()
    }
  },
}

/** Why there is no engine; nothing is installed for a benchmark. */
export async function lackingEngine(): Promise<string | undefined> {
  const missing = ['dockerd', 'docker-registry', 'gcc'].find((name) => !find(name))
  if (missing) return `no ${missing} command; npm run test:engine installs it`
  const availability = await installEngine()
  return availability.ready ? undefined : availability.reason
}

function find(command: string): string | undefined {
  return SEARCH_PATH.split(':')
    .map((folder) => join(folder, command))
    .find(existsSync)
}

async function measureFlow(site: Site): Promise<Row> {
  const { flow, bare, close } = await installContenders(site)
  try {
    const taken = await takeRounds({ flow, bare }, FLOW_ROUNDS)
    return compare(FLOW, 'ms', taken.flow, taken.bare)
  } finally {
    close()
  }
}

async function measureCommands(
  plan: Plan,
  node: string,
  world: World,
  { host, reference, config }: Site,
): Promise<Row> {
  const docker = find('docker')
  if (!docker) return skip(plan, 'no docker command')
  // Neither command may read, or be led by, what the user has set up.
  const env = { PATH: SEARCH_PATH, HOME: config, DOCKER_CONFIG: config }
  const contender = (command: string, args: readonly string[]) => async () => {
    const { ms } = await runProcess(command, [...args, reference], { env })
    await expectInstalled(world.socketPath, reference)
    await remove(world.socketPath, reference)
    return ms
  }
  const consent = '--grant-all-permissions'
  const taken = await takeRounds(
    {
      ours: contender(node, [COMMAND, 'install', consent, '-H', host]),
      docker: contender(docker, ['-H', host, 'plugin', 'install', consent]),
    },
    COMMAND_ROUNDS,
  )
  return compare(plan, 'ms', taken.ours, taken.docker)
}
