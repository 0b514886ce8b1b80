import { defined } from '../../../machines/defined.ts'
import { defineCommand } from '../defineCommand.ts'
import { queueOption } from '../options/queue.ts'
import { readNoArguments } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'
import type { WorkerCommand } from '../queue/worker.ts'

const MOST_PARALLEL = 1_000

export const workerCommand = defineCommand({
  name: 'worker',
  synopsis: '',
  summary: 'Work on the targets of a queue of rollouts, until it is told to end',
  options: {
    ...queueOption,
    zone: {
      type: 'string',
      value: 'ZONE',
      help: 'Only the targets of this zone, such as those that this machine reaches (default: all)',
    },
    parallel: {
      type: 'string',
      value: 'NUMBER',
      help: 'How many targets this worker has at once (default: 10)',
    },
    json: { type: 'boolean', help: 'One JSON object per line on stdout' },
  },
  examples: [
    {
      title: 'Next to the engines of a zone, with the address in the environment:',
      line: 'plugin-flow worker --zone eu --parallel 20',
    },
  ],
  notes:
    'It also answers what rollout plan and the monitor of a rollout ask about the engines of its zone, as many questions at once as targets. Engines, certificates, credentials of registries and secret settings are those of this machine: none of them is in the queue. The first SIGTERM or Ctrl-C takes no further target and waits for those at work; a second one leaves them to other workers, who go on with them after 30 seconds. Exit status: 0 every target that it had has ended; 2 wrong usage, or a queue that is not there, refuses this user or may lose records.',
  read({ values, positionals }): WorkerCommand {
    readNoArguments('worker', positionals)
    const { queue, zone, parallel = '10', json = false } = values
    if (zone === '') throw new UsageError('--zone takes the name of a zone')
    return { ...defined({ queue, zone }), parallel: readParallel(parallel), json }
  },
  run: async (command, io) => (await import('../queue/worker.ts')).workerCommand(command, io),
})

function readParallel(text: string): number {
  const number = Number(text)
  if (/^\d{1,4}$/.test(text) && number > 0 && number <= MOST_PARALLEL) return number
  throw new UsageError(`--parallel takes a whole number up to ${MOST_PARALLEL}, and not "${text}"`)
}
