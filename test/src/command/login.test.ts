import * as assert from 'uvu/assert'
import { PLANTED } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { collector } from './collect.ts'
import { keyboard } from './keyboard.ts'
import { asTerminal, screenOf } from './screen.ts'
import { lines, onStage, type Running, type Stage } from './stage.ts'

const REGISTRY = 'registry.example.com'
const PRIVATE = `${REGISTRY}/acme/private:1.0`
const WANTS = `The registry ${REGISTRY} requires credentials. They are used for this run only and not stored.\n`
const GRANT = '--grant-all-permissions'
const REFUSED = `The registry ${REGISTRY} gives no access with these credentials.\n`

/** The command on a terminal, with somebody who types. */
function sitDown({ runWith }: Stage, ...args: string[]) {
  const stdin = keyboard()
  const stdout = asTerminal(collector())
  const { code, stderr, signals } = runWith({ stdin, stdout }, PRIVATE, GRANT, ...args)
  /** Waits until this stands at the end of the screen, then types. */
  const answer = async (question: string, keys: string) => {
    await stdout.endsWith(question)
    stdin.write(keys)
  }
  return { stdin, stdout, stderr, signals, code, answer }
}

/** Nothing that a run has written tells the password. */
function assertSecretKept({ stdout, stderr }: Pick<Running, 'stdout' | 'stderr'>): void {
  assert.not.match(stdout.text() + stderr.text(), PLANTED)
}

suite('plugin-flow install :: somebody logs in', (test) => {
  test('user name, then password, which is not shown', () =>
    onStage(async (stage) => {
      const { stdin, stdout, code, answer } = sitDown(stage)
      await answer(`${WANTS}Username: `, 'demo\n')
      await answer('Password for demo: ', 'demx\x7fo\r')
      assert.equal(stdin.modes, [true, false])
      assert.is(await code, 0)
      assert.match(screenOf(stdout.text()).join('\n'), `installed ${PRIVATE}`)
      assert.equal(stage.embedded.plugins().length, 1)
      assert.is(stdin.listenerCount('data'), 0)
    }))

  test('wrong ones first; Enter keeps the user name', () =>
    onStage(async (stage) => {
      const running = sitDown(stage)
      const { answer, code } = running
      await answer(`${WANTS}Username: `, 'demo\n')
      await answer('Password for demo: ', `${PLANTED}\r`)
      await answer(`${REFUSED}Username (demo): `, '\n')
      await answer('Password for demo: ', 'demo\r')
      assert.is(await code, 0)
      assertSecretKept(running)
    }))

  test('three attempts, and no fourth', () =>
    onStage(async (stage) => {
      const running = sitDown(stage)
      const { answer, code, stdout, stderr } = running
      await answer('Username: ', 'eve\n')
      await answer('Password for eve: ', `${PLANTED}1\r`)
      await answer('Username (eve): ', '\n')
      await answer('Password for eve: ', `${PLANTED}2\r`)
      await answer('Username (eve): ', 'mallory\n')
      await answer('Password for mallory: ', `${PLANTED}3\r`)
      assert.is(await code, 1)
      assert.is(stdout.text().split('Password for').length - 1, 3)
      assert.match(stderr.text(), REGISTRY)
      assert.match(stderr.text(), 'docker login')
      assert.match(stderr.text(), 'on the engine: nothing was installed')
      assertSecretKept(running)
    }))

  test('--username :: only the password is asked for', () =>
    onStage(async (stage) => {
      const { answer, code, stdout } = sitDown(stage, '--username', 'demo')
      await answer(`${WANTS}Password for demo: `, 'wrong\r')
      await answer(`${REFUSED}Password for demo: `, 'demo\r')
      assert.is(await code, 0)
      assert.not.match(stdout.text(), 'Username')
    }))

  test('--username :: an open registry asks for nothing', () =>
    onStage(async ({ runWith }) => {
      const stdin = keyboard()
      const stdout = asTerminal(collector())
      const { code } = runWith({ stdin, stdout }, 'acme/plain', '--username', 'demo')
      assert.is(await code, 0)
      assert.not.match(stdout.text(), 'Password')
    }))

  test('--password-stdin on a terminal asks for it once, unseen', () =>
    onStage(async (stage) => {
      const { stdin, code, answer, stdout } = sitDown(stage, '-u', 'demo', '--password-stdin')
      await answer('Password: ', 'demo\r')
      assert.is(await code, 0)
      assert.equal(stdin.modes, [true, false])
      assert.not.match(stdout.text(), WANTS)
    }))

  const giveUps: [name: string, username: string, password: string | undefined][] = [
    ['an empty user name', '\n', undefined],
    ['an empty password', 'demo\n', '\r'],
    ['Ctrl-D for a password', 'demo\n', '\x04'],
  ]
  for (const [name, username, password] of giveUps) {
    test(`${name} gives up, and says how to log in`, () =>
      onStage(async (stage) => {
        const { answer, code, stderr, stdin } = sitDown(stage)
        await answer('Username: ', username)
        if (password) await answer('Password for demo: ', password)
        assert.is(await code, 1)
        assert.match(stderr.text(), `the registry ${REGISTRY} wants credentials`)
        assert.match(stderr.text(), `docker login ${REGISTRY}`)
        assert.is(stdin.isRaw, false)
      }))
  }

  test('the end of the input gives up', () =>
    onStage(async (stage) => {
      const { stdin, stdout, code, stderr } = sitDown(stage)
      await stdout.endsWith('Username: ')
      stdin.end()
      assert.is(await code, 1)
      assert.match(stderr.text(), `docker login ${REGISTRY}`)
    }))

  test('a terminal that hangs up while the password is typed', () =>
    onStage(async (stage) => {
      const { stdin, answer, stdout, code } = sitDown(stage)
      await answer('Username: ', 'demo\n')
      await stdout.endsWith('Password for demo: ')
      stdin.destroy(new Error('EIO'))
      assert.is(await code, 1)
    }))

  test('a terminal that cannot hide what is typed is not asked for a password', () =>
    onStage(async (stage) => {
      const { stdin, answer, stderr, code } = sitDown(stage)
      stdin.setRawMode = () => {
        throw new Error('EIO')
      }
      await answer('Username: ', 'demo\n')
      assert.is(await code, 1)
      assert.match(stderr.text(), `docker login ${REGISTRY}`)
    }))

  test('Ctrl-C while the password is typed cancels, and the terminal is as it was', () =>
    onStage(async (stage) => {
      const running = sitDown(stage)
      const { answer, code, stderr, stdin } = running
      await answer('Username: ', 'demo\n')
      await answer('Password for demo: ', `${PLANTED}\x03`)
      assert.is(await code, 130)
      assert.match(running.stdout.text(), 'SIGINT: cancelled')
      assert.match(stderr.text(), 'on the engine: nothing was installed')
      assert.equal(stdin.modes, [true, false])
      assertSecretKept(running)
    }))

  for (const question of ['Username: ', 'Password for demo: ']) {
    test(`SIGTERM at "${question}" cancels, and the terminal is as it was`, () =>
      onStage(async (stage) => {
        const { answer, code, signals, stdin, stdout } = sitDown(stage)
        if (question !== 'Username: ') await answer('Username: ', 'demo\n')
        await stdout.endsWith(question)
        signals.emit('SIGTERM')
        assert.is(await code, 143)
        assert.match(stdout.text(), `${question}\n`)
        assert.is(stdin.isRaw, false)
        assert.is(stdin.listenerCount('data'), 0)
      }))
  }

  test('--json :: it is asked on the terminal behind stderr, and shown on stdout', () =>
    onStage(async ({ runWith }) => {
      const stdin = keyboard()
      const stderr = asTerminal(collector())
      const { code, stdout } = runWith({ stdin, stderr }, PRIVATE, GRANT, '--json')
      await stderr.endsWith('Username: ')
      stdin.write('demo\n')
      await stderr.endsWith('Password for demo: ')
      stdin.write('demo\r')
      assert.is(await code, 0)
      const told = lines(stdout).map((line) => JSON.parse(line))
      assert.equal(
        told.filter(({ type }) => type === 'credentials'),
        [{ type: 'credentials', registry: REGISTRY, attempt: 1, reason: 'missing' }],
      )
    }))

  test('the consent question comes after, on the same terminal', () =>
    onStage(async (stage) => {
      const stdin = keyboard()
      const stdout = asTerminal(collector())
      const { code } = stage.runWith(
        { stdin, stdout },
        'vieux/sshfs',
        '-u',
        'x',
        '--password-stdin',
      )
      await stdout.endsWith('Password: ')
      stdin.write('any\r')
      await stdout.endsWith('[y/N] ')
      stdin.write('y\n')
      assert.is(await code, 0)
    }))
})

suite('plugin-flow install :: no one can log in', (test) => {
  test('a pipe is not asked, whatever is in it', () =>
    onStage(async ({ run }) => {
      const { code, stdin, stdout, stderr } = run(PRIVATE)
      stdin.end('demo\ndemo\n')
      assert.is(await code, 1)
      assert.not.match(stdout.text() + stderr.text(), 'Username')
      assert.is(
        lines(stderr)[0],
        `plugin-flow: the registry ${REGISTRY} wants credentials: docker login ${REGISTRY}`,
      )
    }))

  test('nor is a terminal whose user sees no question', () =>
    onStage(async ({ runWith }) => {
      const { code, stdout, stderr } = runWith({ stdin: keyboard() }, PRIVATE)
      assert.is(await code, 1)
      assert.not.match(stdout.text() + stderr.text(), 'Username')
    }))

  test('--username without --password-stdin :: 2, and nothing is asked of the engine', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stderr } = run(PRIVATE, '--username', 'demo')
      assert.is(await code, 2)
      assert.match(stderr.text(), '--username needs --password-stdin where there is no terminal')
      assert.equal(embedded.requests(), [])
    }))
})
