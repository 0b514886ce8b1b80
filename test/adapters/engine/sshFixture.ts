import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from '../../engine/world/processes.ts'
import { until } from '../../engine/world/until.ts'

/** A script in the place of `ssh`. */
export interface FakeSsh {
  /** In which it is what is found. */
  env: Record<string, string>
  /** The arguments of each process. */
  calls(): string[][]
  /** Of every process, and of what it has noted with `note PID`. */
  pids(): number[]
  /** Resolves when none of them is left. */
  gone(): Promise<void>
  remove(): void
}

/** Carries bytes between standard input and output and the socket `$ENGINE`, as dial-stdio does. */
export const DIAL = '"$NODE" "$FOLDER/dial.cjs"'

const DIAL_SOURCE = `
const socket = require('node:net').connect(process.env.ENGINE)
process.stdin.pipe(socket).pipe(process.stdout)
socket.on('error', (error) => {
  process.stderr.write('error during connect: dial unix ' + process.env.ENGINE + ': connect: ' +
    (error.code === 'ENOENT' ? 'no such file or directory' : 'connection refused') + '\\n')
  process.exitCode = 1
})
socket.on('close', () => process.stdin.destroy())
`

/** Makes one out of lines for the shell. Its `PATH` has what a system has besides. */
export function makeFakeSsh(script: string, more: Record<string, string> = {}): FakeSsh {
  const folder = mkdtempSync(join(tmpdir(), 'fake-ssh-'))
  const file = (name: string) => join(folder, name)
  const lines = [
    '#!/bin/sh',
    `note() { echo "$1" >> '${file('pids')}'; }`,
    'note $$',
    `{ printf '%s\\001' "$@"; echo; } >> '${file('calls')}'`,
    script,
  ]
  writeFileSync(file('ssh'), `${lines.join('\n')}\n`, { mode: 0o755 })
  writeFileSync(file('dial.cjs'), DIAL_SOURCE)
  const read = (name: string) =>
    existsSync(file(name)) ? readFileSync(file(name), 'utf8').trimEnd().split('\n') : []
  const pids = () => read('pids').map(Number)
  return {
    env: { PATH: `${folder}:/usr/bin:/bin`, FOLDER: folder, NODE: process.execPath, ...more },
    calls: () => read('calls').map((line) => line.split('\u0001').slice(0, -1)),
    pids,
    gone: () => until('ssh has ended', () => !pids().some(isAlive)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
