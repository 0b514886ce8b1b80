import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { beginRun } from '../../../../adapters/journal/runJournal.ts'
import { definePlugin, type EmbeddedEngine } from '../../../../src/embedded.ts'
import { suite } from '../../../support/suite.ts'
import { collector } from '../collect.ts'
import { asTerminal } from '../screen.ts'
import { onStage, run, type Stage } from '../stage.ts'

const GRANT = '--grant-all-permissions'
const NAME = 'acme/notes:1.0'

/** A stage with 1.0 installed and set. */
function withNotes(act: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(async (stage) => {
    const settings = ['DEBUG=1', 'state.source=/data']
    const { code } = await stage.command('install', GRANT, NAME, ...settings)
    assert.is(code, 0)
    await act(stage)
  })
}

/** Upgrades with these lines of standard input. */
async function answering({ embedded, config }: Stage, input: string, ...args: string[]) {
  const stdin = new PassThrough()
  stdin.end(input)
  const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host }
  const { code, stdout, stderr } = run({ stdin }, env, ['upgrade', ...args])
  return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
}

function inEffect(embedded: EmbeddedEngine) {
  const { Env, Mounts, Args } = embedded.process(NAME) ?? {}
  return { Env, mounts: Mounts?.map(({ Source }) => Source), Args }
}

/** Patterns that allow whatever a plugin may ask for. */
const ALL = ['network:**', 'mount:**', 'device:**', 'capabilities:**']

const BEFORE = { Env: ['DEBUG=1', 'FORMAT=text'], mounts: ['/data'], Args: ['--quiet'] }

suite('plugin-flow upgrade', (test) => {
  test('both questions show the difference, and the end what became of each setting', () =>
    withNotes(async (stage) => {
      const { code, stdout, stderr } = await answering(stage, 'y\ny\n', NAME, 'acme/notes:2.0')
      assert.is(code, 0, stderr)
      for (const words of [
        'Upgrading plugin "acme/notes:1.0" from acme/notes:1.0 to acme/notes:2.0\n',
        ' - added: network: [host]\n',
        ' - added: mount: [/etc/notes]\n',
        ' - as before: device: [/dev/fuse]\n',
        ' - setting state.source=/data: may point a mount or device of the plugin there\n',
        'If the upgrade fails, the old version comes back from acme/notes:1.0.\n',
        'Do you grant the above permissions? [y/N] ',
        'Replacing plugin "acme/notes:1.0" does not carry everything over:\n',
        'it gets another ID, and the data in its own mount is lost\n',
        ' - variable DEBUG: its value is dropped, for the new version has no such setting\n',
        '  mount state: its value /data is set again\n',
      ]) {
        assert.ok(stdout.includes(words), `${words}: ${stdout}`)
      }
      assert.match(stdout, /^replaced acme\/notes:1\.0 \([0-9a-f]{12}, enabled\): .* now$/m)
      assert.equal(inEffect(stage.embedded), {
        Env: ['LEVEL=info', 'FORMAT=json'],
        mounts: ['/data', '/etc/notes'],
        Args: ['--verbose'],
      })
      assert.is(stage.embedded.plugins().length, 1)
    }))

  test('no answer, or no to one of the questions :: nothing has changed, 1', () =>
    withNotes(async (stage) => {
      const [before] = stage.embedded.plugins()
      const rows: [input: string, why: string][] = [
        ['', 'no answer was given; --grant-all-permissions grants them without asking'],
        ['n\n', 'the answer was not y'],
        ['y\nn\n', 'the answer was not y'],
      ]
      for (const [input, why] of rows) {
        const { code, stderr } = await answering(stage, input, NAME, 'acme/notes:2.0')
        assert.is(code, 1)
        assert.match(stderr, why)
        assert.match(stderr, 'on the engine: nothing was changed\n')
        assert.equal(stage.embedded.plugins(), [before])
      }
    }))

  test('in place :: what stays and what cannot be had is asked for', () =>
    withNotes(async (stage) => {
      const args = [NAME, 'acme/notes:2.0', '--mode', 'in-place', 'LEVEL=debug']
      const { code, stdout } = await answering(stage, 'y\ny\n', ...args)
      assert.is(code, 0)
      assert.match(stdout, 'variable DEBUG: its value stays in effect, although the new version')
      assert.match(stdout, 'device kmsg: the value of the new version, /dev/kmsg, can only be had')
      assert.match(stdout, 'variable LEVEL: set as asked\n')
      assert.match(stdout, /^upgraded acme\/notes:1\.0 /m)
      assert.not.match(stdout, 'debug')
    }))

  test('of this content already :: says so, 0', () =>
    withNotes(async ({ embedded, command }) => {
      const [before] = embedded.plugins()
      const accept = ['--no-way-back', 'accept']
      const { code, stdout } = await command('upgrade', GRANT, ...accept, NAME)
      assert.is(code, 0)
      assert.match(stdout, 'is of this content already: nothing was changed\n')
      assert.equal(embedded.plugins(), [before])
    }))

  test('no way back :: unattended it is refused with the way out, or accepted', () =>
    withNotes(async ({ embedded, command }) => {
      const moved = definePlugin({ config: { Description: 'moved' } })
      embedded.publish('docker.io/acme/notes:1.0', moved)
      const args = ['upgrade', GRANT, '--mode', 'in-place', '-q']
      const refused = await command(...args, NAME)
      assert.is(refused.code, 1)
      assert.match(refused.stderr, '--no-way-back accept')
      const accepted = await command(...args, '--no-way-back', 'accept', NAME)
      assert.is(accepted.code, 0, accepted.stderr)
      assert.equal(accepted.stdout, `${embedded.plugins()[0]?.Id}\n`)
    }))

  test('another repository :: asks as Docker does, unless --skip-remote-check', () =>
    withNotes(async (stage) => {
      const { embedded, command } = stage
      const refused = await answering(stage, '', GRANT, NAME, 'acme/plain')
      assert.is(refused.code, 1)
      assert.match(refused.stdout, 'Plugin images do not match, are you sure? [y/N] ')
      assert.match(refused.stderr, '--skip-remote-check')
      assert.match(embedded.plugins()[0]?.PluginReference ?? '', 'notes')
      const replace = [GRANT, '--mode', 'replace']
      const agreed = await answering(stage, 'y\n', ...replace, NAME, 'acme/plain')
      assert.is(agreed.code, 0, agreed.stderr)
      const skip = [...replace, '--skip-remote-check']
      const skipped = await command('upgrade', ...skip, NAME, 'acme/notes:2.0')
      assert.is(skipped.code, 0, skipped.stderr)
    }))

  test('a new version that does not start :: the old one is back as it was, 1', () =>
    withNotes(async ({ embedded, command }) => {
      assert.equal(inEffect(embedded), BEFORE)
      const args = [GRANT, '--mode', 'in-place', NAME, 'acme/notes:3.0']
      const { code, stderr } = await command('upgrade', ...args)
      assert.is(code, 1)
      assert.match(stderr, 'on the engine: the old version is back, as it was\n')
      const { mounts, Args, Env } = inEffect(embedded)
      assert.equal([mounts, Args], [BEFORE.mounts, BEFORE.Args])
      for (const line of BEFORE.Env) assert.ok(Env?.includes(line), line)
      assert.is(embedded.plugins().length, 1)
    }))

  test('kept on failure :: says what is there; rollback takes it back', () =>
    withNotes(async ({ embedded, command }) => {
      const args = [GRANT, '--keep-on-failure', '--mode', 'in-place', NAME, 'acme/notes:3.0']
      const { code, stderr } = await command('upgrade', ...args)
      assert.is(code, 1)
      assert.match(stderr, 'on the engine: acme/notes:1.0 is the new version now (')
      const [, id = ''] =
        /the way back again: plugin-flow rollback ([0-9a-f]{8})$/m.exec(stderr) ?? []
      assert.match(
        stderr,
        `to mend it by hand: plugin-flow upgrade acme/notes:1.0 docker.io/acme/notes:1.0 && plugin-flow enable acme/notes:1.0\n`,
      )
      const listed = await command('runs', '--json')
      const row = listed.stdout.split('\n').find((line) => line.includes(id)) ?? '{}'
      const { kind, name, state } = JSON.parse(row)
      assert.equal([kind, name, state], ['upgrade', NAME, 'left behind'])
      const own = await command('resume', '--own', id)
      assert.equal([own.code, own.stderr.includes('this run is an upgrade')], [2, true])
      const back = await command('rollback', id)
      assert.is(back.code, 0, back.stderr)
      assert.match(back.stdout, 'rolled back: the old version is back, as it was\n')
      const { mounts, Args, Env } = inEffect(embedded)
      assert.equal([mounts, Args], [BEFORE.mounts, BEFORE.Args])
      for (const line of BEFORE.Env) assert.ok(Env?.includes(line), line)
    }))

  test('--dry-run :: sends nothing that changes anything, and says what cannot be known', () =>
    withNotes(async ({ embedded, command }) => {
      const already = embedded.requests().length
      const { code, stdout } = await command('upgrade', '--dry-run', NAME, 'acme/notes:2.0')
      assert.is(code, 0)
      const methods = embedded
        .requests()
        .slice(already)
        .map(({ method }) => method)
      assert.equal([...new Set(methods)], ['GET'])
      assert.match(stdout, /^in effect +mount state: \/data$/m)
      assert.match(stdout, /^ +env DEBUG: set by its owner$/m)
      assert.match(stdout, /^ +- added: network: \[host\]$/m)
      assert.match(stdout, /^not known +which settings are kept, set again, changed or lost/m)
      assert.match(stdout, /^way back +If the upgrade fails, the old version comes back/m)
    }))

  test('--dry-run on a terminal :: explains the privileges as the question does', () =>
    withNotes(async ({ embedded, config }) => {
      const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host, NO_COLOR: '1' }
      const dryRun = async (...more: string[]) => {
        const stdout = asTerminal(collector(), 100)
        const args = ['upgrade', '--dry-run', ...more, NAME, 'acme/notes:2.0']
        assert.is(await run({ stdout }, env, args).code, 0)
        return stdout.text()
      }
      assert.match(await dryRun(), '  critical  Host directory: /etc/notes\n')
      assert.match(await dryRun('--plain'), ' - added: mount: [/etc/notes]\n')
    }))

  test('--dry-run :: 1 where a policy denies, or there is no way back and none may be done without', () =>
    withNotes(async ({ command }) => {
      const denied = await command(
        'upgrade',
        '--dry-run',
        '--allow',
        'mount:/x',
        NAME,
        'acme/notes:2.0',
      )
      assert.is(denied.code, 1)
      assert.match(denied.stderr, 'acme/notes:2.0 would be denied: ')
      const refused = await command('upgrade', '--dry-run', GRANT, NAME)
      assert.is(refused.code, 1)
      assert.match(refused.stderr, 'would be refused')
      const missing = await command('upgrade', '--dry-run', 'acme/nosuch')
      assert.is(missing.code, 1)
      assert.match(missing.stderr, 'the engine has no plugin acme/nosuch')
    }))

  test('in use by a container :: refused before anything is asked, also by a dry run', () =>
    withNotes(async ({ embedded, command }) => {
      embedded.use(NAME, { volumes: ['data'], containers: ['web'] })
      const [before] = embedded.plugins()
      for (const [args, words] of [
        [[], 'acme/notes:1.0 is in use by web'],
        [['--force', '--mode', 'replace'], 'so it cannot be replaced'],
      ] as const) {
        const refused = await command('upgrade', GRANT, ...args, NAME, 'acme/notes:2.0')
        assert.is(refused.code, 1)
        assert.match(refused.stderr, words)
        assert.equal(embedded.plugins(), [before])
        const dry = await command('upgrade', '--dry-run', GRANT, ...args, NAME, 'acme/notes:2.0')
        assert.is(dry.code, 1)
        assert.match(dry.stdout, /^uses +Containers that use it: web\.$/m)
        assert.match(dry.stdout, /^ +Its volumes: data\.$/m)
        assert.match(dry.stderr, words)
      }
      const forced = ['--force', '--mode', 'in-place']
      const done = await command('upgrade', GRANT, ...forced, NAME, 'acme/notes:2.0')
      assert.is(done.code, 0, done.stderr)
    }))

  test('--no-new-privileges :: denies what the plugin does not have, without a question', () =>
    withNotes(async ({ embedded, command }) => {
      const [before] = embedded.plugins()
      const option = '--no-new-privileges'
      for (const more of [[], ['--dry-run'], ['--allow', 'network:host']]) {
        const denied = await command('upgrade', option, ...more, NAME, 'acme/notes:2.0')
        assert.is(denied.code, 1)
        assert.match(denied.stderr, 'the plugin does not have: network:host, mount:/etc/notes')
        assert.equal(embedded.plugins(), [before])
      }
      await command('rm', '--force', NAME)
      await command('install', GRANT, NAME)
      const same = await command('upgrade', option, '--no-way-back', 'accept', NAME)
      assert.is(same.code, 0, same.stderr)
      const wrong = await command('upgrade', option, GRANT, NAME)
      assert.equal([wrong.code, wrong.stderr.includes('cannot be combined')], [2, true])
    }))

  test('a replacement :: no grant of permissions agrees to it, the way on is named, 1', () =>
    withNotes(async (stage) => {
      const { embedded, config } = stage
      const [before] = embedded.plugins()
      const policy = (rule: object) => {
        const rules = [{ reference: 'acme/notes:*', allow: ALL, ...rule }]
        const file = join(config, 'policy.json')
        writeFileSync(file, JSON.stringify({ version: 1, rules }))
        return ['--policy', file]
      }
      const asks = /no answer was given; --mode replace with .* --mode in-place does not replace/
      const allow = ALL.flatMap((pattern) => ['--allow', pattern])
      const refusals: [args: string[], words: RegExp][] = [
        [[GRANT], /gives less than a new install \(.*--mode replace.*--mode in-place/s],
        [allow, asks],
        [policy({}), asks],
      ]
      for (const [args, words] of refusals) {
        const { code, stderr } = await answering(stage, '', ...args, NAME, 'acme/notes:2.0')
        assert.equal([code, words.test(stderr)], [1, true], stderr)
        assert.equal(embedded.plugins(), [before])
      }
      const agreed = await answering(stage, 'y\n', ...allow, NAME, 'acme/notes:2.0')
      assert.match(agreed.stdout, /^replaced /m, agreed.stderr)
      const back = await answering(stage, '', ...policy({ replace: true }), NAME, NAME)
      assert.match(back.stdout, /^replaced /m, back.stderr)
    }))

  test('of a volume only :: the question names it, and the engine decides', () =>
    withNotes(async (stage) => {
      const { embedded, command } = stage
      embedded.use(NAME, { volumes: ['a', 'b', 'c', 'd', 'e', 'f g'] })
      const asked = await answering(stage, 'n\n', NAME, 'acme/notes:2.0')
      assert.match(asked.stdout, 'Its volumes: a, b, c, d, e and 1 more.\n')
      const forced = [GRANT, '--force', '--mode', 'replace', NAME, 'acme/notes:2.0']
      const refused = await command('upgrade', ...forced)
      assert.is(refused.code, 1)
      assert.match(refused.stderr, 'is in use')
      assert.match(refused.stderr, '--mode in-place --force')
      assert.match(refused.stderr, 'on the engine: nothing was changed\n')
      assert.match(embedded.plugins()[0]?.PluginReference ?? '', 'notes:1.0')
    }))

  test('a plugin that another run upgrades :: that run is named, and nothing is sent, 1', () =>
    withNotes(async ({ embedded, config }) => {
      const folder = join(config, '.local/state/plugin-flow')
      const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host, HOME: config }
      const command = async (...args: string[]) => {
        const { code, stderr } = run({}, env, args)
        return { code: await code, stderr: stderr.text() }
      }
      const other = await beginRun(folder, { host: embedded.host })
      await other.claim(NAME)
      const already = embedded.requests().length
      const refused = await command('upgrade', GRANT, NAME, 'acme/notes:2.0')
      assert.is(refused.code, 1)
      assert.match(
        refused.stderr,
        `${NAME} is being upgraded: run ${other.id} (process ${process.pid})`,
      )
      const sent = embedded.requests().slice(already)
      assert.equal([...new Set(sent.map(({ method }) => method))], ['GET'])
      await other.close()
      const kept = [GRANT, '--keep-on-failure', '--mode', 'in-place', NAME, 'acme/notes:3.0']
      const { stderr } = await command('upgrade', ...kept)
      const [, id = ''] = /plugin-flow rollback ([0-9a-f]{8})$/m.exec(stderr) ?? []
      const next = await beginRun(folder, { host: embedded.host })
      await next.claim(NAME)
      const back = await command('rollback', id)
      assert.equal([back.code, back.stderr.includes(next.id)], [2, true], back.stderr)
      await next.close()
      assert.is((await command('rollback', id)).code, 0)
    }))

  test('wrong words :: one line, 2', () =>
    onStage(async ({ command }) => {
      const rows: [args: string[], words: string][] = [
        [[], 'upgrade needs a PLUGIN'],
        [['a', 'b:1', 'c/d'], 'upgrade takes one PLUGIN and one REFERENCE: "c/d" is not KEY=VALUE'],
        [['a', '--mode', 'inplace'], '--mode takes auto, in-place or replace, and not "inplace"'],
        [['a', '--no-way-back', 'no'], '--no-way-back takes ask, refuse or accept, and not "no"'],
        [['a', '--disable-content-trust=false'], 'content trust is not supported'],
      ]
      for (const [args, words] of rows) {
        const { code, stderr } = await command('upgrade', ...args)
        assert.is(code, 2)
        assert.match(stderr, words)
      }
    }))
})
