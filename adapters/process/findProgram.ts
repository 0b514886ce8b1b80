import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Env } from './env.ts'

/**
 * The whole path of a program that is on the `PATH`; `undefined` where it is not. Entries that are no
 * absolute path are passed over: what lies in the current folder is not to be run.
 */
export async function findProgram(
  name: string,
  env: Env,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const names = platform === 'win32' ? [`${name}.exe`, name] : [name]
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute)
  const files = folders.flatMap((folder) => names.map((each) => join(folder, each)))
  // At once: a flow waits for it, and a PATH is long.
  const are = await Promise.all(files.map(isProgram))
  return files[are.indexOf(true)]
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
