import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../../src/embedded.ts'
import { connect } from '../../../../src/flow/connect.ts'
import { writeNoCredentials } from '../../../support/noCredentials.ts'
import { type Running, run } from '../stage.ts'

export interface RolloutStage {
  engines: EmbeddedEngine[]
  folder: string
  /** Runs `plugin-flow rollout …` to its end, with this as its input. */
  rollout(args: string, input?: string): Promise<{ code: number; stdout: string; stderr: string }>
  /** The same, while it runs. */
  begin(args: string, streams?: Partial<Running>): Running
  /** Begins `plugin-flow worker …`, with variables of its own. */
  worker(args?: string, variables?: Record<string, string>): Running
  /** Makes a plan of these arguments, in FOLDER/plan.json, without a queue. */
  plan(args: string): Promise<void>
  /** Names of the plugins that are enabled on each engine. */
  enabled(): Promise<string[][]>
  /** Everything that was written down. */
  written(): string
}

/** Simulated engines, and a fleet file that lists them with one more that is not there. */
export async function onRolloutStage(
  act: (stage: RolloutStage) => Promise<void>,
  { size = 3, missing = 0, env: more = {} as Record<string, string> } = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollout-'))
  writeNoCredentials(folder)
  const engines = await Promise.all(
    Array.from({ length: size }, () => startEmbeddedEngine({ pace: 0 })),
  )
  const hosts = [
    ...engines.map(({ host }) => host),
    ...Array.from({ length: missing }, (_, index) => `unix://${folder}/gone${index}.sock`),
  ]
  const targets = hosts.map((host, index) => ({ id: `t${index}`, host }))
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ targets }))
  const env = { DOCKER_CONFIG: folder, XDG_STATE_HOME: join(folder, 'state'), ...more }
  const argv = (line: string) => line.split(' ').map((arg) => arg.replaceAll('FOLDER', folder))
  const begin = (args: string, streams: Partial<Running> = {}, variables = {}) =>
    run(streams, { ...env, ...variables }, argv(`rollout ${args}`))
  const stage: RolloutStage = {
    engines,
    folder,
    begin,
    worker: (args = '--parallel 10', variables = {}) =>
      run({}, { ...env, ...variables }, argv(`worker ${args}`)),
    async rollout(args, input = '') {
      const stdin = new PassThrough()
      stdin.end(input)
      const { code, stdout, stderr } = begin(args, { stdin })
      return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
    },
    async plan(args) {
      const line = `plan --fleet FOLDER/fleet.json -o FOLDER/plan.json ${args}`
      const { code, stderr } = begin(line, {}, { PLUGIN_FLOW_QUEUE: '' })
      if ((await code) !== 0) throw new Error(stderr.text())
    },
    enabled: () => Promise.all(engines.map((engine) => enabledOn(engine))),
    written: () => readAll(join(folder, 'state')),
  }
  try {
    await act(stage)
  } finally {
    await Promise.all(engines.map((engine) => engine.close()))
    rmSync(folder, { recursive: true })
  }
}

async function enabledOn({ host }: EmbeddedEngine): Promise<string[]> {
  const engine = connect({ host, env: {} })
  const { signal } = new AbortController()
  const plugins = await engine.call('pluginList', {}, { signal })
  engine.close()
  return plugins.filter(({ Enabled }) => Enabled).map(({ Name }) => Name)
}

function readAll(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    .join('\n')
}
