import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { DockerWarning } from '../../../adapters/docker/configFile.ts'
import { readDockerConfig } from '../../../adapters/docker/dockerConfig.ts'
import { assertTellsNothing, PLANTED } from '../../support/engineFailure.ts'

/** A folder with a Docker config, and a folder of programs that is all of the `PATH`. */
export interface Ground {
  directory: string
  programs: string
  env: Record<string, string | undefined>
  /** Writes the config. */
  config(config: unknown): void
  /** Writes `docker-credential-NAME`, a shell script that has read the registry into `$registry`. */
  helper(name: string, script: string): void
  /** The process ids that helpers have written to `$PIDS`. */
  pids(): number[]
}

/** Runs `use` on a ground of its own, and removes it. */
export async function onGround<T>(use: (ground: Ground) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'docker-config-'))
  const programs = join(directory, 'bin')
  const pids = join(directory, 'pids')
  mkdirSync(programs)
  writeFileSync(pids, '')
  try {
    return await use({
      directory,
      programs,
      env: { DOCKER_CONFIG: directory, HOME: directory, PATH: programs, PIDS: pids },
      config(config) {
        const text = typeof config === 'string' ? config : JSON.stringify(config)
        writeFileSync(join(directory, 'config.json'), text)
      },
      helper(name, script) {
        const file = join(programs, `docker-credential-${name}`)
        writeFileSync(file, `#!/bin/sh\nread -r registry || :\n${script}\n`)
        chmodSync(file, 0o755)
      },
      pids: () => readFileSync(pids, 'utf8').trim().split('\n').filter(Boolean).map(Number),
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The shell command of a helper that gives these. */
export function gives(Username: string, Secret: string = PLANTED): string {
  return `echo '${JSON.stringify({ ServerURL: 'r.example', Username, Secret })}'`
}

/** The answer of a helper for a registry that it has nothing for. */
export const HAS_NONE = "echo 'credentials not found in native keychain'; exit 1"

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

export const alice = { username: 'alice', password: PLANTED }
/** The same, as an entry of `auths`. */
export const login = { auth: base64(`alice:${PLANTED}`) }

/** The credentials that are configured for a registry, which no warning may go with. */
export async function read(env: Ground['env'], registry: string, options = {}) {
  const { credentials, warnings } = await readWarned(env, registry, options)
  assert.equal(warnings, [])
  return credentials
}

/** The credentials that are configured for a registry, and every warning. */
export async function readWarned(env: Ground['env'], registry: string, options = {}) {
  const warnings: DockerWarning[] = []
  const credentials = await readDockerConfig(env, registry, new AbortController().signal, {
    ...options,
    warn: (warning) => warnings.push(warning),
  })
  for (const { message } of warnings) {
    assert.match(message, /^[^\p{Cc}\u2028\u2029]{1,900}$/u, 'the message is not one line')
  }
  assertTellsNothing(warnings)
  return { credentials, warnings }
}
