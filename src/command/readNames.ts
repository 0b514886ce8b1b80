import { UsageError } from './usageError.ts'

/** @throws UsageError unless there is exactly one */
export function readName(command: string, [name, ...more]: readonly string[]): string {
  if (name === undefined) throw new UsageError(`${command} needs a PLUGIN`)
  if (more.length > 0)
    throw new UsageError(`${command} takes one PLUGIN, and not ${more.length + 1}`)
  return name
}

/** @throws UsageError when there is none */
export function readNames(command: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) throw new UsageError(`${command} needs a PLUGIN`)
  return names
}
