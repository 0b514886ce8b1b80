import type { InstallErrorCode } from '../catalogue.ts'
import { initialContext } from './context.ts'
import {
  consentInput,
  credentialsInput,
  enableInput,
  inspectInput,
  installOutput,
  lookUpInput,
  pullInput,
  setInput,
  takeBackInput,
} from './inputs.ts'
import { pluginInstallSetup } from './pluginInstallSetup.ts'
import type { Timeouts } from './types.ts'

/** The flow of `docker plugin install`. States stand in the order of a run, failures last. */
export const pluginInstallMachine = pluginInstallSetup.createMachine({
  id: 'pluginInstall',
  description: 'Installs a Docker Engine plugin, and takes it back when a step fails.',
  context: initialContext,
  output: installOutput,
  initial: 'checkPrivileges',
  states: {
    // GET /plugins/privileges, GET /plugins/NAME/json and GET /distribution/REF/json, at once
    checkPrivileges: {
      description: 'Is the name free, what does the plugin ask for, which content is it?',
      tags: ['working', 'cancellable'],
      always: { guard: 'wasRollingBack', target: 'rollingBack' },
      invoke: {
        id: 'lookUpPlugin',
        src: 'lookUpPlugin',
        input: lookUpInput,
        onDone: [
          {
            guard: 'isThereAlready',
            target: 'done',
            actions: ['rememberLookUp', 'keepPresent'],
          },
          { guard: 'needsConsent', target: 'awaitConsent', actions: 'rememberLookUp' },
          {
            guard: 'adopts',
            target: '#pluginInstall.pulling.verifying',
            actions: ['rememberLookUp', 'recordConsentUnasked', 'adopt'],
          },
          { target: 'pulling', actions: ['rememberLookUp', 'recordConsentUnasked'] },
        ],
        onError: [
          { guard: 'mayReauth', target: 'reauth', actions: 'countAttempt' },
          {
            guard: 'othersActed',
            target: 'rollingBack',
            actions: ['leavePlugin', rememberError('checkPrivileges')],
          },
          {
            guard: 'mayHaveCreated',
            target: 'rollingBack',
            actions: rememberError('checkPrivileges'),
          },
          { target: 'rolledBack', actions: rememberError('checkPrivileges') },
        ],
      },
      on: {
        'install.cancel': [
          {
            guard: 'mayHaveCreated',
            target: 'rollingBack',
            actions: fail('cancelled', 'checkPrivileges'),
          },
          { target: 'rolledBack', actions: fail('cancelled', 'checkPrivileges') },
        ],
      },
      after: {
        checkPrivilegesTimeout: [
          {
            guard: 'mayHaveCreated',
            target: 'rollingBack',
            actions: fail('timed-out', 'checkPrivileges'),
          },
          { target: 'rolledBack', actions: fail('timed-out', 'checkPrivileges') },
        ],
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
          { guard: 'hasAccount', target: 'checkPrivileges', actions: 'rememberAccount' },
          { actions: 'askPerson' },
        ],
        onError: { target: 'rolledBack', actions: rememberError('reauth') },
      },
      on: {
        'credentials.submit': {
          guard: 'asksPerson',
          target: 'checkPrivileges',
          actions: 'rememberAccount',
        },
        'install.cancel': { target: 'rolledBack', actions: fail('cancelled', 'reauth') },
      },
      after: { reauthTimeout: { target: 'rolledBack', actions: fail('timed-out', 'reauth') } },
    },

    awaitConsent: {
      description:
        'A plugin is root on its host: a policy, else a person, agrees to what it asks for.',
      tags: ['waitingForUser', 'cancellable'],
      exit: 'stopAsking',
      invoke: {
        id: 'decideConsent',
        src: 'decideConsent',
        input: consentInput,
        onDone: [
          {
            guard: 'isGrantedToAdopt',
            target: '#pluginInstall.pulling.verifying',
            actions: ['recordConsentOfPolicy', 'adopt'],
          },
          { guard: 'isGranted', target: 'pulling', actions: 'recordConsentOfPolicy' },
          { guard: 'isDenied', target: 'rolledBack', actions: 'rememberDenial' },
          { actions: 'askPerson' },
        ],
        onError: { target: 'rolledBack', actions: rememberError('awaitConsent') },
      },
      on: {
        'consent.grant': [
          {
            guard: 'asksPersonToAdopt',
            target: '#pluginInstall.pulling.verifying',
            actions: ['recordConsentOfPerson', 'adopt'],
          },
          { guard: 'asksPerson', target: 'pulling', actions: 'recordConsentOfPerson' },
        ],
        'consent.deny': { guard: 'asksPerson', target: 'rolledBack', actions: 'rememberDenial' },
        'install.cancel': { target: 'rolledBack', actions: fail('cancelled', 'awaitConsent') },
      },
      after: {
        awaitConsentTimeout: { target: 'rolledBack', actions: fail('timed-out', 'awaitConsent') },
      },
    },

    pulling: {
      description: 'The engine pulls, and what it installed is compared with what was agreed to.',
      tags: ['working', 'cancellable'],
      initial: 'streaming',
      states: {
        // POST /plugins/pull
        streaming: {
          description: 'The layers come in.',
          entry: 'openPull',
          invoke: {
            id: 'pluginPull',
            src: 'pluginPull',
            input: pullInput,
            onDone: { target: 'verifying', actions: 'ownPlugin' },
            onError: [
              {
                guard: 'mayReauth',
                target: '#pluginInstall.reauth',
                actions: ['closePull', 'countAttempt'],
              },
              {
                guard: 'mayCheckAgain',
                target: '#pluginInstall.checkPrivileges',
                actions: 'countChange',
              },
              {
                target: '#pluginInstall.rollingBack',
                actions: ['closePull', rememberError('pulling')],
              },
            ],
          },
        },
        // GET /plugins/NAME/json
        verifying: {
          description:
            'Does the installed plugin ask for what was granted, and is it the same content?',
          invoke: {
            id: 'pluginInspect',
            src: 'pluginInspect',
            input: inspectInput,
            onDone: [
              {
                guard: 'isGone',
                target: '#pluginInstall.rollingBack',
                actions: ['disownPlugin', fail('plugin-gone', 'pulling')],
              },
              {
                guard: 'isOtherContent',
                target: '#pluginInstall.rollingBack',
                actions: ['rememberPlugin', fail('digest-changed', 'pulling')],
              },
              {
                guard: 'exceedsConsent',
                target: '#pluginInstall.rollingBack',
                actions: ['rememberPlugin', fail('privileges-not-enforced', 'pulling')],
              },
              {
                guard: 'widensUnseen',
                target: '#pluginInstall.rollingBack',
                actions: ['rememberPlugin', fail('setting-not-shown', 'pulling')],
              },
              {
                guard: 'hasSettings',
                target: '#pluginInstall.configuring',
                actions: 'rememberPlugin',
              },
              { guard: 'staysDisabled', target: '#pluginInstall.done', actions: 'rememberPlugin' },
              { target: '#pluginInstall.enabling', actions: 'rememberPlugin' },
            ],
            onError: { target: '#pluginInstall.rollingBack', actions: rememberError('pulling') },
          },
        },
      },
      on: { 'install.cancel': { target: 'rollingBack', actions: fail('cancelled', 'pulling') } },
      after: { pullingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'pulling') } },
    },

    // POST /plugins/ID/set, then GET /plugins/ID/json
    configuring: {
      description: 'The settings are checked, set, and looked for in what the engine shows.',
      tags: ['working', 'cancellable'],
      invoke: {
        id: 'pluginSet',
        src: 'pluginSet',
        input: setInput,
        onDone: [
          { guard: 'staysDisabled', target: 'done', actions: 'rememberPlugin' },
          { target: 'enabling', actions: 'rememberPlugin' },
        ],
        onError: { target: 'rollingBack', actions: rememberError('configuring') },
      },
      on: {
        'install.cancel': { target: 'rollingBack', actions: fail('cancelled', 'configuring') },
      },
      after: {
        configuringTimeout: { target: 'rollingBack', actions: fail('timed-out', 'configuring') },
      },
    },

    // POST /plugins/ID/enable, then GET /plugins/ID/json
    enabling: {
      description: 'The engine starts the plugin, which must still be what was verified.',
      tags: ['working', 'cancellable'],
      entry: 'requestEnable',
      invoke: {
        id: 'pluginEnable',
        src: 'pluginEnable',
        input: enableInput,
        onDone: { target: 'done' },
        onError: [
          {
            guard: 'othersActed',
            target: 'rollingBack',
            actions: ['leavePlugin', rememberError('enabling')],
          },
          { target: 'rollingBack', actions: ['closeEnable', rememberError('enabling')] },
        ],
      },
      on: { 'install.cancel': { target: 'rollingBack', actions: fail('cancelled', 'enabling') } },
      after: { enablingTimeout: { target: 'rollingBack', actions: fail('timed-out', 'enabling') } },
    },

    done: { description: 'The plugin is installed as asked for.', type: 'final' },

    // DELETE /plugins/ID
    rollingBack: {
      description: 'Removes what this run created, and only that. No cancel reaches it.',
      tags: ['working'],
      invoke: {
        id: 'takeBack',
        src: 'takeBack',
        input: takeBackInput,
        onDone: { target: 'rolledBack', actions: 'rememberRollback' },
        onError: { target: 'rolledBack', actions: 'reportRollbackFailed' },
      },
      after: { rollingBackTimeout: { target: 'rolledBack', actions: 'reportRollbackFailed' } },
    },

    rolledBack: {
      description: 'The install failed; the output says why, and what is on the engine now.',
      entry: 'reportRollback',
      type: 'final',
    },
  },
})

function rememberError(state: keyof Timeouts) {
  return { type: 'rememberError', params: { state } } as const
}

function fail(code: InstallErrorCode, state: keyof Timeouts) {
  return { type: 'fail', params: { code, state } } as const
}
