import * as assert from 'uvu/assert'
import { noSsh, sshFailure } from '../../../adapters/engine/sshFailure.ts'
import { suite } from '../../support/suite.ts'

const UNKNOWN_KEY =
  'the key of the SSH server is not known: connect once with ssh, and compare the key before you accept it'
const OTHER_KEY =
  'the key of the SSH server is another one than it was: find out why before you forget the old one (ssh-keygen -R HOST)'
const NOT_LET_IN =
  'the SSH server does not let this user in: check the user and the key (a password is not asked for)'
const NO_DOCKER = 'the docker command is not on that host, or not on the PATH of the user there'
const NO_RIGHT = 'the user there may not use the engine (on Linux: the group docker)'
const NO_ENGINE = 'the engine there does not run, or listens elsewhere'

/** What OpenSSH 9.2, shells and Docker's command write. */
const WORDS: [words: string, why: string][] = [
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
    'the name of the host is not known',
  ],
  ['ssh: connect to host 127.0.0.1 port 1: Connection refused\r\n', 'no SSH server listens there'],
  [
    'ssh: connect to host 192.0.2.1 port 22: Connection timed out\r\n',
    'the SSH server did not answer in time',
  ],
  [
    'Connection timed out during banner exchange\nConnection to 127.0.0.1 port 41 timed out\n',
    'the SSH server did not answer in time',
  ],
  [
    'ssh: connect to host 192.0.2.1 port 22: Operation timed out\r\n',
    'the SSH server did not answer in time',
  ],
  ['ssh: connect to host 192.0.2.1 port 22: No route to host\r\n', 'there is no way to the host'],
  [
    'ssh: connect to host 192.0.2.1 port 22: Network is unreachable\r\n',
    'there is no way to the host',
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
  for (const [words, why] of WORDS) {
    test(words.trim().slice(0, 60), () => {
      const failure = sshFailure(words, 255)
      assert.is(failure.why, why)
      assert.is(failure.message, why)
      assert.is(failure.code, 'ECONNECTFAILED')
    })
  }

  test('words that nobody knows :: the last line', () => {
    const words = 'Pseudo-terminal will not be allocated\r\nkex_exchange: \u001b[31mbroken\r\n\r\n'
    assert.is(sshFailure(words, 255).why, 'ssh ended with status 255: kex_exchange: [31mbroken')
    assert.is(sshFailure(words, null).why, 'ssh was killed: kex_exchange: [31mbroken')
  })

  test('no words', () => {
    assert.is(sshFailure(' \n', 0).why, 'ssh ended with status 0 and no words')
    assert.is(sshFailure('', null).why, 'ssh was killed and no words')
  })

  test('a warning before :: does not hide the cause', () => {
    const words = `Warning: Permanently added 'engine' to the list of known hosts.\nsh: 1: docker: not found\n`
    assert.is(sshFailure(words, 127).why, NO_DOCKER)
  })

  test('words made to be slow :: are not', () => {
    const started = performance.now()
    for (const trap of ['connect to host ', 'dial unix ', 'Permission denied ', 'docker: ']) {
      sshFailure(trap.repeat(16_384 / trap.length), 1)
    }
    const took = performance.now() - started
    assert.ok(took < 1_000, `${took} ms`)
  })

  test('noSsh', () => {
    assert.is(
      noSsh('EACCES').why,
      'ssh cannot be run (EACCES): an engine behind ssh:// needs the ssh command',
    )
  })
})
