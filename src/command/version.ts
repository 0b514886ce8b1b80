import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The version of the package this file is part of, built or not. */
export function version(folder: string = import.meta.dirname): string {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    if (name === 'docker-plugin-flow') return version
  } catch {
    // Not here: further up.
  }
  const above = dirname(folder)
  return above === folder ? 'unknown' : version(above)
}
