import * as assert from 'uvu/assert'
import { noSsh, sshFailure } from '../../../../adapters/engine/words/sshFailure.ts'
import type { Obstacle } from '../../../../adapters/engine/words/transportFailures.ts'
import { processorMs } from '../../../support/processorMs.ts'
import { suite } from '../../../support/suite.ts'

const UNKNOWN_KEY: Obstacle = {
  code: 'engine-not-trusted',
  why: 'the key of the SSH server is not known: connect once with ssh, and compare the key before you accept it',
}
const OTHER_KEY: Obstacle = {
  code: 'engine-not-trusted',
  why: 'the key of the SSH server is another one than it was: find out why before you forget the old one (ssh-keygen -R HOST)',
}
const NOT_LET_IN: Obstacle = {
  code: 'engine-access-denied',
  why: 'the SSH server does not let this user in: check the user and the key (a password is not asked for)',
}
const NO_DOCKER: Obstacle = {
  code: 'invalid-configuration',
  why: 'the docker command is not on that host, or not on the PATH of the user there',
}
const NO_RIGHT: Obstacle = {
  code: 'engine-access-denied',
  why: 'the user there may not use the engine (on Linux: the group docker)',
}
const NO_ENGINE: Obstacle = {
  code: 'engine-unreachable',
  why: 'the engine there does not run, or listens elsewhere',
}

const NO_ALGORITHM: Obstacle = {
  code: 'engine-protocol',
  why: 'the SSH server and ssh have no algorithm in common: bring both up to date',
}
const BAD_CONFIG: Obstacle = {
  code: 'invalid-configuration',
  why: 'the configuration of ssh cannot be used: ssh itself says what is wrong with it',
}

function unreachable(why: string): Obstacle {
  return { code: 'engine-unreachable', why }
}

/** Messages of OpenSSH 9.2, shells and Docker's command. */
const WORDS: [words: string, obstacle: Obstacle][] = [
  ['Host key verification failed.\n', UNKNOWN_KEY],
  [
    'No ED25519 host key is known for [127.0.0.1]:41 and you have requested strict checking.\r\nHost key verification failed.\r\n',
    UNKNOWN_KEY,
  ],
  [
    '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r\nHost key verification failed.\r\n',
    OTHER_KEY,
  ],
  ['WARNING: POSSIBLE DNS SPOOFING\nWARNING: HOST IDENTIFICATION HAS CHANGED\n', OTHER_KEY],
  ['root@127.0.0.1: Permission denied (publickey).\r\n', NOT_LET_IN],
  ['me@engine: Permission denied (publickey,password,keyboard-interactive).\n', NOT_LET_IN],
  [
    'Received disconnect from 127.0.0.1 port 41:2: Too many authentication failures\r\n',
    NOT_LET_IN,
  ],
  [
    'ssh: Could not resolve hostname nosuch.invalid: Name or service not known\r\n',
    unreachable('the name of the host is not known'),
  ],
  [
    'ssh: connect to host 127.0.0.1 port 1: Connection refused\r\n',
    unreachable('no SSH server listens there'),
  ],
  [
    'ssh: connect to host 192.0.2.1 port 22: Connection timed out\r\n',
    unreachable('the SSH server did not answer in time'),
  ],
  [
    'Connection timed out during banner exchange\nConnection to 127.0.0.1 port 41 timed out\n',
    unreachable('the SSH server did not answer in time'),
  ],
  [
    'ssh: connect to host 192.0.2.1 port 22: Operation timed out\r\n',
    unreachable('the SSH server did not answer in time'),
  ],
  [
    'ssh: connect to host 192.0.2.1 port 22: No route to host\r\n',
    unreachable('there is no way to the host'),
  ],
  [
    'ssh: connect to host 192.0.2.1 port 22: Network is unreachable\r\n',
    unreachable('there is no way to the host'),
  ],
  [
    'Unable to negotiate with 127.0.0.1 port 41: no matching host key type found. Their offer: ssh-rsa\r\n',
    NO_ALGORITHM,
  ],
  ['Bad owner or permissions on /root/.ssh/config\r\n', BAD_CONFIG],
  [
    '/root/.ssh/config: line 1: Bad configuration option: foo\r\n/root/.ssh/config: terminating, 1 bad configuration options\r\n',
    BAD_CONFIG,
  ],
  ['bash: line 1: docker: command not found\n', NO_DOCKER],
  ['sh: 1: docker: not found\n', NO_DOCKER],
  ['zsh:1: command not found: docker\n', NO_DOCKER],
  ['fish: Unknown command: docker\n', NO_DOCKER],
  ["'docker' is not recognized as an internal or external command,\r\n", NO_DOCKER],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/_ping": dial unix /var/run/docker.sock: connect: permission denied\n',
    NO_RIGHT,
  ],
  ['error during connect: dial unix /var/run/docker.sock: connect: permission denied\n', NO_RIGHT],
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
    NO_ENGINE,
  ],
  [
    'failed to open the raw stream connection: dial unix /nosuch: connect: no such file or directory\n',
    NO_ENGINE,
  ],
  ['dial unix /nosuch: connect: connection refused\n', NO_ENGINE],
  [
    'failed to connect to the docker API at unix:///nosuch; check if the path is correct\n',
    NO_ENGINE,
  ],
]

suite('sshFailure', (test) => {
  for (const [words, obstacle] of WORDS) {
    test(words.trim().slice(0, 60), () => {
      const failure = sshFailure(words, 255)
      assert.equal(failure.obstacle, obstacle)
      assert.is(failure.message, obstacle.why)
      assert.is(failure.code, 'ECONNECTFAILED')
    })
  }

  const unknown = (words: string, status: number | null, why: string) =>
    assert.equal(sshFailure(words, status).obstacle, unreachable(why))

  test('unknown words :: the last line', () => {
    const words = 'Pseudo-terminal will not be allocated\r\nkex_exchange: \u001b[31mbroken\r\n\r\n'
    unknown(words, 255, 'ssh ended with status 255: kex_exchange: [31mbroken')
    unknown(words, null, 'ssh was killed: kex_exchange: [31mbroken')
  })

  test('no words', () => {
    unknown(' \n', 0, 'ssh ended with status 0 and no words')
    unknown('', null, 'ssh was killed and no words')
  })

  test('a warning before :: does not hide the cause', () => {
    const words = `Warning: Permanently added 'engine' to the list of known hosts.\nsh: 1: docker: not found\n`
    assert.equal(sshFailure(words, 127).obstacle, NO_DOCKER)
  })

  test('words made to be slow :: are not', () => {
    const took = processorMs(() => {
      for (const trap of ['connect to host ', 'dial unix ', 'Permission denied ', 'docker: ']) {
        sshFailure(trap.repeat(16_384 / trap.length), 1)
      }
    })
    assert.ok(took < 1_000, `${took} ms`)
  })

  test('noSsh :: EAGAIN :: host-exhausted', () => {
    const why = 'there is no room for another connection or process'
    assert.equal(noSsh('EAGAIN').obstacle, { code: 'host-exhausted', why })
  })

  const UNFIT: [reason: string, code: Obstacle['code']][] = [
    ['EACCES', 'invalid-configuration'],
    ['it is not on the PATH', 'invalid-configuration'],
  ]
  for (const [reason, code] of UNFIT) {
    test(`noSsh :: ${reason} :: ${code}`, () => {
      const why = `ssh cannot be run (${reason}): an engine behind ssh:// needs the ssh command`
      assert.equal(noSsh(reason).obstacle, { code, why })
    })
  }
})
