import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Env } from '../process/env.ts'

/** Where Docker's own command keeps its configuration: `$DOCKER_CONFIG`, else `~/.docker`. */
export function configFolder(env: Env): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker')
}
