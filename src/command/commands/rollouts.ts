import { defined } from '../../../machines/defined.ts'
import { LOSSES } from '../../../machines/rollout/types.ts'
import { type Arguments, type CommandEntry, defineCommand, type Example } from '../defineCommand.ts'
import { consentOptions, readConsentOptions } from '../options/consent.ts'
import { queueOption } from '../options/queue.ts'
import { readChoice, readNoArguments } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'
import type { RolloutCommand } from '../rollout/control.ts'
import type { RemoveCommand } from '../rollout/remove.ts'
import type { RolloutDeed } from '../rollout/rolloutFolder.ts'
import type { RolloutStartCommand } from '../rollout/start.ts'

const json = { type: 'boolean', help: 'One JSON object per line on stdout' } as const
const wait = {
  type: 'boolean',
  help: 'Stay while the rollout waits for a person, who tells it from another terminal',
} as const

const STATUS =
  'Exit status: 0 done; 1 stopped or failed; 2 wrong usage; 3 rolled back; 4 waiting or paused.'

const rolloutStartCommand = defineCommand({
  name: 'rollout start',
  synopsis: 'PLAN',
  summary: 'Carry out a plan, after one consent for all of its engines',
  options: {
    ...consentOptions,
    'max-age': {
      type: 'string',
      value: 'HOURS',
      help: 'Refuse a plan that is older (default: 24)',
    },
    wait,
    json,
    ...queueOption,
  },
  examples: [
    {
      title: 'Ask once, and begin with the canaries:',
      line: 'plugin-flow rollout start plan.json',
    },
    {
      title: 'Unattended, under a policy:',
      line: 'plugin-flow rollout start --policy plugins.json --json plan.json',
    },
  ],
  notes: `It ends when nothing more happens by itself: the rollout has ended, is paused, or waits for a person who promotes it. A rollout is written down in $XDG_STATE_HOME/plugin-flow/rollouts (else ~/.local/state), so that another process can go on with it; one process at a time carries rollouts out. The first Ctrl-C begins no further target and waits for those at work, a second one leaves. With --queue it is written down in the queue, and its workers carry it out. ${STATUS}`,
  read({ values, positionals }): RolloutStartCommand {
    const [plan, ...others] = positionals
    if (plan === undefined) throw new UsageError('rollout start needs a PLAN')
    if (others.length > 0) throw new UsageError('rollout start takes one PLAN')
    return {
      plan,
      mostAge: readHours(values['max-age'] ?? '24'),
      wait: values.wait ?? false,
      json: values.json ?? false,
      ...defined({ queue: values.queue }),
      ...readConsentOptions(values),
    }
  },
  run: async (command, io) => (await import('../rollout/start.ts')).startCommand(command, io),
})

function readHours(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) > 0) return Number(text) * 3_600_000
  throw new UsageError(`--max-age takes a whole number of hours, and not "${text}"`)
}

const rolloutLsCommand = defineCommand({
  name: 'rollout ls',
  synopsis: '',
  summary: 'List rollouts, the newest first',
  options: { json, ...queueOption },
  examples: [{ title: 'Which rollouts were there?', line: 'plugin-flow rollout ls' }],
  read({ values, positionals }) {
    readNoArguments('rollout ls', positionals)
    return { json: values.json ?? false, ...defined({ queue: values.queue }) }
  },
  run: async (command, io) => (await import('../rollout/control.ts')).ls(command, io),
})

const rolloutStatusCommand = defineCommand({
  name: 'rollout status',
  synopsis: '[ROLLOUT]',
  summary: 'Show the state of a rollout, what failed, and what can be done',
  options: { json, ...queueOption },
  examples: [{ title: 'The newest one:', line: 'plugin-flow rollout status' }],
  notes: STATUS,
  read: (given) => readRollout('rollout status', given),
  run: async (command, io) => (await import('../rollout/control.ts')).status(command, io),
})

const rolloutWatchCommand = defineCommand({
  name: 'rollout watch',
  synopsis: '[ROLLOUT]',
  summary: 'Follow a rollout that another process carries out',
  options: { wait, json, ...queueOption },
  examples: [{ title: 'In another terminal:', line: 'plugin-flow rollout watch' }],
  notes: `On a terminal it shows the counts, the rate and the time left; in a pipe a line for each target that has ended. ${STATUS}`,
  read: (given) => readRollout('rollout watch', given),
  run: async (command, io) => (await import('../rollout/control.ts')).watch(command, io),
})

const rolloutExportCommand = defineCommand({
  name: 'rollout export',
  synopsis: '[ROLLOUT]',
  summary: 'Print the plan and the record of each target as JSON',
  options: queueOption,
  examples: [
    {
      title: 'Which targets failed?',
      line: `plugin-flow rollout export |
  jq -r '.records[] | select(.state == "failed") | .target'`,
    },
  ],
  read: (given) => readRollout('rollout export', given),
  run: async (command, io) => (await import('../rollout/control.ts')).exportRollout(command, io),
})

const rolloutRmCommand = defineCommand({
  name: 'rollout rm',
  synopsis: 'ROLLOUT',
  summary: 'Remove a rollout that has ended, with its records',
  options: {
    force: { type: 'boolean', help: 'Also one that cannot be read: it may not have ended' },
    ...queueOption,
  },
  examples: [
    {
      title: 'What it did stays on its engines:',
      line: 'plugin-flow rollout rm 20260101120000000-0badcafe',
    },
  ],
  notes:
    'Of the rollouts that have ended the newest 100 are kept, for 30 days: what is more goes when another one starts. One that has not ended is never removed. One that cannot be read, as rollout ls reports it, stays until --force.',
  read(given): RemoveCommand {
    const { id, queue } = readRollout('rollout rm', given)
    if (id === undefined) throw new UsageError('rollout rm needs a ROLLOUT')
    return { id, force: given.values.force ?? false, ...defined({ queue }) }
  },
  run: async (command, io) => (await import('../rollout/remove.ts')).removeCommand(command, io),
})

/** The orders of a person to a rollout, with the words for them. */
const deeds: Readonly<Record<RolloutDeed, { summary: string; example: Example }>> = {
  pause: {
    summary: 'Begin no further target of a rollout',
    example: { title: 'Those at work go on to their end:', line: 'plugin-flow rollout pause' },
  },
  resume: {
    summary: 'Go on with a rollout that is paused, or whose process has died',
    example: { title: 'Accept the failures so far:', line: 'plugin-flow rollout resume' },
  },
  promote: {
    summary: 'Go on after the canaries of a rollout',
    example: { title: 'The canaries are well:', line: 'plugin-flow rollout promote' },
  },
  cancel: {
    summary: 'Stop a rollout, and leave what is done',
    example: { title: 'For good:', line: 'plugin-flow rollout cancel' },
  },
  rollback: {
    summary: 'Take back what a rollout has changed, the newest first',
    example: { title: 'On all engines that it changed:', line: 'plugin-flow rollout rollback' },
  },
  retry: {
    summary: 'Take the targets of a rollout again that have failed',
    example: {
      title: 'After the registry is back, without those that are switched off:',
      line: 'plugin-flow rollout retry --only failed',
    },
  },
}

const only = {
  only: {
    type: 'string',
    value: 'failed|unreachable',
    choices: LOSSES,
    help: 'Of the targets that failed or were unreachable take these alone; the others stay as they are',
  },
} as const

const deedCommands = Object.entries(deeds).map(([deed, { summary, example }]) =>
  defineCommand({
    name: `rollout ${deed}`,
    synopsis: '[ROLLOUT]',
    summary,
    options: { ...(deed === 'retry' && only), wait, json, ...queueOption },
    examples: [example],
    notes: `The process that carries the rollout out gets the order; without such a process, this one goes on with it. Without ROLLOUT the newest one is meant. ${STATUS}`,
    read(given) {
      const { only: kind } = given.values
      return {
        ...readRollout(`rollout ${deed}`, given),
        ...(kind !== undefined && { only: readChoice('--only', LOSSES, kind) }),
      }
    },
    run: async (command, io) =>
      (await import('../rollout/control.ts')).control(deed as RolloutDeed, command, io),
  }),
)

export const rolloutCommands: readonly CommandEntry[] = [
  rolloutStartCommand,
  rolloutLsCommand,
  rolloutStatusCommand,
  rolloutWatchCommand,
  ...deedCommands,
  rolloutExportCommand,
  rolloutRmCommand,
]

function readRollout(
  command: string,
  { values, positionals }: Arguments<{ wait: typeof wait; json: typeof json } & typeof queueOption>,
): RolloutCommand {
  const [id, ...others] = positionals
  if (others.length > 0) throw new UsageError(`${command} takes one ROLLOUT`)
  if (id !== undefined && !/^[0-9a-f-]{1,40}$/.test(id)) {
    throw new UsageError(`"${id}" is not the ID of a rollout; plugin-flow rollout ls lists them`)
  }
  return {
    ...defined({ id, queue: values.queue }),
    wait: values.wait === true,
    json: values.json === true,
  }
}
