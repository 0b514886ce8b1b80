import { defineCommand } from '../commandEntry.ts'

export const helpEntry = defineCommand({
  name: 'help',
  synopsis: '[COMMAND]',
  arguments: 'commands',
  summary: 'Print help with a command',
  options: {},
  examples: [{ title: 'What does install take?', line: 'plugin-flow help install' }],
  read: ({ positionals }) => positionals,
  load: async () => (await import('../showHelp.ts')).showHelp,
})
