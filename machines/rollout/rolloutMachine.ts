import { initialContext } from './context.ts'
import { rolloutSetup } from './rolloutSetup.ts'

/**
 * The statechart of a rollout. A pure reducer: it is run with XState's `initialTransition` and `transition`, so that the
 * same chart serves one process and a queue. The targets that a runner has to work on are those in `context.out`.
 */
export const rolloutMachine = rolloutSetup.createMachine({
  id: 'rollout',
  context: initialContext,
  initial: 'planning',
  states: {
    planning: {
      description: 'A record is written for each target of the plan.',
      tags: ['working', 'cancellable'],
      on: {
        'plan.done': [
          { guard: 'hasNoTargets', target: 'done', actions: 'rememberPlan' },
          { target: 'awaitConsent', actions: 'rememberPlan' },
        ],
        cancel: { target: 'stopped' },
      },
    },

    awaitConsent: {
      description:
        'A person or a policy decides whether this plan is carried out. No engine was changed.',
      tags: ['waitingForUser', 'cancellable'],
      on: {
        'consent.grant': [
          { guard: 'isInCanary', target: 'canary', actions: 'recordConsent' },
          { target: 'rolling', actions: 'recordConsent' },
        ],
        'consent.deny': { target: 'denied' },
        cancel: { target: 'stopped' },
      },
      after: { consentTime: { target: 'expired' } },
    },

    canary: {
      description: 'A few targets go first.',
      tags: ['working', 'cancellable'],
      entry: 'handOut',
      always: [
        { guard: 'hasToPause', target: 'paused' },
        { guard: 'hasToGoBack', target: 'stopping', actions: 'requestUndo' },
        { guard: 'hasToStop', target: 'stopping' },
        { guard: 'hasToMonitor', target: 'monitoring' },
        { guard: 'isOver', target: 'done' },
        { guard: 'isStepOver', target: 'holding' },
      ],
      on: {
        'target.done': { guard: 'isCurrent', actions: ['count', 'handOut'] },
        pause: { target: 'paused' },
        cancel: { target: 'stopping' },
        rollback: { target: 'stopping', actions: 'requestUndo' },
      },
    },

    holding: {
      description: 'The canaries are done: a person promotes them, or some time passes.',
      tags: ['waitingForUser', 'cancellable'],
      on: {
        promote: [
          { guard: 'hasAnotherCanary', target: 'canary', actions: 'beginStep' },
          { target: 'rolling', actions: 'beginStep' },
        ],
        pause: { target: 'paused' },
        cancel: { target: 'stopping' },
        rollback: { target: 'stopping', actions: 'requestUndo' },
      },
      after: {
        holdTime: [
          { guard: 'isTimedBeforeCanary', target: 'canary', actions: 'beginStep' },
          { guard: 'isTimed', target: 'rolling', actions: 'beginStep' },
        ],
      },
    },

    rolling: {
      description: 'The other targets follow, batch by batch.',
      tags: ['working', 'cancellable'],
      entry: 'handOut',
      always: [
        { guard: 'hasToPause', target: 'paused' },
        { guard: 'hasToGoBack', target: 'stopping', actions: 'requestUndo' },
        { guard: 'hasToStop', target: 'stopping' },
        { guard: 'hasToMonitor', target: 'monitoring' },
        { guard: 'isOver', target: 'done' },
      ],
      on: {
        'target.done': { guard: 'isCurrent', actions: ['count', 'handOut'] },
        pause: { target: 'paused' },
        cancel: { target: 'stopping' },
        rollback: { target: 'stopping', actions: 'requestUndo' },
      },
    },

    paused: {
      description: 'No further target begins. Those at work go on to their end.',
      tags: ['waitingForUser', 'cancellable'],
      always: [
        { guard: 'hasToGoBack', target: 'stopping', actions: 'requestUndo' },
        { guard: 'hasToStop', target: 'stopping' },
      ],
      on: {
        'target.done': { guard: 'isCurrent', actions: 'count' },
        resume: [
          { guard: 'isInCanary', target: 'canary', actions: 'acceptLosses' },
          { target: 'rolling', actions: 'acceptLosses' },
        ],
        retry: [
          { guard: 'mayRetryInCanary', target: 'canary', actions: 'beginRetry' },
          { guard: 'mayRetry', target: 'rolling', actions: 'beginRetry' },
        ],
        cancel: { target: 'stopping' },
        rollback: { target: 'stopping', actions: 'requestUndo' },
      },
    },

    monitoring: {
      description: 'Are the plugins of this step still as they were left?',
      tags: ['working', 'cancellable'],
      initial: 'waiting',
      states: {
        waiting: {
          description: 'Some time passes.',
          after: { monitorTime: { target: 'looking' } },
        },
        looking: {
          description: 'The engines are asked.',
          on: {
            'batch.monitored': [
              {
                guard: 'isOfThisStepInCanary',
                target: '#rollout.canary',
                actions: 'countMonitored',
              },
              { guard: 'isOfThisStep', target: '#rollout.rolling', actions: 'countMonitored' },
            ],
          },
        },
      },
      on: {
        pause: { target: 'paused' },
        cancel: { target: 'stopping' },
        rollback: { target: 'stopping', actions: 'requestUndo' },
      },
    },

    done: {
      description:
        'Every target was worked on. It can be rolled back, and what failed tried again.',
      tags: ['ended'],
      on: {
        rollback: { target: 'rollingBack' },
        retry: { guard: 'mayRetry', target: 'rolling', actions: 'beginRetry' },
      },
    },

    stopping: {
      description: 'No further target begins, and those at work are waited for.',
      tags: ['working'],
      always: [
        { guard: 'isDrainedToGoBack', target: 'rollingBack' },
        { guard: 'isDrained', target: 'stopped' },
      ],
      on: {
        'target.done': { guard: 'isCurrent', actions: 'count' },
        rollback: { actions: 'requestUndo' },
      },
    },

    stopped: {
      description: 'It was stopped. What is done stays until it is rolled back.',
      tags: ['ended'],
      on: {
        rollback: { target: 'rollingBack' },
        retry: [
          { guard: 'mayRetryInCanary', target: 'canary', actions: 'beginRetry' },
          { guard: 'mayRetry', target: 'rolling', actions: 'beginRetry' },
        ],
      },
    },

    rollingBack: {
      description: 'What this rollout changed is taken back, the newest first.',
      tags: ['working'],
      entry: 'beginUndo',
      always: { guard: 'isOver', target: 'rolledBack' },
      on: {
        'undo.planned': { guard: 'isToBeListed', actions: ['rememberUndo', 'handOut'] },
        'target.done': { guard: 'isCurrent', actions: ['count', 'handOut'] },
      },
    },

    rolledBack: {
      description: 'Everything that could be taken back is; the records say what is left.',
      tags: ['ended'],
      type: 'final',
    },

    denied: {
      description: 'The plan is not carried out.',
      tags: ['ended'],
      type: 'final',
    },

    expired: {
      description: 'No decision was made in time.',
      tags: ['ended'],
      type: 'final',
    },
  },
})
