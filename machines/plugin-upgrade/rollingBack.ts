import {
  enableInput,
  inspectInput,
  lookInput,
  quiesceInput,
  removeCopyInput,
  restoreInput,
  returnInput,
} from './inputs.ts'
import { pluginUpgradeSetup } from './pluginUpgradeSetup.ts'

/** The way back of an upgrade: a state of `pluginUpgradeMachine`, whose other states it leads to at its end. */
export const rollingBack = pluginUpgradeSetup.createStateConfig({
  description: 'The old version comes back, with what was in effect. No cancel reaches it.',
  tags: ['working'],
  initial: 'deciding',
  states: {
    deciding: {
      description: 'How much has to be taken back?',
      always: [
        { guard: 'isToBeKept', target: 'looking', actions: 'keepNew' },
        { guard: 'isLeftToOthers', target: 'looking', actions: 'leaveToOthers' },
        { guard: 'mayBeSwapped', target: 'quiescing' },
        { guard: 'mayBeDisabled', target: 'enabling' },
        { guard: 'mayHaveCopy', target: 'cleaning' },
        { target: '#pluginUpgrade.rolledBack' },
      ],
    },
    // GET /plugins/ID/json, and POST /plugins/ID/disable where it came up after all
    quiescing: {
      description: 'An enable that is under way is waited for, and undone.',
      invoke: {
        id: 'quiescePlugin',
        src: 'quiescePlugin',
        input: quiesceInput,
        onDone: { target: 'returning' },
        onError: { target: 'looking', actions: 'rememberStranded' },
      },
    },
    // POST /plugins/NAME/upgrade, or DELETE /plugins/ID and POST /plugins/pull
    returning: {
      description: 'The engine puts the old version back.',
      invoke: {
        id: 'returnPlugin',
        src: 'returnPlugin',
        input: returnInput,
        onDone: { target: 'restoring', actions: 'rememberNow' },
        onError: { target: 'looking', actions: 'rememberStranded' },
      },
    },
    // POST /plugins/ID/set, one setting a call
    restoring: {
      description: 'What was in effect is set again.',
      invoke: {
        id: 'restorePlugin',
        src: 'restorePlugin',
        input: restoreInput,
        onDone: [
          { guard: 'wasEnabled', target: 'enabling', actions: 'rememberNow' },
          { target: 'proving', actions: 'rememberNow' },
        ],
        onError: { target: 'looking', actions: 'rememberStranded' },
      },
    },
    // POST /plugins/ID/enable
    enabling: {
      description: 'The engine starts the old version.',
      invoke: {
        id: 'enablePlugin',
        src: 'enablePlugin',
        input: enableInput,
        onDone: { target: 'proving' },
        onError: { target: 'looking', actions: 'rememberStranded' },
      },
    },
    // GET /plugins/ID/json
    proving: {
      description: 'Is what is in effect what was in effect before?',
      invoke: {
        id: 'inspectPlugin',
        src: 'inspectPlugin',
        input: inspectInput,
        onDone: [
          { guard: 'isAsBefore', target: 'cleaning', actions: 'rememberNow' },
          {
            target: '#pluginUpgrade.stranded',
            actions: ['rememberNow', 'rememberOtherEffect'],
          },
        ],
        onError: { target: 'looking', actions: 'rememberStranded' },
      },
    },
    // DELETE /plugins/COPY
    cleaning: {
      description: 'The copy is removed.',
      invoke: {
        id: 'removeCopy',
        src: 'removeCopy',
        input: removeCopyInput,
        onDone: { target: '#pluginUpgrade.rolledBack' },
        onError: { target: '#pluginUpgrade.rolledBack', actions: 'reportLeftover' },
      },
      after: {
        cleaningTimeout: { target: '#pluginUpgrade.rolledBack', actions: 'reportLeftover' },
      },
    },
    // GET /plugins/NAME/json and GET /plugins/COPY/json
    looking: {
      description: 'The way back has ended early: what is there?',
      invoke: {
        id: 'lookAround',
        src: 'lookAround',
        input: lookInput,
        onDone: { target: '#pluginUpgrade.stranded', actions: 'rememberFound' },
        onError: {
          target: '#pluginUpgrade.stranded',
          actions: ['rememberUnseen', 'reportLeftover'],
        },
      },
    },
  },
  after: {
    rollingBackTimeout: { target: 'stranded', actions: ['rememberLate', 'reportLeftover'] },
  },
})
