import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/**
 * Finds the full path of a program on the `PATH`. Relative entries are skipped, so that nothing in the
 * current folder is run.
 */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const names = platform === 'win32' ? [`${name}.exe`, name] : [name]
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute)
  const files = folders.flatMap((folder) => names.map((each) => join(folder, each)))
  // All at the same time, because a flow waits for it and a PATH is long.
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
