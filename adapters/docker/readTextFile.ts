import { readFileSync } from 'node:fs'
import { unusable } from './configSource.ts'

/**
 * The text of a file of Docker's configuration; `undefined` where there is none.
 *
 * @throws EngineError `invalid-configuration` naming it, when it cannot be read
 */
export function readTextFile(file: string, name: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unusable(name, `cannot be read (${code})`)
  }
}
