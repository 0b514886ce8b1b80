import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes a Docker config that has no credentials for anybody. An empty one would leave them to the
 * credential helper of the machine, where there is one.
 */
export function writeNoCredentials(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { 'nosuch.example': {} } }))
}
