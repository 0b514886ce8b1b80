import { resolve } from 'node:path'
import { defined } from '../../../machines/defined.ts'
import type { PlannedSetting } from '../../../machines/rollout/plan.ts'
import { parseSetting } from '../../../machines/settings.ts'
import { defineCommand } from '../defineCommand.ts'
import { asUsage } from '../openEngine.ts'
import { queueOption } from '../options/queue.ts'
import { readSecretOptions, secretOptions } from '../options/secrets.ts'
import { readStrategyOptions, strategyOptions } from '../options/strategy.ts'
import { checkSettingArguments, readChoice, readSeconds } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'
import type { RolloutPlanCommand } from '../rollout/plan.ts'

const KINDS = ['install', 'upgrade', 'remove'] as const

export const rolloutPlanCommand = defineCommand({
  name: 'rollout plan',
  synopsis: 'PLUGIN [KEY=VALUE...]',
  summary: 'Find out what a rollout to many engines would do, and write it down',
  options: {
    fleet: {
      type: 'string',
      value: 'FILE',
      completes: 'files',
      help: 'The engines, as docs/fleet.schema.json describes them',
    },
    limit: {
      type: 'string',
      value: 'EXPR',
      help: "Only some of them, as in 'zone=eu,role!=db' or 'web-*'",
    },
    kind: {
      type: 'string',
      value: 'install|upgrade|remove',
      choices: KINDS,
      help: 'Install the plugin (default), upgrade one to PLUGIN, or remove it',
    },
    name: {
      type: 'string',
      value: 'NAME',
      help: 'Local name of the plugin on every engine (default: that of PLUGIN)',
    },
    digest: {
      type: 'string',
      value: 'DIGEST',
      help: 'The content that PLUGIN must name: sha256:…',
    },
    ...secretOptions,
    'set-secret-env': {
      type: 'string',
      multiple: true,
      value: 'KEY=VARIABLE',
      help: 'Set KEY to the value of a variable of the machine that works on a target, which is never shown or recorded',
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      completes: 'files',
      help: 'Write the plan to a file that only this user can read (default: standard output)',
    },
    deadline: {
      type: 'string',
      value: 'SECONDS',
      help: 'How long one engine may take to answer (default: 30)',
    },
    ...strategyOptions,
    ...queueOption,
  },
  examples: [
    {
      title: 'What would be done on each engine?',
      line: 'plugin-flow rollout plan --fleet fleet.json -o plan.json vieux/sshfs DEBUG=1',
    },
    {
      title: 'One engine first, then a tenth, then the others, 50 at once:',
      line: 'plugin-flow rollout plan --fleet fleet.json --canary 1 --canary 10% --parallel 50 -o plan.json vieux/sshfs',
    },
    {
      title: 'Upgrade the plugin on the engines of a zone:',
      line: 'plugin-flow rollout plan --fleet fleet.json --limit zone=eu --kind upgrade --name acme/notes:1.0 -o plan.json acme/notes:2.0',
    },
  ],
  notes:
    'Nothing is changed. The plan has no secrets: of a secret setting it names the file or the variable, which must exist on this machine too. With --queue that and the engines are looked at from elsewhere: a worker of the zone of each target looks at it, and one of each zone checks that it has the file or the variable. Exit status: 0 planned; 1 the plan could not be made; 2 wrong usage, or an unusable fleet file.',
  read({ values, positionals }): RolloutPlanCommand {
    const [reference, ...settings] = positionals
    if (reference === undefined) throw new UsageError('rollout plan needs a PLUGIN')
    const { fleet, limit, name, digest, output, deadline, queue } = values
    if (!fleet) throw new UsageError('rollout plan needs --fleet FILE')
    checkSettingArguments('rollout plan', settings)
    const kind = readChoice('--kind', KINDS, values.kind)
    const { secrets = [] } = readSecretOptions(values, settings)
    const planned = [
      ...settings.map((text) => asUsage(() => parseSetting(text)) as PlannedSetting),
      ...secrets.map(({ name: key, path }): PlannedSetting => {
        return { ...asUsage(() => parseSetting(key)), from: 'file', path: resolve(path) }
      }),
      ...(values['set-secret-env'] ?? []).map(readVariable),
    ]
    if (kind === 'remove' && planned.length > 0) {
      throw new UsageError('a removal has no settings')
    }
    return {
      fleet,
      kind,
      reference,
      settings: planned,
      strategy: readStrategyOptions(values),
      deadline: readSeconds('--deadline', deadline ?? '30') * 1_000,
      ...defined({ limit, name, digest, output, queue }),
    }
  },
  run: async (command, io) => (await import('../rollout/plan.ts')).planCommand(command, io),
})

function readVariable(text: string): PlannedSetting {
  const [, key, variable] = /^([^=]+)=([A-Za-z_]\w*)$/.exec(text) ?? []
  if (key !== undefined && variable !== undefined) {
    return { ...asUsage(() => parseSetting(key)), from: 'env', variable }
  }
  throw new UsageError('--set-secret-env takes KEY=VARIABLE: the name of a variable, not a value')
}
