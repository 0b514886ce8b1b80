import type { OptionTable, OptionValues } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'
import { readSeconds } from './values.ts'

/** The options of every command that runs a flow of its own. */
export const flowOptions = {
  'disable-content-trust': {
    type: 'boolean',
    help: "Accepted because it is the default of Docker's own command, and without effect",
  },
  'keep-on-failure': {
    type: 'boolean',
    help: 'Leave the plugin in place when a later step fails',
  },
  'enable-timeout': {
    type: 'string',
    value: 'SECONDS',
    help: "How long the engine waits for the plugin (default: the engine's own)",
  },
  'dry-run': {
    type: 'boolean',
    help: 'Show what would be installed, granted and sent, and change nothing',
  },
} as const satisfies OptionTable

export interface FlowSelection {
  keepOnFailure: boolean
  /** In whole seconds. */
  enableTimeout: number
  /** Show the plan, and change nothing. */
  dryRun: boolean
}

/** @throws UsageError */
export function readFlowOptions(values: OptionValues<typeof flowOptions>): FlowSelection {
  if (values['disable-content-trust'] === false) {
    throw new UsageError('content trust is not supported: leave out --disable-content-trust=false')
  }
  return {
    keepOnFailure: values['keep-on-failure'] ?? false,
    enableTimeout: readSeconds('--enable-timeout', values['enable-timeout'] ?? '0'),
    dryRun: values['dry-run'] ?? false,
  }
}
