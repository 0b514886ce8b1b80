import { shortageOf } from '../../../machines/shortage.ts'
import { oneLine } from '../../../machines/text.ts'
import { ConnectFailure, type ObstacleCode } from './transportFailures.ts'

/** The lines of OpenSSH and `docker system dial-stdio`; the first that fits decides. */
const PHRASES: readonly [words: RegExp, code: ObstacleCode, why: string][] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|HOST IDENTIFICATION HAS CHANGED/,
    'engine-not-trusted',
    'the key of the SSH server is another one than it was: find out why before you forget the old one (ssh-keygen -R HOST)',
  ],
  [
    /Host key verification failed|host key is known/,
    'engine-not-trusted',
    'the key of the SSH server is not known: connect once with ssh, and compare the key before you accept it',
  ],
  [
    /Permission denied \(|Too many authentication failures/,
    'engine-access-denied',
    'the SSH server does not let this user in: check the user and the key (a password is not asked for)',
  ],
  [/Could not resolve hostname/, 'engine-unreachable', 'the name of the host is not known'],
  [/connect to host .* Connection refused/, 'engine-unreachable', 'no SSH server listens there'],
  [
    /connect to host .* timed out|Connection timed out|Operation timed out/,
    'engine-unreachable',
    'the SSH server did not answer in time',
  ],
  [
    /connect to host .* (?:No route|unreachable)/,
    'engine-unreachable',
    'there is no way to the host',
  ],
  [
    /Unable to negotiate with/,
    'engine-protocol',
    'the SSH server and ssh have no algorithm in common: bring both up to date',
  ],
  [
    /Bad owner or permissions on|bad configuration options/,
    'invalid-configuration',
    'the configuration of ssh cannot be used: ssh itself says what is wrong with it',
  ],
  [
    /docker: (?:command )?not found|command not found: docker|Unknown command: docker|'docker' is not recognized|docker: No such file/,
    'invalid-configuration',
    'the docker command is not on that host, or not on the PATH of the user there',
  ],
  [
    /permission denied while trying to connect|dial unix .*: permission denied/s,
    'engine-access-denied',
    'the user there may not use the engine (on Linux: the group docker)',
  ],
  [
    /Cannot connect to the Docker daemon|failed to connect to the docker API|dial unix .*(?:no such file|connection refused)/s,
    'engine-unreachable',
    'the engine there does not run, or listens elsewhere',
  ],
]

/** Why `ssh` has ended before the engine was reached. An unknown failure may pass by itself. */
export function sshFailure(words: string, status: number | null): ConnectFailure {
  const known = PHRASES.find(([phrase]) => phrase.test(words))
  if (known) return new ConnectFailure({ code: known[1], why: known[2] })
  const last = oneLine(words.trim().replace(/^.*\n/s, ''))
  const how = status === null ? 'ssh was killed' : `ssh ended with status ${status}`
  const why = last === '' ? `${how} and no words` : `${how}: ${last}`
  return new ConnectFailure({ code: 'engine-unreachable', why })
}

/** It could not be started. */
export function noSsh(why: string): ConnectFailure {
  const shortage = shortageOf(why)
  if (shortage !== undefined) return new ConnectFailure({ code: 'host-exhausted', why: shortage })
  return new ConnectFailure({
    code: 'invalid-configuration',
    why: `ssh cannot be run (${why}): an engine behind ssh:// needs the ssh command`,
  })
}
