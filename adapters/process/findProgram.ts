import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** `undefined`: no file of this name. `isExecutable` is false of one that cannot be run. */
export type FoundProgram = { file: string; isExecutable: boolean } | undefined

/** Finds the full path of a program on the `PATH`; `undefined` where it is missing. */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const found = await lookForProgram(name, env, platform)
  return found?.isExecutable ? found.file : undefined
}

/**
 * Looks for a program on the `PATH`, and for a file that has only its name. Relative entries are skipped, so that
 * nothing in the current folder is run.
 */
export async function lookForProgram(
  name: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<FoundProgram> {
  const names = platform === 'win32' ? [`${name}.exe`, name] : [name]
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute)
  const files = folders.flatMap((folder) => names.map((each) => join(folder, each)))
  // All at the same time, because a flow waits for it and a PATH is long.
  const kinds = await Promise.all(files.map(kindOf))
  const program = files[kinds.indexOf('program')]
  if (program !== undefined) return { file: program, isExecutable: true }
  const other = files[kinds.indexOf('other')]
  return other === undefined ? undefined : { file: other, isExecutable: false }
}

async function kindOf(file: string): Promise<'program' | 'other' | 'missing'> {
  try {
    if (!(await stat(file)).isFile()) return 'other'
  } catch {
    return 'missing'
  }
  return access(file, constants.X_OK).then(
    () => 'program',
    () => 'other',
  )
}
