import { defined } from '../../../machines/defined.ts'
import type { Share, Strategy } from '../../../machines/rollout/plan.ts'
import { type OptionValues, optionGroup } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'
import { readChoice, readSeconds } from './values.ts'

const ON_FAILURE = ['pause', 'stop', 'rollback'] as const

/** In which order a rollout goes on, and when it stops. */
export const strategyOptions = optionGroup('Strategy', {
  canary: {
    type: 'string',
    multiple: true,
    value: 'COUNT',
    help: 'How many targets, or which percentage, go first; once more for each further step; none for no canaries (default: 1)',
  },
  hold: {
    type: 'string',
    value: 'person|SECONDS',
    help: 'After each canary step wait for a person, who promotes it (default), or for so long',
  },
  batch: {
    type: 'string',
    value: 'COUNT',
    help: 'How many of the other targets, or which percentage, are a batch (default: all)',
  },
  parallel: {
    type: 'string',
    value: 'NUMBER',
    help: 'How many targets are at work at once (default: 10)',
  },
  'max-failures': {
    type: 'string',
    value: 'COUNT',
    help: 'How many targets, or which percentage, may fail (default: 0)',
  },
  'max-unreachable': {
    type: 'string',
    value: 'COUNT',
    help: 'How many targets, or which percentage, may have an engine that does not answer (default: 10%)',
  },
  monitor: {
    type: 'string',
    value: 'SECONDS',
    help: 'Look again after so long whether the plugins of a step are still enabled',
  },
  'on-failure': {
    type: 'string',
    value: 'pause|stop|rollback',
    choices: ON_FAILURE,
    help: 'When more than that fail: pause (default), stop, or take back what was changed',
  },
})

/** @throws UsageError */
export function readStrategyOptions(
  values: OptionValues<typeof strategyOptions>,
): Partial<Strategy> {
  const { canary, hold, batch, parallel, monitor } = values
  const share = (name: 'batch' | 'max-failures' | 'max-unreachable') =>
    values[name] === undefined ? undefined : readShare(`--${name}`, values[name])
  const milliseconds = (option: string, text: string) => readSeconds(option, text) * 1_000
  return defined({
    canaries: canary && readCanaries(canary),
    hold: hold === undefined || hold === 'person' ? hold : milliseconds('--hold', hold),
    batch: batch === undefined ? undefined : share('batch'),
    parallel: parallel === undefined ? undefined : readParallel(parallel),
    maxFailures: share('max-failures'),
    maxUnreachable: share('max-unreachable'),
    monitor: monitor === undefined ? undefined : milliseconds('--monitor', monitor),
    onFailure:
      values['on-failure'] === undefined
        ? undefined
        : readChoice('--on-failure', ON_FAILURE, values['on-failure']),
  }) as Partial<Strategy>
}

function readCanaries(texts: readonly string[]): Share[] {
  if (!texts.includes('none')) return texts.map((text) => readShare('--canary', text))
  if (texts.length === 1) return []
  throw new UsageError('--canary none cannot be combined with other canaries')
}

function readShare(option: string, text: string): Share {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  if (/^(?:100|\d{1,2}(?:\.\d{1,3})?)%$/.test(text)) return text as Share
  throw new UsageError(
    `${option} takes a number of targets or a percentage such as 25%, and not "${text}"`,
  )
}

function readParallel(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1_000) return Number(text)
  throw new UsageError(`--parallel takes a whole number from 1 to 1000, and not "${text}"`)
}
