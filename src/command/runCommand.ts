import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commandTable } from './commandTable.ts'
import type { CommandEntry } from './defineCommand.ts'
import { helpText } from './help.ts'
import { parseCommand, usageMessage } from './parseCommand.ts'
import { type CommandIo, createOutput, type ProcessIo, report } from './processIo.ts'

/** Runs `plugin-flow`, and resolves to its exit status. Never rejects: an error is one line on `stderr`. */
export async function runCommand(process: ProcessIo): Promise<number> {
  const { argv, env, signals } = process
  const io: CommandIo = {
    env,
    signals,
    get stdin() {
      return process.stdin
    },
    stdout: createOutput(process.stdout),
    stderr: createOutput(process.stderr),
  }
  try {
    return await run(argv, io)
  } catch (error) {
    report(io, `unexpected error: ${error}`)
    return 1
  } finally {
    await Promise.all([io.stdout.flush(), io.stderr.flush()])
  }
}

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseCommand(commandTable, argv)
  const { stdout } = io
  switch (parsed.kind) {
    case 'help':
      stdout.write(helpText(commandTable, parsed.command, stdout.stream.columns))
      return 0
    case 'version':
      stdout.write(`plugin-flow ${version()}\n`)
      return 0
    case 'usage':
      return wrongUsage(parsed.message, parsed.command, io)
    case 'run':
      try {
        return await parsed.prepared.run(io)
      } catch (error) {
        return wrongUsage(usageMessage(error), parsed.command, io)
      }
  }
}

function wrongUsage(message: string, command: CommandEntry | undefined, io: CommandIo): number {
  report(
    io,
    `${message}; see ${['plugin-flow', command?.name, '--help'].filter(Boolean).join(' ')}`,
  )
  return 2
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
