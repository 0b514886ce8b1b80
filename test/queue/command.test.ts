import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import * as assert from 'uvu/assert'
import type { TargetRecord } from '../../machines/rollout/records.ts'
import { onRolloutStage, type RolloutStage } from '../src/command/rollout/rolloutStage.ts'
import { type Authority, type Issued, makeAuthority } from '../support/certificates.ts'
import { PASSWORD, type QueueServer, startPostgres, startRedis } from './world/queueServer.ts'
import { queueSuite } from './world/queueSuite.ts'

const GRANT = '--grant-all-permissions'
const SSHFS = 'vieux/sshfs:latest'

for (const [kind, start] of Object.entries({ redis: startRedis, postgres: startPostgres })) {
  queueSuite(`command with a queue on ${kind}`, (test, servers) => {
    let server: QueueServer
    test.before(async () => {
      server = await start(servers)
    })
    test.after(() => server.stop())
    const onStage = (act: (stage: RolloutStage) => Promise<void>) =>
      onRolloutStage(act, { env: { PLUGIN_FLOW_QUEUE: server.url } })

    test('one starts a rollout, a worker carries it out, and others look and steer', () =>
      onStage(async ({ plan, rollout, begin, worker, enabled }) => {
        await plan('vieux/sshfs')
        const starting = begin(`start ${GRANT} --wait FOLDER/plan.json`)
        await starting.stderr.seen('no worker serves this queue now: plugin-flow worker')
        const woken = await rollout('resume')
        assert.is(woken.code, 0, woken.stderr)
        assert.match(woken.stderr, 'no worker serves this queue now')
        const working = worker()
        await working.stderr.seen('works on targets of all zones')
        await starting.stdout.seen('holding')
        const paused = await rollout('status')
        assert.is(paused.code, 4)
        assert.match(paused.stdout, /holding {2}1 of 3, 1 done$/m)
        const promoted = await rollout('promote --wait')
        assert.is(promoted.code, 0, promoted.stderr)
        assert.match(promoted.stdout, /^promote: the workers of \S+ were told$/m)
        assert.is(await starting.code, 0)
        assert.equal(await enabled(), [[SSHFS], [SSHFS], [SSHFS]])
        const again = await rollout('promote')
        assert.is(again.code, 1)
        assert.match(again.stderr, /does not take that while it is done$/m)
        const listed = await rollout('ls')
        assert.match(listed.stdout, /install +\S*vieux\/sshfs\S* +done +3 of 3$/m)
        const exported = JSON.parse((await rollout('export')).stdout)
        assert.is(exported.state, 'done')
        assert.is((await rollout('watch')).code, 0)
        working.signals.emit('SIGTERM')
        assert.is(await working.code, 0, working.stderr.text())
        assert.match(working.stdout.text(), /^t0: done$/m)
        const shown = [starting, working].flatMap(({ stdout, stderr }) => [
          stdout.text(),
          stderr.text(),
        ])
        assert.not.match(shown.join(), PASSWORD)
      }))

    test('a retry of one kind of lost targets :: leaves the others as they are', () =>
      onRolloutStage(
        async ({ plan, rollout, begin, worker }) => {
          await plan('--canary none --max-unreachable 1 vieux/sshfs')
          const working = worker()
          assert.is(await begin(`start ${GRANT} --wait FOLDER/plan.json`).code, 0)
          assert.is((await rollout('retry --only failed')).code, 1)
          const retried = await rollout('retry --only unreachable --wait')
          assert.is(retried.code, 0, retried.stderr)
          const { records } = JSON.parse((await rollout('export')).stdout)
          assert.equal(
            records.map(({ state, attempt }: TargetRecord) => `${state} ${attempt}`),
            ['done 1', 'unreachable 2'],
          )
          working.signals.emit('SIGTERM')
          assert.is(await working.code, 0)
        },
        { size: 1, missing: 1, env: { PLUGIN_FLOW_QUEUE: server.url } },
      ))

    test('a rollout ends with another worker', () =>
      onStage(async ({ plan, begin, worker }) => {
        await plan('--hold 0 vieux/sshfs')
        const starting = begin(`start ${GRANT} FOLDER/plan.json`)
        const first = worker('--parallel 1 --json')
        await first.stdout.seen('"state":"done"')
        first.signals.emit('SIGINT')
        assert.is(await first.code, 0)
        const second = worker()
        assert.is(await starting.code, 0)
        second.signals.emit('SIGTERM')
        assert.is(await second.code, 0)
      }))
  })
}

queueSuite('plan that is edited on its server', (test, servers) => {
  test('no worker carries it out, and it is named', async () => {
    const server = await startRedis(servers)
    await onRolloutStage(
      async ({ plan, rollout, begin, worker, enabled }) => {
        await plan('vieux/sshfs')
        const starting = begin(`start ${GRANT} FOLDER/plan.json`)
        await starting.stderr.seen('no worker serves this queue now')
        const client = new Redis(server.url)
        await until(async () => (await client.llen('plugin-flow:rollouts')) > 0)
        const [id = ''] = await client.lrange('plugin-flow:rollouts', 0, -1)
        const key = `plugin-flow:rollout:${id}`
        const written = (await client.hget(key, 'plan')) ?? ''
        await client.hset(key, 'plan', written.replaceAll('unix:', 'tcp:'))
        client.disconnect()
        const working = worker()
        await working.stderr.seen(`the plan of ${id} was changed after it was made`)
        assert.equal(await enabled(), [[]])
        const status = await rollout('status')
        assert.is(status.code, 2)
        assert.match(status.stderr, 'was changed after it was made')
        assert.is((await rollout('ls')).code, 1)
        for (const { signals, code } of [working, starting]) {
          signals.emit('SIGTERM')
          await code
        }
      },
      { size: 1, env: { PLUGIN_FLOW_QUEUE: server.url } },
    )
    await server.stop()
  })
})

queueSuite('queue with TLS', (test, servers) => {
  let authority: Authority
  let issued: Issued
  test.before(async () => {
    authority = await makeAuthority()
    issued = await authority.issue('queue')
  })
  test.after(() => authority.remove())

  test('Redis :: with the CA of the environment, and refused without it', async () => {
    const server = await startRedis(servers, {
      'tls-cert-file': issued.certFile,
      'tls-key-file': issued.keyFile,
      'tls-ca-cert-file': authority.caFile,
      'tls-auth-clients': 'no',
    })
    const trusted = await listed({
      ...process.env,
      NODE_EXTRA_CA_CERTS: authority.caFile,
      PLUGIN_FLOW_QUEUE: server.url,
    })
    assert.equal([trusted.code, trusted.stderr], [0, ''])
    await isRefused(server.url, /does not take this connection: .*certificate/)
    await server.stop()
  })

  test('PostgreSQL :: with the CA of the address, and refused with another one, with another password, and where it is not there', async () => {
    const server = await startPostgres(servers, issued)
    const verified = (file: string) => `${server.url}?sslmode=verify-full&sslrootcert=${file}`
    await onRolloutStage(
      async ({ rollout }) => {
        const trusted = await rollout('ls')
        assert.equal([trusted.code, trusted.stderr], [0, ''])
      },
      { size: 0, env: { PLUGIN_FLOW_QUEUE: verified(authority.caFile) } },
    )
    const other = await makeAuthority()
    await isRefused(verified(other.caFile), /does not take this connection: .*certificate/)
    other.remove()
    await isRefused(server.url.replace(PASSWORD, `${PASSWORD}x`), /password authentication failed/)
    await server.stop()
    await isRefused(server.url, /ECONNREFUSED/)
    await isRefused(`redis://ann:${PASSWORD}@127.0.0.1:1`, /ECONNREFUSED/)
  })
})

queueSuite('worker that is told to end', (test, servers) => {
  for (const start of [startRedis, startPostgres]) {
    test(`${start.name}, killed before :: one signal is enough`, async () => {
      const server = await start(servers)
      await onRolloutStage(
        async ({ worker }) => {
          const working = worker()
          await working.stderr.seen('works on targets of all zones')
          await server.kill()
          await working.stderr.seen('trying again')
          working.signals.emit('SIGTERM')
          assert.is(await working.code, 0)
        },
        { size: 1, env: { PLUGIN_FLOW_QUEUE: server.url } },
      )
      await server.stop()
    })
  }

  test('a second signal leaves a target that does not end', async () => {
    const server = await startRedis(servers)
    await onRolloutStage(
      async ({ folder, plan, begin, worker }) => {
        const sockets = new Set<Socket>()
        const silent = createServer((socket) => sockets.add(socket.on('error', () => {})))
        silent.listen(join(folder, 'silent.sock'))
        await once(silent, 'listening')
        const fleet = { targets: [{ id: 's0', host: `unix://${folder}/silent.sock` }] }
        const all = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8'))
        const targets = [...fleet.targets, ...all.targets]
        writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ targets }))
        await plan('--deadline 1 --canary 1 vieux/sshfs')
        const starting = begin(`start ${GRANT} FOLDER/plan.json`)
        const asked = once(silent, 'connection')
        const working = worker()
        await asked
        working.signals.emit('SIGTERM')
        await working.stderr.seen('no further target is taken, and those at work are waited for')
        working.signals.emit('SIGTERM')
        assert.is(await working.code, 143)
        starting.signals.emit('SIGINT')
        assert.is(await starting.code, 130)
        assert.match(starting.stderr.text(), /plugin-flow rollout watch \S+ follows it$/m)
        for (const socket of sockets) socket.destroy()
        silent.close()
      },
      { size: 1, env: { PLUGIN_FLOW_QUEUE: server.url } },
    )
    await server.stop()
  })
})

queueSuite('queue that is refused', (test, servers) => {
  for (const [what, settings, why] of [
    [
      'Redis without an append-only file',
      { appendonly: 'no' },
      /keeps no append-only file, so that a restart would lose rollouts: set "appendonly yes" in its configuration/,
    ],
    [
      'Redis that evicts',
      { 'maxmemory-policy': 'allkeys-lru' },
      /would drop rollouts when its memory is full \(allkeys-lru\): set "maxmemory-policy noeviction"/,
    ],
    ['another password on Redis', { user: 'ann on >another-one ~* +@all' }, /WRONGPASS/],
  ] as const) {
    test(`${what} :: one line, without the password`, async () => {
      const server = await startRedis(servers, settings)
      await isRefused(server.url, why)
      await server.stop()
    })
  }
})

async function isRefused(url: string, why: RegExp): Promise<void> {
  await onRolloutStage(
    async ({ rollout, worker }) => {
      const working = worker()
      const { code, stdout, stderr } = await rollout('ls')
      for (const [status, text] of [
        [code, stdout + stderr],
        [await working.code, working.stdout.text() + working.stderr.text()],
      ] as const) {
        assert.is(status, 2)
        assert.match(text, why)
        assert.not.match(text, PASSWORD)
        assert.is(text.trim().split('\n').length, 1, text)
      }
    },
    { size: 0, env: { PLUGIN_FLOW_QUEUE: url } },
  )
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await isSo()) && Date.now() < end) await setTimeout(10)
  assert.ok(await isSo(), 'it has not come to that')
}

/** In a process of its own, which reads its CAs when it starts. */
async function listed(env: NodeJS.ProcessEnv): Promise<{ code: number; stderr: string }> {
  const bin = join(import.meta.dirname, '../../src/command/bin.ts')
  const argv = ['--import', 'tsx', bin, 'rollout', 'ls']
  return promisify(execFile)(process.execPath, argv, { env }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }) => ({ code, stderr }),
  )
}
