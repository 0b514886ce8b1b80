import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { startEmbeddedEngine } from '../../../../src/embedded.ts'
import { startLyingProxy } from '../../../engine/world/lyingProxy.ts'
import { COMMAND } from '../../../support/command.ts'
import { fatalRequest, isEnable, isPull, type Moment } from '../../../support/fatalRequest.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../stage.ts'

const NAME = 'acme/notes:1.0'
const GRANT = '--grant-all-permissions'
const LIMIT_MS = 120_000

const isDisable: Moment = (_, path) => path.includes('/disable')
const isSwap: Moment = (_, path) => path.includes('/upgrade?')
const isSet: Moment = (_, path) => path.endsWith('/set')
const isRemoval: Moment = (method) => method === 'DELETE'

/** Kills an upgrade in place at a request, takes up its run, and tells what is there. */
async function killedAt(isIt: Moment, seen: 'unseen' | 'answered', verb: 'resume' | 'rollback') {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-killed-'))
  const embedded = await startEmbeddedEngine({ pace: 0 })
  const { PATH, NODE_V8_COVERAGE } = process.env
  const env = { PATH, NODE_V8_COVERAGE, HOME: folder, DOCKER_HOST: embedded.host }
  let victim: ChildProcess | undefined
  const lies = fatalRequest(isIt, seen, () => victim?.kill('SIGKILL'))
  const socket = embedded.host.replace('unix://', '')
  const proxy = await startLyingProxy(socket, join(folder, 'proxy.sock'), lies)
  try {
    const installed = run({}, env, ['install', GRANT, NAME, 'DEBUG=1', 'state.source=/data'])
    assert.is(await installed.code, 0)
    const args = ['--mode', 'in-place', '--host', proxy.host, GRANT, NAME, 'acme/notes:2.0']
    victim = spawn(process.execPath, [...COMMAND, 'upgrade', '--json', ...args], {
      env,
      stdio: 'ignore',
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    assert.equal(await once(victim, 'close'), [null, 'SIGKILL'])
    const files = () =>
      readdirSync(join(folder, '.local/state/plugin-flow')).filter((name) => name.endsWith('.json'))
    const [id = ''] = files().map((file) => file.slice(0, 8))
    const taken = run({}, env, [verb, id])
    const code = await taken.code
    const plugins = embedded.plugins().map(({ Name, Enabled }) => `${Name} ${Enabled}`)
    const { Mounts, Env } = embedded.process(NAME) ?? {}
    return {
      code,
      plugins,
      state: Mounts?.find(({ Name }) => Name === 'state')?.Source,
      isSet: Env?.includes('DEBUG=1'),
      isNew: Mounts?.some(({ Name }) => Name === 'keys'),
      left: files(),
    }
  } finally {
    await proxy.close()
    await embedded.close()
    rmSync(folder, { recursive: true })
  }
}

const moments: [name: string, isIt: Moment][] = [
  ['the pull of the copy', isPull],
  ['the disable', isDisable],
  ['the swap', isSwap],
  ['a set', isSet],
  ['the enable', isEnable],
  ['the removal of the copy', isRemoval],
]

suite('an upgrade killed in the middle of a request', (test) => {
  let ends: ReturnType<typeof killedAt>[][] | undefined
  for (const [name, isIt] of moments) {
    test(`${name} :: rolled back, the old version is as it was; resumed, the new one has its settings`, async () => {
      const kept = { code: 0, plugins: [`${NAME} true`], state: '/data', isSet: true, left: [] }
      // Each of them waits for most of its time, so all of them do at once.
      ends ??= moments.map(([, each]) => [
        killedAt(each, 'unseen', 'rollback'),
        killedAt(each, 'answered', 'resume'),
      ])
      const index = moments.findIndex(([, each]) => each === isIt)
      const [back, forward] = await Promise.all(ends[index] ?? [])
      assert.equal(back, { ...kept, isNew: false })
      assert.equal(forward, { ...kept, isNew: true })
    })
  }
})
