import type { SshHost } from './dockerHost.ts'

/**
 * What `ssh` is called with, as Docker's own command does it: `docker system dial-stdio` on the other
 * side carries the API. No question is asked (`BatchMode`), and no host can be read as an option.
 */
export function sshArguments({ user, hostname, port, path }: SshHost, limitMs: number): string[] {
  return [
    '-T',
    '-o',
    'BatchMode=yes',
    '-o',
    `ConnectTimeout=${Math.ceil(limitMs / 1_000)}`,
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    '--',
    hostname,
    'docker',
    ...(path === undefined ? [] : ['--host', quote(`unix://${path}`)]),
    'system',
    'dial-stdio',
  ]
}

/** For the shell on the other side. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
