import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Env } from '../process/env.ts'
import { configFolder } from './configFolder.ts'
import { type ConfigSource, parseConfig, unusable } from './configSource.ts'

/**
 * Docker's own `config.json`: in `$DOCKER_CONFIG`, else in `~/.docker`. Where there is none it is empty.
 *
 * @throws EngineError `invalid-configuration` naming the file, when it cannot be read or understood
 */
export async function readConfigFile(env: Env): Promise<ConfigSource> {
  const file = join(configFolder(env), 'config.json')
  const name = `the Docker config ${file}`
  return parseConfig(await readText(file, name), name)
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return ''
    throw unusable(name, `cannot be read (${code})`)
  }
}
