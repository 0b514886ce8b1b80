import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** As Docker's client names this command: its own plugins may have no hyphen (`^[a-z][a-z0-9]*$`). */
export const DOCKER_NAME = 'pluginflow'

/** The word with which Docker's client asks a program what it is. */
const METADATA_COMMAND = 'docker-cli-plugin-metadata'

/**
 * The answer to an invocation that only asks which program this is. Docker's client asks with every command of
 * its own, so nothing else is loaded for it.
 */
export function identify([first, ...more]: readonly string[]): string | undefined {
  if (first === METADATA_COMMAND) return `${JSON.stringify(pluginMetadata(version()))}\n`
  if (more.length > 0 || (first !== '--version' && first !== '-v')) return undefined
  return versionLine()
}

export function versionLine(): string {
  return `plugin-flow ${version()}\n`
}

function pluginMetadata(version: string) {
  return {
    SchemaVersion: '0.1.0',
    Vendor: 'docker-plugin-flow',
    Version: version,
    ShortDescription: 'Install Docker Engine plugins, and take back what cannot be finished',
  }
}

/** The version of the package that this file belongs to, built or not. */
export function version(folder: string = import.meta.dirname): string {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    if (name === 'docker-plugin-flow') return version
  } catch {
    // It is in a folder above.
  }
  const above = dirname(folder)
  return above === folder ? 'unknown' : version(above)
}
