import { HELP } from './help.ts'
import { createOutput, type Output } from './output.ts'
import { type Command, parseCommand } from './parseCommand.ts'
import type { Surroundings } from './surroundings.ts'
import { version } from './version.ts'
import { visible } from './visible.ts'

/**
 * Runs `plugin-flow`, and resolves to its exit status. It rejects never: whatever goes wrong is one
 * line on `stderr`.
 */
export async function runCommand(surroundings: Surroundings): Promise<number> {
  const stdout = createOutput(surroundings.stdout)
  const stderr = createOutput(surroundings.stderr)
  try {
    return await run(parseCommand(surroundings.argv), surroundings, stdout, stderr)
  } catch (error) {
    stderr.write(`plugin-flow: unexpected error: ${visible(String(error))}\n`)
    return 1
  } finally {
    await Promise.all([stdout.flush(), stderr.flush()])
  }
}

async function run(
  command: Command,
  surroundings: Surroundings,
  stdout: Output,
  stderr: Output,
): Promise<number> {
  switch (command.kind) {
    case 'help':
      stdout.write(HELP)
      return 0
    case 'version':
      stdout.write(`plugin-flow ${version()}\n`)
      return 0
    case 'usage':
      stderr.write(`plugin-flow: ${visible(command.message)}; see plugin-flow --help\n`)
      return 2
    case 'install': {
      // The flow, the engine's adapter and what they import: nobody waits for it who asks for help.
      const { install } = await import('./install.ts')
      return install(command.install, surroundings, { stdout, stderr })
    }
  }
}
