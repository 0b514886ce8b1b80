import { stripVTControlCharacters } from 'node:util'
import * as assert from 'uvu/assert'
import { definePlugin } from '../../../adapters/embedded/definePlugin.ts'
import { afterPing, answerJSON, serveEngine } from '../../support/engineServer.ts'
import { digest } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { collector } from './collect.ts'
import { asTerminal } from './screen.ts'
import { lines, onStage, run, type Stage } from './stage.ts'

const SSHFS = 'vieux/sshfs'

const Mounts = [{ Name: 'm', Source: '/\x1b[2Jcleared', Destination: '/m' }]
const hostile = {
  'docker.io': {
    repositories: { 'acme/hostile': { latest: definePlugin({ config: { Mounts } }) } },
  },
}

const sent = ({ embedded }: Stage) => embedded.requests().map(({ method }) => method)

/** Runs it, and looks that nothing has changed. */
async function dryRun(stage: Stage, ...args: string[]) {
  const before = stage.embedded.plugins()
  const earlier = sent(stage).length
  const { code, stdout, stderr } = stage.run('--dry-run', ...args)
  const ended = { code: await code, stdout, stderr: stderr.text() }
  assert.equal(stage.embedded.plugins(), before)
  assert.ok(
    sent(stage)
      .slice(earlier)
      .every((method) => ['GET', 'HEAD'].includes(method)),
  )
  return ended
}

suite('plugin-flow install --dry-run', (test) => {
  test('shows what would be installed, granted and sent :: 0 when a person would be asked', () =>
    onStage(async (stage) => {
      const args = [SSHFS, 'DEBUG=1', 'state.source=/data', '--enable-timeout', '7']
      const { code, stdout, stderr } = await dryRun(stage, ...args)
      assert.equal([code, stderr], [0, ''])
      const [first, plugin, digest, ...rest] = lines(stdout)
      assert.is(first, 'dry run: nothing was changed')
      assert.is(plugin, 'plugin      vieux/sshfs:latest, from vieux/sshfs')
      assert.match(digest ?? '', /^digest {6}sha256:[0-9a-f]{64}$/)
      assert.equal(rest, [
        'privileges  network: [host]',
        '            mount: [/var/lib/docker/plugins/]',
        '            mount: []',
        '            device: [/dev/fuse]',
        '            capabilities: [CAP_SYS_ADMIN]',
        '            setting state.source=/data: may point a mount or device of the plugin there',
        'consent     a person would be asked',
        'requests    POST /plugins/pull?remote=docker.io%2Fvieux%2Fsshfs%3Alatest&name=vieux%2Fsshfs%3Alatest',
        '            POST /plugins/vieux/sshfs:latest/set',
        '            POST /plugins/vieux/sshfs:latest/enable?timeout=7',
      ])
    }))

  test('on a terminal :: each privilege is explained, with --plain it is not', () =>
    onStage(async (stage) => {
      const show = async (...args: string[]) => {
        const stdout = asTerminal(collector())
        const { code } = stage.runWith({ stdout }, '--dry-run', ...args)
        assert.is(await code, 0)
        return stripVTControlCharacters(stdout.text()).split('\n')
      }
      const explained = await show(SSHFS, 'state.source=/data')
      const start = explained.indexOf('privileges')
      assert.equal(explained.slice(start, start + 3), [
        'privileges',
        '  critical  Capability: CAP_SYS_ADMIN',
        '            It can mount, and change most of the system: as good as root.',
      ])
      const setting = '  medium    Setting that changes what it reaches: state.source=/data'
      assert.ok(explained.indexOf(setting) > start, explained.join('\n'))
      assert.ok(explained.includes('consent     a person would be asked'))
      assert.ok((await show(SSHFS, '--plain')).includes('privileges  network: [host]'))
      assert.ok((await show('acme/plain')).includes('privileges  none'))
    }))

  test('the values of settings stay out of it', () =>
    onStage(async (stage) => {
      for (const form of [[], ['--json']]) {
        const { stdout } = await dryRun(stage, SSHFS, 'DEBUG=s3cret', ...form)
        assert.not.match(stdout.text(), 's3cret')
      }
    }))

  const answers: [args: string[], code: number, consent: string][] = [
    [[SSHFS, '--grant-all-permissions'], 0, 'granted'],
    [[SSHFS, '--allow', 'network:*'], 1, 'denied: not allowed: mount:/var/lib/docker/plugins/'],
    [['acme/plain'], 0, 'nothing is asked for'],
    [['acme/plain', '--allow', 'network:*'], 0, 'nothing is asked for'],
  ]
  for (const [args, code, consent] of answers) {
    test(`${args.join(' ')} :: ${consent}`, () =>
      onStage(async (stage) => {
        const ended = await dryRun(stage, ...args)
        assert.is(ended.code, code)
        const line = lines(ended.stdout).find((line) => line.startsWith('consent'))
        assert.ok(line?.startsWith(`consent     ${consent}`), line)
        assert.is(ended.stderr === '', code === 0)
      }))
  }

  test('a policy that denies is a line of its own, with --quiet the only one', () =>
    onStage(async (stage) => {
      const { code, stdout, stderr } = await dryRun(stage, SSHFS, '--allow', 'a:b', '--quiet')
      assert.equal([code, stdout.text()], [1, ''])
      assert.match(
        stderr,
        /^plugin-flow: vieux\/sshfs would be denied: not allowed: network:host, .*\n$/,
      )
    }))

  test('--quiet :: nothing when it would go through', () =>
    onStage(async (stage) => {
      const { code, stdout, stderr } = await dryRun(stage, 'acme/plain', '--quiet')
      assert.equal([code, stdout.text(), stderr], [0, '', ''])
    }))

  test('the privileges of a plugin cannot clear a terminal', () =>
    onStage(
      async (stage) => {
        for (const form of [[], ['--json'], ['--allow', 'a:b', '--quiet']]) {
          const { stdout, stderr } = await dryRun(stage, 'acme/hostile', ...form)
          assert.match(stdout.text() + stderr, 'cleared')
          assert.not.match(stdout.text() + stderr, '\x1b')
        }
      },
      { registries: hostile },
    ))

  test('a plugin that is installed already', () =>
    onStage(async (stage) => {
      await stage.command('install', 'acme/plain')
      const { code, stdout } = await dryRun(stage, 'acme/plain', '--if-present', 'keep')
      assert.is(code, 0)
      assert.is(lines(stdout)[1], 'plugin      acme/plain:latest is installed already')
      assert.is(lines(stdout).at(-1), 'requests    none that changes anything')
    }))

  test('--json :: one line, with the exit status', () =>
    onStage(async (stage) => {
      const { code, stdout } = await dryRun(stage, SSHFS, 'state=/x', '--allow', 'a:b', '--json')
      assert.is(code, 1)
      const [line = '', ...more] = lines(stdout)
      assert.equal(more, [])
      const { type, present, request, consent, requests, exitCode } = JSON.parse(line)
      assert.equal([type, present, exitCode], ['plan', false, 1])
      assert.is(request.privileges.length, 5)
      assert.equal(request.settings, [{ setting: 'state=/x', widens: true }])
      assert.is(consent.answer, 'denied')
      assert.match(consent.reason, /^not allowed: /)
      assert.is(requests.length, 3)
    }))

  const failures: [args: string[], code: number, words: RegExp][] = [
    [['acme/nosuch'], 1, /^plugin-flow: .*acme\/nosuch/],
    [['hello-world'], 1, /^plugin-flow: .* is no plugin/],
    [['registry.example.com/acme/private:1.0'], 1, /^plugin-flow: .*wants credentials/],
    [['vieux/SSHFS'], 2, /^plugin-flow: "vieux\/SSHFS" is not a plugin reference/],
    [['a', '-H', 'ftp://x'], 2, /^plugin-flow: .*ftp:\/\/x/],
  ]
  for (const [args, code, words] of failures) {
    test(`${args.join(' ')} :: fails as the install would, ${code}`, () =>
      onStage(async (stage) => {
        const ended = await dryRun(stage, ...args)
        assert.equal([ended.code, ended.stdout.text()], [code, ''])
        assert.match(ended.stderr, words)
        const json = await dryRun(stage, ...args, '--json')
        const { type, exitCode } = JSON.parse(lines(json.stdout).at(-1) ?? '')
        assert.equal([json.code, type, exitCode], [code, 'outcome', code])
      }))
  }

  const forms: [form: string, told: RegExp][] = [
    ['', /^plugin-flow: .*503 Service Unavailable.*; again in .*s \(attempt 2 of 4\)\n$/],
    ['--json', /^plugin-flow: .*503 Service Unavailable.*; again in .*s \(attempt 2 of 4\)\n$/],
    ['--quiet', /^$/],
  ]
  for (const [form, told] of forms) {
    test(`a retried look-up is reported on stderr :: ${form || 'lines'}`, async () => {
      let isOverloaded = true
      const server = await serveEngine(
        afterPing(({ url }, response) => {
          if (url.includes('/privileges')) return answerJSON(response, 200, null)
          if (!url.includes('/distribution/')) {
            return answerJSON(response, 404, { message: 'plugin "a" not found' })
          }
          if (!isOverloaded) return answerJSON(response, 200, { Descriptor: { digest } })
          isOverloaded = false
          const message = 'received unexpected HTTP status: 503 Service Unavailable'
          answerJSON(response, 500, { message })
        }),
      )
      try {
        const env = { DOCKER_HOST: server.host, DOCKER_CONFIG: '/nonexistent' }
        const argv = ['install', '--dry-run', SSHFS, ...(form ? [form] : [])]
        const { code, stdout, stderr } = run({}, env, argv)
        assert.is(await code, 0, stderr.text())
        assert.match(stderr.text(), told)
        if (form === '--json') assert.is(JSON.parse(stdout.text()).request.digest, digest)
        else assert.is(stdout.text().includes(digest), form === '')
      } finally {
        await server.close()
      }
    })
  }

  test('Ctrl-C ends it, and there is nothing to take back', async () => {
    let ask = () => {}
    const asked = new Promise<void>((resolve) => {
      ask = resolve
    })
    // An engine that never answers.
    const server = await serveEngine(afterPing(() => ask()))
    const env = { DOCKER_HOST: server.host, DOCKER_CONFIG: '/nonexistent' }
    const { code, signals, stderr } = run({}, env, ['install', '--dry-run', SSHFS])
    try {
      await asked
      signals.emit('SIGINT')
      assert.is(await code, 130)
      assert.match(stderr.text(), /^plugin-flow: SIGINT: cancelled\n/)
      assert.equal(signals.eventNames(), [])
    } finally {
      await server.close()
    }
  })
})
