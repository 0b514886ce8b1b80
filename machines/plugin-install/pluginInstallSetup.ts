import { assign, enqueueActions, setup } from 'xstate'
import type { ConsentDecision, ConsentRequest } from '../consent.ts'
import type { InputOf, PullResult } from '../engine.ts'
import { type AuthRequest, slot } from '../flow.ts'
import type { Account, Plugin } from '../plugin.ts'
import type { InstallEmitted, InstallEvent } from './events.ts'
import * as guards from './guards.ts'
import type {
  EnableRequest,
  InspectRequest,
  LookUpRequest,
  SetRequest,
  TakeBackRequest,
} from './inputs.ts'
import type {
  InstallContext,
  InstallInput,
  InstallOutput,
  PluginLookUp,
  RollbackReport,
  Timeouts,
} from './types.ts'
import * as updates from './updates.ts'

/** The vocabulary of the chart: what its words mean. The host of the chart provides the actors. */
export const pluginInstallSetup = setup({
  types: {
    input: {} as InstallInput,
    context: {} as InstallContext,
    events: {} as InstallEvent,
    output: {} as InstallOutput,
    emitted: {} as InstallEmitted,
    tags: {} as 'waitingForUser' | 'cancellable' | 'working',
  },
  actors: {
    lookUpPlugin: slot<PluginLookUp, LookUpRequest>('lookUpPlugin'),
    requestCredentials: slot<Account | undefined, AuthRequest>('requestCredentials'),
    decideConsent: slot<ConsentDecision, ConsentRequest>('decideConsent'),
    pluginPull: slot<PullResult, InputOf<'pluginPull'>>('pluginPull'),
    pluginInspect: slot<Plugin | undefined, InspectRequest>('pluginInspect'),
    pluginSet: slot<Plugin, SetRequest>('pluginSet'),
    pluginEnable: slot<undefined, EnableRequest>('pluginEnable'),
    takeBack: slot<RollbackReport, TakeBackRequest>('takeBack'),
  },
  guards: { ...guards },
  actions: {
    rememberLookUp: assign(updates.rememberLookUp),
    recordConsentUnasked: assign(updates.recordConsentUnasked),
    recordConsentOfPolicy: assign(updates.recordConsentOfPolicy),
    recordConsentOfPerson: assign(updates.recordConsentOfPerson),
    askPerson: enqueueActions(({ enqueue }) => {
      enqueue.assign({ asksPerson: true })
      // Thousands of flows may wait: none of them keeps an actor that has answered.
      enqueue.stopChild('decideConsent')
    }),
    stopAsking: assign({ asksPerson: false }),
    rememberAccount: assign(updates.rememberAccount),
    countAttempt: assign({
      credentialsAttempt: ({ context }) => context.credentialsAttempt + 1,
    }),
    countChange: assign(updates.countChange),
    keepPresent: assign(updates.keepPresent),
    adopt: assign(updates.adopt),
    openPull: assign(updates.openPull),
    closePull: assign(updates.closePull),
    ownPlugin: assign(updates.ownPlugin),
    disownPlugin: assign(updates.disownPlugin),
    leavePlugin: assign(updates.leavePlugin),
    closeEnable: assign(updates.closeEnable),
    rememberPlugin: assign(updates.rememberPlugin),
    requestEnable: assign(updates.requestEnable),
    rememberError: assign(updates.rememberError),
    fail: assign(updates.fail),
    rememberDenial: assign(updates.rememberDenial),
    rememberRollback: assign(updates.rememberRollback),
    reportRollback: assign(updates.reportRollback),
    reportRollbackFailed: assign(updates.reportRollbackFailed),
  },
  delays: {
    checkPrivilegesTimeout: timeout('checkPrivileges'),
    reauthTimeout: timeout('reauth'),
    awaitConsentTimeout: timeout('awaitConsent'),
    pullingTimeout: timeout('pulling'),
    configuringTimeout: timeout('configuring'),
    enablingTimeout: timeout('enabling'),
    rollingBackTimeout: timeout('rollingBack'),
  },
})

function timeout(state: keyof Timeouts) {
  return ({ context }: { context: InstallContext }) => context.input.timeouts[state]
}
