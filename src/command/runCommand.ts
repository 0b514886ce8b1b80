import { visible } from '../text/visible.ts'
import type { Outputs } from './commandEntry.ts'
import { createOutput } from './output.ts'
import { type Command, parseCommand, usageMessage } from './parseCommand.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Runs `plugin-flow`, and resolves to its exit status. It rejects never: whatever goes wrong is one
 * line on `stderr`.
 */
export async function runCommand(surroundings: Surroundings): Promise<number> {
  const stdout = createOutput(surroundings.stdout)
  const stderr = createOutput(surroundings.stderr)
  try {
    return await run(parseCommand(surroundings.argv), surroundings, { stdout, stderr })
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
  outputs: Outputs,
): Promise<number> {
  const { stdout, stderr } = outputs
  switch (command.kind) {
    case 'help': {
      const { helpText } = await import('./help.ts')
      stdout.write(helpText(command.command, stdout.stream.columns))
      return 0
    }
    case 'version': {
      const { version } = await import('./version.ts')
      stdout.write(`plugin-flow ${version()}\n`)
      return 0
    }
    case 'usage': {
      const help = ['plugin-flow', ...(command.command ? [command.command.name] : []), '--help']
      stderr.write(`plugin-flow: ${visible(command.message)}; see ${help.join(' ')}\n`)
      return 2
    }
    case 'run': {
      const { prepared } = command
      try {
        return await prepared.run(surroundings, outputs)
      } catch (error) {
        const usage = { ...command, kind: 'usage', message: usageMessage(error) } as const
        return run(usage, surroundings, outputs)
      }
    }
  }
}
