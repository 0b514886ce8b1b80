import { type CommandEntry, defineCommand } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

/** `commands` is a function because the table contains this command too. */
export function completionCommand(commands: () => readonly CommandEntry[]): CommandEntry {
  return defineCommand({
    name: 'completion',
    synopsis: SHELLS.join('|'),
    arguments: SHELLS,
    summary: 'Print a script that completes commands, options and plugins in a shell',
    options: {},
    examples: [
      { title: 'bash, in ~/.bashrc:', line: 'source <(plugin-flow completion bash)' },
      { title: 'zsh, in ~/.zshrc after compinit:', line: 'source <(plugin-flow completion zsh)' },
      {
        title: 'fish, once:',
        line: 'plugin-flow completion fish > ~/.config/fish/completions/plugin-flow.fish',
      },
    ],
    read({ positionals: [shell, ...more] }): (typeof SHELLS)[number] {
      const known = SHELLS.find((each) => each === shell)
      if (!known || more.length > 0) {
        throw new UsageError(`completion needs one of: ${SHELLS.join(', ')}`)
      }
      return known
    },
    async run(shell, { stdout }) {
      const scripts = {
        bash: async () => (await import('../completion/bash.ts')).bashScript,
        zsh: async () => (await import('../completion/zsh.ts')).zshScript,
        fish: async () => (await import('../completion/fish.ts')).fishScript,
      }
      const script = await scripts[shell]()
      stdout.write(script(commands()))
      return 0
    },
  })
}
