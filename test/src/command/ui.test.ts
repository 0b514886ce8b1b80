import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { createActor, createMachine } from 'xstate'
import { buildViewer } from '../../../.ci/buildViewer.ts'
import { beginRun } from '../../../adapters/journal/runJournal.ts'
import { connect } from '../../../src/flow/connect.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import type { GivenSetting } from '../../../src/flow/types.ts'
import { liveInspector } from '../../../src/live/liveInspector.ts'
import type { PastRun } from '../../../src/ui/history.ts'
import type { ShownMachine } from '../../../src/ui/startMachineUi.ts'
import { parcel } from '../../support/foreignMachines.ts'
import { suite } from '../../support/suite.ts'
import { ask, enter, stream, tokenOf } from '../ui/uiStage.ts'
import { onStage, run } from './stage.ts'

const QUEUE = 'redis://queue'
const page = join(import.meta.dirname, '../../../dist/ui/machine.html')

suite('plugin-flow ui', (test) => {
  test.before(async () => {
    if (!existsSync(page)) await buildViewer()
  })

  test('it serves the page until a signal comes', async () => {
    const { stdout, signals, code } = run({}, {}, ['ui', '--engine', 'embedded'])
    await stdout.seen('/#token=')
    await stdout.seen('\n')
    const [url = ''] = /http:\S+/.exec(stdout.text()) ?? []
    assert.match(stdout.text(), /^simulation: /)
    assert.is(new URL(url).hostname, '127.0.0.1')
    const { status, body } = await ask(url)
    assert.is(status, 200)
    assert.match(body, '<title>plugin-flow</title>')
    signals.emit('SIGINT')
    assert.is(await code, 130)
    await ask(url).then(
      () => assert.unreachable('it still listens'),
      ({ code }) => assert.is(code, 'ECONNREFUSED'),
    )
  })

  test('an install of the page is recorded while it lasts', () =>
    onStage(
      async ({ embedded, config }) => {
        const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host, XDG_STATE_HOME: config }
        const { stdout, signals, code } = run({}, env, ['ui'])
        await stdout.seen('\n')
        const [address = ''] = /http:\S+/.exec(stdout.text()) ?? []
        const ui = { url: address, cancelFlows: async () => {}, close: async () => {} }
        const { origin } = new URL(address)
        const client = await enter({ ui, embedded, origin })
        const rollouts = JSON.parse((await client.get('/rollouts')).body)
        assert.equal(rollouts, { rollouts: [], problems: [] })
        const id = await client.install({ reference: 'vieux/sshfs' })
        const events = stream(`${origin}/flows/${id}/events`, client)
        const { request } = (await events.seen('consent')) as unknown as { request: { id: number } }
        assert.is((await client.post(`/flows/${id}/grant`, { request: request.id })).status, 204)
        await events.seen('progress')
        const runs = join(config, 'plugin-flow')
        const [written = ''] = readdirSync(runs).filter((name) => name.endsWith('.json'))
        assert.is(JSON.parse(readFileSync(join(runs, written), 'utf8')).engine.host, embedded.host)
        signals.emit('SIGINT')
        assert.is(await code, 130)
        assert.equal(readdirSync(runs), ['ended'], 'it was taken back, and needs no attention')
        assert.equal(embedded.plugins(), [])
      },
      { pace: 1 },
    ))

  test('an upgrade on the page is written down, and no other of that plugin begins meanwhile', () =>
    onStage(async ({ embedded, config, command }) => {
      await command('install', '--grant-all-permissions', 'acme/notes:1.0')
      const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host, XDG_STATE_HOME: config }
      const { stdout, signals, code } = run({}, env, ['ui'])
      await stdout.seen('\n')
      const [address = ''] = /http:\S+/.exec(stdout.text()) ?? []
      const ui = { url: address, cancelFlows: async () => {}, close: async () => {} }
      const { origin } = new URL(address)
      const client = await enter({ ui, embedded, origin })
      const body = { machine: 'pluginUpgrade', name: 'acme/notes:1.0', reference: 'acme/notes:2.0' }
      const id = await client.install(body)
      const events = stream(`${origin}/flows/${id}/events`, client)
      await events.seen('consent')
      const second = await client.post('/flows', body)
      assert.is(second.status, 400)
      assert.match(second.body, 'acme/notes:1.0 is being upgraded: run ')
      await client.post(`/flows/${id}/grant`, { request: 1 })
      await events.seen('consent', 2)
      const runs = join(config, 'plugin-flow')
      const [written = ''] = readdirSync(runs).filter((name) => name.endsWith('.json'))
      assert.match(readFileSync(join(runs, written), 'utf8'), '"machine":"pluginUpgrade"')
      signals.emit('SIGINT')
      assert.is(await code, 130)
      assert.equal(
        readdirSync(runs).filter((name) => name.endsWith('.json')),
        [],
      )
      assert.equal(
        embedded.plugins().map(({ Name }) => Name),
        ['acme/notes:1.0'],
      )
    }))

  test('runs that were recorded :: listed, gone on with, taken back, and kept with what was shown', () =>
    onStage(async ({ embedded, config }) => {
      const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host, XDG_STATE_HOME: config }
      const engine = connect({ host: embedded.host, env })
      const folder = join(config, 'plugin-flow')
      const leave = async (
        reference: string,
        host = embedded.host,
        settings: GivenSetting[] = [],
      ) => {
        const run = await beginRun(folder, { host })
        const grantAllPermissions = true
        const flow = installPlugin(engine, { reference, settings, grantAllPermissions })
        const snapshot = flow.snapshot()
        flow.cancel()
        await flow.result.catch(() => {})
        await run.write(snapshot)
        await run.close()
        return run.id
      }
      const secret = { setting: 'DEBUG=1', secret: true } as const
      const first = await leave('acme/plain')
      const second = await leave('acme/late')
      const third = await leave('acme/notes:1.0', embedded.host, [secret])
      const elsewhere = await leave('acme/plain', 'unix:///elsewhere.sock')
      const { stdout, signals, code } = run({}, env, ['ui'])
      await stdout.seen('\n')
      const [address = ''] = /http:\S+/.exec(stdout.text()) ?? []
      const ui = { url: address, cancelFlows: async () => {}, close: async () => {} }
      const { origin } = new URL(address)
      const client = await enter({ ui, embedded, origin })
      const history = async (): Promise<PastRun[]> =>
        JSON.parse((await client.get('/history')).body).runs
      const listed = await history()
      assert.equal(listed.map(({ id }) => id).sort(), [first, second, third].sort())
      assert.ok(listed.every(({ left }) => left === 'left'))
      assert.equal(listed.find(({ id }) => id === third)?.secrets, ['DEBUG'])

      const finish = async (id: string, action: string, body: object = {}) => {
        const made = await client.post(`/history/${id}/${action}`, body)
        assert.equal([made.status, JSON.parse(made.body)], [201, { id }])
        const { events, ended } = stream(`${origin}/flows/${id}/events`, client)
        await ended
        const outcome = events.at(-1)
        return outcome?.type === 'outcome' && outcome.outcome.state
      }
      assert.is(await finish(first, 'resume'), 'done')
      assert.is(await finish(second, 'rollback'), 'rolledBack')
      const without = await client.post(`/history/${third}/resume`, {})
      assert.is(without.status, 400)
      assert.match(without.body, 'DEBUG is secret')
      assert.is(await finish(third, 'resume', { secrets: { DEBUG: 'planted' } }), 'done')
      assert.match((await client.post(`/history/${elsewhere}/resume`, {})).body, 'elsewhere.sock')
      assert.match((await client.post('/history/00000000/resume', {})).body, 'no run has the ID')

      const toneOf = async (id: string) => (await history()).find((each) => each.id === id)?.tone
      for (const [id, tone] of [
        [first, 'good'],
        [second, 'stopped'],
        [third, 'good'],
      ] as const) {
        // It is closed a moment after its last event.
        while ((await toneOf(id)) !== tone) await new Promise((next) => setTimeout(next, 20))
      }
      const kept = await client.get(`/history/${third}`)
      assert.is(JSON.parse(kept.body).events.at(-1).type, 'outcome')
      assert.not.match(kept.body, 'planted')
      for (const [path, status] of [
        ['/history/00000000', 404],
        ['/history/zzzzzzzz', 404],
        [`/history/${first}/resume`, 405],
      ] as const) {
        assert.is((await client.get(path)).status, status, path)
      }
      assert.is((await client.post('/history', {})).status, 405)
      assert.is((await client.post(`/history/${first}/explode`, {})).status, 404)
      const { status } = await client.post(`/history/${first}/resume`, { secrets: 1 })
      assert.is(status, 400)
      signals.emit('SIGINT')
      assert.is(await code, 130)
      engine.close()
    }))

  test('--open :: the browser gets the address in a file of this user, and not on a command line', () =>
    inFolder(async (folder) => {
      const seen = join(folder, 'seen')
      const program = `#!/bin/sh\necho "$*" > ${seen}.args\ncat "$1" > ${seen}.part\nmv ${seen}.part ${seen}\n`
      for (const name of ['xdg-open', 'open']) {
        writeFileSync(join(folder, name), program, { mode: 0o700 })
      }
      const env = { PATH: `${folder}:${process.env.PATH}` }
      const { stdout, signals, code } = run({}, env, ['ui', '--engine', 'embedded', '--open'])
      await stdout.seen('/#token=')
      await stdout.seen('\n')
      const [address = ''] = /http:\S+/.exec(stdout.text()) ?? []
      while (!existsSync(seen)) await new Promise((next) => setTimeout(next, 20))
      assert.match(readFileSync(seen, 'utf8'), `content="0;url=${address}"`)
      const file = readFileSync(`${seen}.args`, 'utf8').trim()
      assert.not.match(file, 'token')
      assert.is(statSync(file).mode & 0o077, 0)
      signals.emit('SIGINT')
      await code
      assert.not.ok(existsSync(file))
    }))

  test('--open :: a browser that cannot be opened is a line, and the page is served', () =>
    inFolder(async (folder) => {
      const env = { PATH: folder }
      const { stderr, signals, code } = run({}, env, ['ui', '--engine', 'embedded', '--open'])
      await stderr.seen('warning: the browser was not opened (')
      await stderr.seen(': open the address\n')
      assert.match(stderr.text(), 'ENOENT')
      signals.emit('SIGINT')
      assert.is(await code, 130)
      for (const name of ['xdg-open', 'open']) {
        writeFileSync(join(folder, name), '#!/bin/sh\nexit 3\n', { mode: 0o700 })
      }
      const file = join(folder, 'machine.json')
      writeFileSync(file, JSON.stringify(parcel))
      const machine = run({}, env, ['ui', '--machine', file, '--open'])
      await machine.stderr.seen('exit status 3): open the address\n')
      machine.signals.emit('SIGINT')
      assert.is(await machine.code, 130)
    }))

  test('an invalid address', () =>
    onStage(async ({ command }) => {
      const { code, stderr } = await command('ui', '--host', 'ftp://x')
      assert.is(code, 1)
      assert.match(stderr, /^plugin-flow: .*ftp/)
    }))

  test('a queue of something else :: refused, and its address is not repeated', () =>
    onStage(async ({ command }) => {
      const { code, stdout, stderr } = await command('ui', '--queue', 'mysql://ann:s3cret@queue')
      assert.is(code, 2)
      assert.match(stderr, 'it begins with redis://, rediss:// (with TLS) or postgres://')
      assert.not.match(stdout + stderr, 's3cret')
    }))

  test('a port that is taken :: a line', async () => {
    const { stdout, signals, code } = run({}, {}, ['ui', '--engine', 'embedded'])
    await stdout.seen('\n')
    await stdout.seen('/#token=')
    const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(stdout.text()) ?? []
    const second = run({}, {}, ['ui', '--engine', 'embedded', '--port', port])
    assert.is(await second.code, 1)
    assert.match(second.stderr.text(), /^plugin-flow: .*EADDRINUSE.*\n$/)
    signals.emit('SIGINT')
    await code
  })

  test('a machine from a file :: its page and its chart, without an engine, until a signal comes', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'machine.json')
      writeFileSync(file, `\ufeff${JSON.stringify(parcel)}`)
      const nowhere = { DOCKER_HOST: 'unix:///nowhere.sock' }
      const { stdout, signals, code } = run({}, nowhere, ['ui', '--machine', file])
      await stdout.seen('\n')
      const { get, url } = comeIn(stdout.text())
      assert.match(await get('/'), '/machine.js')
      const { layout }: ShownMachine = JSON.parse(await get('/chart'))
      assert.is(layout.id, 'parcel')
      assert.is(layout.states.length, 16)
      assert.is((await ask(new URL('/chart', url).href)).status, 403)
      signals.emit('SIGTERM')
      assert.is(await code, 143)
      await ask(url).then(
        () => assert.unreachable('it still listens'),
        ({ code }) => assert.is(code, 'ECONNREFUSED'),
      )
    }))

  test('a machine from standard input, and a word before a long layout', async () => {
    const { stdin, stdout, stderr, signals, code } = run({}, {}, ['ui', '--machine', '-'])
    const on = { always: Array(61).fill('on') }
    stdin.end(JSON.stringify({ initial: 'on', states: { on } }))
    await stdout.seen('\n')
    assert.is(stderr.text(), 'plugin-flow: laying out 61 transitions, which takes a while\n')
    const { get } = comeIn(stdout.text())
    const { layout }: ShownMachine = JSON.parse(await get('/chart'))
    assert.equal(
      layout.states.map(({ path }) => path),
      ['on'],
    )
    signals.emit('SIGINT')
    assert.is(await code, 130)
  })

  test('a machine whose actors are watched :: the page takes what they report', async () => {
    const { stdin, stdout, signals, code } = run({}, {}, ['ui', '--live', '--machine', '-'])
    stdin.end(JSON.stringify(parcel))
    await stdout.seen('docker-plugin-flow/inspect\n')
    const { get, url } = comeIn(stdout.text())
    const live = liveInspector(url)
    const idle = createMachine({ id: 'parcel', initial: 'idle', states: { idle: {} } })
    createActor(idle, { inspect: live.inspect }).start()
    await live.close()
    assert.match(await get('/live/0'), '"value":"idle"')
    signals.emit('SIGINT')
    assert.is(await code, 130)
  })

  const unusable: [
    what: string,
    file: string,
    content: string | Buffer | undefined,
    message: string,
  ][] = [
    ['not there', 'none.json', undefined, 'there is no such file'],
    ['a folder', '.', undefined, 'it is a folder'],
    ['no JSON', 'code.ts', 'export {}', 'it is not JSON'],
    ['too large', 'large.json', ' '.repeat(9_000_000), 'it has more than 8 MiB'],
    ['not text', 'code.bin', Buffer.from([0xff, 0xfe]), 'it is not text in UTF-8'],
    [
      'a target that is nowhere',
      'lost.json',
      '{"initial":"a","states":{"a":{"on":{"GO":"b\\u001b[2J"}}}}',
      'the state "a" goes to "b\\u{1b}[2J" on "GO", which does not exist',
    ],
  ]
  for (const [what, name, content, message] of unusable) {
    test(`a machine that cannot be used :: ${what}`, () =>
      inFolder(async (folder) => {
        const file = join(folder, name)
        if (content !== undefined) writeFileSync(file, content)
        const { code, stdout, stderr } = run({}, {}, ['ui', '--machine', file])
        assert.is(await code, 2)
        assert.is(stdout.text(), '')
        assert.is(
          stderr.text(),
          `plugin-flow: --machine ${file}: ${message}; see plugin-flow ui --help\n`,
        )
      }))
  }

  const wrong: [string[], RegExp][] = [
    [['x'], /takes no arguments/],
    [['--port', '70000'], /--port takes a number/],
    [['--port', 'http'], /--port takes a number/],
    [['--engine', 'real'], /--engine must be "embedded", not "real"/],
    [['--engine', 'embedded', '--host', 'unix:///x'], /inside this command: leave out --host/],
    [['--machine', 'x.json', '--engine', 'embedded'], /uses no engine: leave out --engine/],
    [['--live'], /--live watches actors of a machine: add --machine FILE/],
    [['--machine', 'x.json', '--tls'], /uses no engine: leave out --tls/],
    [['--machine', 'x.json', '--queue', QUEUE], /uses no engine: leave out --queue/],
    [['--engine', 'embedded', '--queue', QUEUE], /has no rollouts: leave out --queue/],
  ]
  for (const [args, message] of wrong) {
    test(`wrong usage :: ${args.join(' ')}`, () =>
      onStage(async ({ command }) => {
        const { code, stderr } = await command('ui', ...args)
        assert.is(code, 2)
        assert.match(stderr, message)
      }))
  }
})

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  try {
    await act(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Opens the address that was printed as a browser does. */
function comeIn(printed: string) {
  const [url = ''] = /http:\S+/.exec(printed) ?? []
  const headers = tokenOf(url)
  return {
    url,
    get: async (path: string) => (await ask(new URL(path, url).href, { headers })).body,
  }
}
