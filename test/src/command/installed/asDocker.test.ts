import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { definePlugin } from '../../../../adapters/embedded/definePlugin.ts'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../../src/embedded.ts'
import { type DockerCommand, dockerCommand, dockerVersion } from '../../../oracle/dockerCommand.ts'
import { withTool } from '../../../support/optionalTool.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../stage.ts'

const LONG = 'words that go on and on, further than the columns of a listing, and 日本語'
const registries = {
  'docker.io': {
    repositories: {
      'acme/p10': { latest: definePlugin({ config: { Description: LONG } }) },
      'acme/p9': { latest: definePlugin({ config: { Description: 'two\nlines' } }) },
      'acme/set': {
        latest: definePlugin({
          config: { Env: [{ Name: 'DEBUG', Value: '0', Settable: ['value'] }] },
        }),
      },
    },
  },
}

/** Both are asked on one engine: stdout and exit status are the same. */
const looks: string[][] = [
  ['ls'],
  ['list', '--no-trunc'],
  ['ls', '-q'],
  ['ls', '-q', '--no-trunc'],
  ['ls', '--format', 'table'],
  ['ls', '--format', 'json'],
  ['ls', '--format', 'raw'],
  ['ls', '--format', 'raw', '-q'],
  ['ls', '--format', '{{.Name}}: {{.Enabled}}\\t{{.ID}}'],
  ['ls', '--format', '{{json .}}'],
  ['ls', '--format', 'table {{.Name}}\\t{{.ID}}\\t{{.PluginReference}}'],
  ['ls', '--filter', 'enabled=false', '-q'],
  ['ls', '-f', 'enabled=true', '-f', 'enabled=false', '-q'],
  ['ls', '-f', 'capability=volumedriver', '-q'],
  ['ls', '--filter', 'nosuch=1'],
  ['inspect', 'acme/p9'],
  ['inspect', 'acme/p9', 'nosuch', 'acme/p10'],
  ['inspect', 'nosuch'],
  ['inspect', '--format', 'json', 'acme/p9'],
  ['inspect', '-f', '{{.ID}} {{.Enabled}} {{.Config.Description}}', 'acme/p10', 'acme/set'],
  ['inspect', '-f', '{{json .Settings}}', 'acme/p9'],
]

/** Each has an engine of its own, on which these follow each other. */
const changes: string[][] = [
  ['disable', 'acme/p9'],
  ['disable', 'acme/p9'],
  ['enable', 'acme/p9'],
  ['enable', 'acme/p9'],
  ['disable', '--force', 'acme/p9'],
  ['enable', '--timeout', '7', 'acme/p9'],
  ['enable', 'nosuch'],
  ['set', 'acme/set', 'DEBUG=1'],
  ['set', 'acme/set', 'NOSUCH=1'],
  ['set', 'acme/p9', 'DEBUG=1'],
  ['set', 'nosuch', 'DEBUG=1'],
  ['rm', 'acme/p9'],
  ['rm', 'nosuch', 'acme/p10', 'acme/p9'],
  ['remove', '-f', 'acme/p9', 'acme/set:latest'],
  ['ls'],
]

interface Sides {
  docker(engine: EmbeddedEngine, argv: readonly string[]): Promise<unknown>
  here(engine: EmbeddedEngine, argv: readonly string[]): Promise<unknown>
  engine(): Promise<EmbeddedEngine>
}

/** `acme/p9` is enabled; `acme/p10` and `acme/set` are not. */
async function prepared(docker: DockerCommand): Promise<EmbeddedEngine> {
  const engine = await startEmbeddedEngine({ pace: 0, registries })
  for (const args of [['acme/p9'], ['--disable', 'acme/p10'], ['--disable', 'acme/set']]) {
    const { code, stderr } = await docker.run(engine.host, ['plugin', 'install', ...args])
    assert.is(code, 0, stderr)
  }
  return engine
}

async function onSides(program: string, act: (sides: Sides) => Promise<void>): Promise<void> {
  const docker = dockerCommand(program)
  const config = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  const engines: EmbeddedEngine[] = []
  try {
    await act({
      async engine() {
        const engine = await prepared(docker)
        engines.push(engine)
        return engine
      },
      async docker({ host }, argv) {
        const { code, stdout } = await docker.run(host, ['plugin', ...argv])
        return { code, stdout }
      },
      async here({ host }, argv) {
        const { code, stdout } = run({}, { DOCKER_HOST: host, DOCKER_CONFIG: config }, argv)
        return { code: await code, stdout: stdout.text() }
      },
    })
  } finally {
    for (const engine of engines) await engine.close()
    docker.close()
    rmSync(config, { recursive: true })
  }
}

/** The requests that change something, and the states that they led to. */
function told({ requests, plugins }: EmbeddedEngine) {
  return {
    changed: requests()
      .filter(({ method, path }) => method !== 'GET' && method !== 'HEAD' && !/\/pull/.test(path))
      .map(({ method, path }) => `${method} ${path}`),
    plugins: plugins().map(({ Name, Enabled, Settings }) => ({ Name, Enabled, Settings })),
  }
}

suite('plugin-flow ls, inspect, rm, enable, disable, set :: as Docker’s own command', (test) => {
  withTool(
    test,
    'docker',
    (program) => {
      test('the listings of one engine', () =>
        onSides(program, async ({ engine, docker, here }) => {
          const one = await engine()
          for (const argv of looks) {
            assert.equal(await here(one, argv), await docker(one, argv), argv.join(' '))
          }
        }))

      test('changes and their output', () =>
        onSides(program, async ({ engine, docker, here }) => {
          const [theirs, ours] = [await engine(), await engine()]
          for (const argv of changes) {
            const shown = await docker(theirs, argv)
            assert.equal(await here(ours, argv), shown, argv.join(' '))
            assert.equal(told(ours), told(theirs), argv.join(' '))
          }
        }))
    },
    (program) => dockerVersion(program).isFit,
  )
})
