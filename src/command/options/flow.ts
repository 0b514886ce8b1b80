import type { DockerWarning, Warn } from '../../../adapters/docker/configFile.ts'
import { defined } from '../../../machines/defined.ts'
import type { OptionTable, OptionValues } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'
import { readSeconds } from './values.ts'

/** The options of every command that runs a flow of its own. */
export const flowOptions = {
  'disable-content-trust': {
    type: 'boolean',
    help: 'As by default: signatures are not verified, whatever DOCKER_CONTENT_TRUST says',
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
  record: {
    type: 'string',
    value: 'FILE',
    completes: 'files',
    help: 'Write the run to a file when it has ended, for plugin-flow ui and <plugin-flow> to show; it holds no secrets',
  },
} as const satisfies OptionTable

export interface FlowSelection {
  /** `DOCKER_CONTENT_TRUST` is passed over without a warning. */
  disableContentTrust?: true
  keepOnFailure: boolean
  /** In whole seconds. */
  enableTimeout: number
  /** Show the plan, and change nothing. */
  dryRun: boolean
  /** Path of a file that the run is recorded in. */
  record?: string
}

/** @throws UsageError */
export function readFlowOptions(values: OptionValues<typeof flowOptions>): FlowSelection {
  if (values['disable-content-trust'] === false) {
    throw new UsageError('content trust is not supported: leave out --disable-content-trust=false')
  }
  const { record, 'dry-run': dryRun = false } = values
  if (dryRun && record !== undefined) {
    throw new UsageError('--dry-run runs nothing that could be recorded: leave out --record')
  }
  return {
    ...(values['disable-content-trust'] && { disableContentTrust: true }),
    keepOnFailure: values['keep-on-failure'] ?? false,
    enableTimeout: readSeconds('--enable-timeout', values['enable-timeout'] ?? '0'),
    dryRun,
    ...defined({ record: record || undefined }),
  }
}

const NOT_VERIFIED: DockerWarning = {
  code: 'content-trust',
  message:
    'DOCKER_CONTENT_TRUST is set, and signatures are not verified here: give the plugin by its digest, or unset it (--disable-content-trust)',
}

/**
 * Warns that signatures are not verified where `DOCKER_CONTENT_TRUST` asks for it. As Docker reads it, any value but a
 * false one does, and what is named by a digest needs no signature.
 */
export function warnOfTrust(
  {
    reference = '',
    disableContentTrust,
    embedded = false,
  }: Pick<FlowSelection, 'disableContentTrust'> & { reference?: string; embedded?: boolean },
  { DOCKER_CONTENT_TRUST: value = '' }: NodeJS.ProcessEnv,
  warn: Warn,
): void {
  if (embedded || disableContentTrust || reference.includes('@')) return
  if (!/^(?:|0|f|F|false|False|FALSE)$/.test(value)) warn(NOT_VERIFIED)
}
