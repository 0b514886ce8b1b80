import type { TargetState } from './records.ts'

/** The labels of the chart's arrows in pictures, as those of an install. */
export const rolloutLabels: Readonly<Record<string, string>> = {
  'plan.done': 'written down',
  hasNoTargets: 'nothing to do',
  'consent.grant': 'granted',
  isInCanary: 'granted, canaries first',
  'paused → canary': 'resumed in the canaries',
  hasAnotherCanary: 'next canaries',
  isTimedBeforeCanary: 'next canaries, by time',
  isOfThisStepInCanary: 'canaries looked at',
  isOfThisStep: 'batch looked at',
  mayRetryInCanary: 'canaries again',
  mayRetry: 'tried again',
  'consent.deny': 'denied',
  'after(consentTime)': 'too late',
  'after(holdTime)': 'time is over',
  'after(monitorTime)': 'time is over',
  hasToPause: 'needs a decision',
  hasToGoBack: 'too many failures',
  hasToStop: 'too many failures',
  hasToMonitor: 'look again later',
  isOver: 'all targets',
  isStepOver: 'step is over',
  'batch.monitored': 'looked at',
  isDrained: 'none at work',
  isDrainedToGoBack: 'none at work',
  '→ stopping': '',
  'stopping → stopped': 'none at work',
  'stopping → rollingBack': 'to go back',
}

/** The states of targets that people know by other words. */
export const targetWords: Partial<Record<TargetState, string>> = {
  undoFailed: 'not taken back',
  undone: 'taken back',
}
