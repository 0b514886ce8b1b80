import { optionGroup } from '../defineCommand.ts'

/** The option that names the queue, the same for every command that has one. */
export const queueOption = optionGroup('Queue', {
  queue: {
    type: 'string',
    value: 'URL',
    help: 'Rollouts of a queue: redis://, rediss:// (TLS) or postgres://, with user and password (default: PLUGIN_FLOW_QUEUE, which other users of the machine do not see)',
  },
})

/** The address may have a password in it, which a command line would show to the other users of the machine. */
const VARIABLE = 'PLUGIN_FLOW_QUEUE'

export interface QueueSelection {
  /** Address of the queue. Default: that of the environment, else rollouts are in a folder. */
  queue?: string
}

export function queueOf({ queue }: QueueSelection, env: NodeJS.ProcessEnv): string | undefined {
  return queue || env[VARIABLE] || undefined
}
