import type { InstallErrorCode } from '../catalogue.ts'
import { initialContext } from './context.ts'
import {
  configureInput,
  consentInput,
  credentialsInput,
  disableInput,
  enableInput,
  inspectInput,
  readInput,
  removeCopyInput,
  resolveInput,
  stageInput,
  swapInput,
  tryInput,
} from './inputs.ts'
import { upgradeOutput } from './outcome.ts'
import { pluginUpgradeSetup } from './pluginUpgradeSetup.ts'
import { rollingBack } from './rollingBack.ts'
import type { Phase, UpgradeTimeouts } from './types.ts'

/** An upgrade as a transaction. States stand in the order of a run, the way back last. */
export const pluginUpgradeMachine = pluginUpgradeSetup.createMachine({
  id: 'pluginUpgrade',
  description:
    'Upgrades a Docker Engine plugin: afterwards the new version has the planned settings in effect, or the old one is as it was.',
  context: initialContext,
  output: upgradeOutput,
  initial: 'reading',
  states: {
    // GET /plugins/NAME/json
    reading: {
      description: 'Which plugin is it, and what does its process get?',
      tags: ['working', 'cancellable'],
      invoke: {
        id: 'readPlugin',
        src: 'readPlugin',
        input: readInput,
        onDone: [
          { guard: 'wasGoingBack', target: 'rollingBack', actions: 'rememberReading' },
          { guard: 'isSwapped', target: 'configuring', actions: 'rememberReading' },
          { guard: 'isToBeSwapped', target: 'disabling', actions: 'rememberReading' },
          {
            guard: 'isOthersWork',
            target: 'rollingBack.looking',
            actions: ['rememberReading', fail('changed-by-others', 'reading'), 'leaveToOthers'],
          },
          { target: 'resolving', actions: 'rememberReading' },
        ],
        onError: { target: 'rollingBack', actions: rememberError('reading') },
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'reading') } },
      after: { readingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'reading') } },
    },

    // GET /plugins/privileges and GET /distribution/REF/json, of the new version and of the old
    resolving: {
      description: 'What does the new version ask for, and can the old one be had again?',
      tags: ['working', 'cancellable'],
      invoke: {
        id: 'resolveVersions',
        src: 'resolveVersions',
        input: resolveInput,
        onDone: [
          {
            guard: 'isInUse',
            target: 'rollingBack',
            actions: ['rememberResolved', fail('in-use', 'resolving')],
          },
          { guard: 'needsConsent', target: 'awaitConsent', actions: 'rememberResolved' },
          { target: 'staging', actions: ['rememberResolved', 'recordConsentUnasked'] },
        ],
        onError: [
          { guard: 'mayReauth', target: 'reauth', actions: 'countAttempt' },
          { target: 'rollingBack', actions: rememberError('resolving') },
        ],
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'resolving') } },
      after: {
        resolvingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'resolving') },
      },
    },

    reauth: {
      description: 'The registry wants credentials: from their source, else from a person.',
      tags: ['waitingForUser', 'cancellable'],
      exit: 'stopAsking',
      invoke: {
        id: 'requestCredentials',
        src: 'requestCredentials',
        input: credentialsInput,
        onDone: [
          { guard: 'hasAccount', target: 'resolving', actions: 'rememberAccount' },
          { actions: 'askPerson' },
        ],
        onError: { target: 'rollingBack', actions: rememberError('reauth') },
      },
      on: {
        'credentials.submit': {
          guard: 'asksPerson',
          target: 'resolving',
          actions: 'rememberAccount',
        },
        'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'reauth') },
      },
      after: { reauthTimeout: { target: 'rollingBack', actions: fail('timed-out', 'reauth') } },
    },

    awaitConsent: {
      description:
        'A policy, else a person, agrees to the difference: nothing of the plugin has changed yet.',
      tags: ['waitingForUser', 'cancellable'],
      exit: 'stopAsking',
      invoke: {
        id: 'decideConsent',
        src: 'decideConsent',
        input: consentInput,
        onDone: [
          { guard: 'isDenied', target: 'rollingBack', actions: 'rememberDenial' },
          { guard: 'isForPerson', actions: 'askPerson' },
          { guard: 'isPlanned', target: 'planning', actions: 'recordConsentOfPolicy' },
          { target: 'staging', actions: 'recordConsentOfPolicy' },
        ],
        onError: { target: 'rollingBack', actions: rememberError('awaitConsent') },
      },
      on: {
        'consent.grant': [
          { guard: 'asksPersonOfPlan', target: 'planning', actions: 'recordConsentOfPerson' },
          { guard: 'asksPerson', target: 'staging', actions: 'recordConsentOfPerson' },
        ],
        'consent.deny': { guard: 'asksPerson', target: 'rollingBack', actions: 'rememberDenial' },
        'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'awaitConsent') },
      },
      after: {
        awaitConsentTimeout: { target: 'rollingBack', actions: fail('timed-out', 'awaitConsent') },
      },
    },

    // POST /plugins/pull under a name of this run, then GET /plugins/COPY/json
    staging: {
      description: 'The engine pulls the new version as a disabled copy, which shows all of it.',
      tags: ['working', 'cancellable'],
      entry: begin('staging'),
      invoke: {
        id: 'stageCopy',
        src: 'stageCopy',
        input: stageInput,
        onDone: [
          {
            guard: 'isOtherContent',
            target: 'rollingBack',
            actions: ['rememberCopy', fail('digest-changed', 'staging')],
          },
          {
            guard: 'exceedsConsent',
            target: 'rollingBack',
            actions: ['rememberCopy', fail('privileges-not-enforced', 'staging')],
          },
          { target: 'planning', actions: ['rememberCopy', 'makePlan'] },
        ],
        onError: [
          { guard: 'mayReauth', target: 'reauth', actions: 'countAttempt' },
          { target: 'rollingBack', actions: rememberError('staging') },
        ],
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'staging') } },
      after: { stagingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'staging') } },
    },

    planning: {
      description: 'What is kept, set again, lost, or to be had only by replacing the plugin?',
      tags: ['working'],
      always: [
        { guard: 'isUnchanged', target: 'cleaning' },
        {
          guard: 'cannotGive',
          target: 'rollingBack',
          actions: fail('only-by-replacing', 'staging'),
        },
        { guard: 'isInUse', target: 'rollingBack', actions: fail('in-use', 'staging') },
        {
          guard: 'mayNotGoOn',
          target: 'rollingBack',
          actions: fail('no-way-back', 'staging'),
        },
        { guard: 'needsConsentOfPlan', target: 'awaitConsent', actions: 'requestConsentOfPlan' },
        { guard: 'isToBeTried', target: 'trying' },
        { guard: 'wasEnabled', target: 'disabling' },
        { target: 'upgrading' },
      ],
    },

    // POST /plugins/COPY/enable, then POST /plugins/COPY/disable
    trying: {
      description: 'The copy is enabled for a moment: does the new version start on this host?',
      tags: ['working', 'cancellable'],
      invoke: {
        id: 'tryCopy',
        src: 'tryCopy',
        input: tryInput,
        onDone: [{ guard: 'wasEnabled', target: 'disabling' }, { target: 'upgrading' }],
        onError: { target: 'rollingBack', actions: rememberError('trying') },
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'trying') } },
      after: { tryingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'trying') } },
    },

    // POST /plugins/ID/disable
    disabling: {
      description: 'The engine stops the old version.',
      tags: ['working', 'cancellable'],
      entry: begin('disabling'),
      invoke: {
        id: 'disablePlugin',
        src: 'disablePlugin',
        input: disableInput,
        onDone: { target: 'upgrading' },
        onError: { target: 'rollingBack', actions: rememberError('disabling') },
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'disabling') } },
      after: {
        disablingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'disabling') },
      },
    },

    // POST /plugins/NAME/upgrade, or DELETE /plugins/ID and POST /plugins/pull
    upgrading: {
      description: 'The engine puts the new version in the place of the old one.',
      tags: ['working', 'cancellable'],
      entry: begin('swapping'),
      invoke: {
        id: 'swapPlugin',
        src: 'swapPlugin',
        input: swapInput,
        onDone: { target: 'verifying', actions: 'endSwap' },
        onError: { target: 'rollingBack', actions: ['closeSwap', rememberError('upgrading')] },
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'upgrading') } },
      after: {
        upgradingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'upgrading') },
      },
    },

    // GET /plugins/NAME/json
    verifying: {
      description: 'Is it the content of the copy that was agreed to?',
      tags: ['working', 'cancellable'],
      invoke: {
        id: 'inspectPlugin',
        src: 'inspectPlugin',
        input: inspectInput,
        onDone: [
          { guard: 'isOfCopy', target: 'configuring', actions: 'rememberNow' },
          {
            target: 'rollingBack',
            actions: ['rememberNow', fail('digest-changed', 'verifying')],
          },
        ],
        onError: { target: 'rollingBack', actions: rememberError('verifying') },
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'verifying') } },
      after: {
        verifyingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'verifying') },
      },
    },

    // POST /plugins/ID/set, one setting a call, then GET /plugins/ID/json
    configuring: {
      description: 'What the upgrade dropped, and what was asked for, is set.',
      tags: ['working', 'cancellable'],
      invoke: {
        id: 'configurePlugin',
        src: 'configurePlugin',
        input: configureInput,
        onDone: [
          { guard: 'wasEnabled', target: 'enabling', actions: 'rememberNow' },
          { target: 'proving', actions: 'rememberNow' },
        ],
        onError: { target: 'rollingBack', actions: rememberError('configuring') },
      },
      on: {
        'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'configuring') },
      },
      after: {
        configuringTimeout: { target: 'rollingBack', actions: fail('timed-out', 'configuring') },
      },
    },

    // POST /plugins/ID/enable
    enabling: {
      description: 'The engine starts the new version.',
      tags: ['working', 'cancellable'],
      entry: 'requestEnable',
      invoke: {
        id: 'enablePlugin',
        src: 'enablePlugin',
        input: enableInput,
        onDone: { target: 'proving' },
        onError: { target: 'rollingBack', actions: ['closeEnable', rememberError('enabling')] },
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'enabling') } },
      after: { enablingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'enabling') } },
    },

    // GET /plugins/ID/json
    proving: {
      description: 'Is what is in effect what was planned?',
      tags: ['working', 'cancellable'],
      invoke: {
        id: 'inspectPlugin',
        src: 'inspectPlugin',
        input: inspectInput,
        onDone: [
          { guard: 'isAsPlanned', target: 'cleaning', actions: 'rememberNow' },
          { target: 'rollingBack', actions: ['rememberNow', fail('not-in-effect', 'proving')] },
        ],
        onError: { target: 'rollingBack', actions: rememberError('proving') },
      },
      on: { 'upgrade.cancel': { target: 'rollingBack', actions: fail('cancelled', 'proving') } },
      after: { provingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'proving') } },
    },

    // DELETE /plugins/COPY
    cleaning: {
      description: 'The copy is removed, after all else: its layers may be needed until then.',
      tags: ['working'],
      invoke: {
        id: 'removeCopy',
        src: 'removeCopy',
        input: removeCopyInput,
        onDone: { target: 'done' },
        onError: { target: 'done', actions: 'reportLeftover' },
      },
      after: { cleaningTimeout: { target: 'done', actions: 'reportLeftover' } },
    },

    done: { description: 'The new version is there, with what was planned.', type: 'final' },

    rollingBack,

    rolledBack: {
      description: 'The upgrade failed, and the old version is there as it was.',
      type: 'final',
    },

    stranded: {
      description: 'The way back failed, or was not to be taken: the output says what is there.',
      type: 'final',
    },
  },
})

function rememberError(state: keyof UpgradeTimeouts) {
  return { type: 'rememberError', params: { state } } as const
}

function fail(code: InstallErrorCode, state: keyof UpgradeTimeouts) {
  return { type: 'fail', params: { code, state } } as const
}

function begin(phase: Phase) {
  return { type: 'begin', params: { phase } } as const
}
