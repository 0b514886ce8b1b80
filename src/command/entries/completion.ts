import { defineCommand } from '../commandEntry.ts'
import { UsageError } from '../usageError.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

export const completionEntry = defineCommand({
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
  read({ positionals: [shell, ...more] }): Shell {
    const known = SHELLS.find((each) => each === shell)
    if (!known || more.length > 0) {
      throw new UsageError(`completion needs one of: ${SHELLS.join(', ')}`)
    }
    return known
  },
  load: async () => (await import('../completion/printCompletion.ts')).printCompletion,
})
