import { join } from 'node:path'
import type { Env } from '../process/env.ts'
import { configFolder } from './configFolder.ts'
import { type ConfigSource, parseConfig, textIn } from './configSource.ts'
import { readTextFile } from './readTextFile.ts'

/** What `config.json` says of engines. */
export interface EngineConfig extends ConfigSource {
  /** The context that `docker context use` has chosen; empty for none. */
  currentContext: string
}

/**
 * Reads Docker's `config.json`; where there is none it is empty.
 *
 * @throws EngineError `invalid-configuration` naming the file, when it cannot be read or understood
 */
export function readEngineConfig(env: Env): EngineConfig {
  const file = join(configFolder(env), 'config.json')
  const name = `the Docker config ${file}`
  const config = parseConfig(readTextFile(file, name) ?? '', name)
  return { ...config, currentContext: textIn(config.fields, 'currentContext', name) }
}
