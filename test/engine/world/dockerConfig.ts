import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A Docker configuration of a test's own, with credential helpers that are all of the `PATH`. */
export interface DockerConfig {
  readonly env: { DOCKER_CONFIG: string; PATH: string }
  /**
   * Makes or changes `docker-credential-NAME`. Whatever it is asked for it gives these; `undefined`: it
   * has none.
   */
  helper(name: string, credentials: { Username: string; Secret: string } | undefined): void
}

/** Writes `config.json` into a folder below `parent`, which goes with it. */
export function writeDockerConfig(parent: string, config: object): DockerConfig {
  const folder = mkdtempSync(join(parent, 'docker-config-'))
  const programs = join(folder, 'bin')
  mkdirSync(programs)
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  return {
    env: { DOCKER_CONFIG: folder, PATH: programs },
    helper(name, credentials) {
      const says = credentials
        ? `echo '${JSON.stringify(credentials)}'`
        : "echo 'credentials not found in native keychain'; exit 1"
      const file = join(programs, `docker-credential-${name}`)
      writeFileSync(file, `#!/bin/sh\nread -r registry || :\n${says}\n`, { mode: 0o755 })
    },
  }
}

/** The entry of `auths` that `docker login` writes. */
export function authEntry(username: string, password: string): { auth: string } {
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') }
}
