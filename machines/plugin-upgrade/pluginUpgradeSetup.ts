import { assign, enqueueActions, setup } from 'xstate'
import type { ConsentDecision } from '../consent.ts'
import { type AuthRequest, slot } from '../flow.ts'
import type { Account } from '../plugin.ts'
import type { Observed } from './effect.ts'
import type { UpgradeEmitted, UpgradeEvent } from './events.ts'
import * as guards from './guards.ts'
import type {
  ConfigureRequest,
  DisableRequest,
  EnableRequest,
  InspectRequest,
  LookRequest,
  QuiesceRequest,
  ReadRequest,
  RemoveCopyRequest,
  ResolveRequest,
  RestoreRequest,
  ReturnRequest,
  StageRequest,
  SwapRequest,
  TryRequest,
} from './inputs.ts'
import type {
  Found,
  Reading,
  Resolved,
  Staged,
  UpgradeConsentRequest,
  UpgradeContext,
  UpgradeInput,
  UpgradeOutput,
  UpgradeTimeouts,
} from './types.ts'
import * as updates from './updates.ts'

/** The vocabulary of the chart: what its words mean. The host of the chart provides the actors. */
export const pluginUpgradeSetup = setup({
  types: {
    input: {} as UpgradeInput,
    context: {} as UpgradeContext,
    events: {} as UpgradeEvent,
    output: {} as UpgradeOutput,
    emitted: {} as UpgradeEmitted,
    tags: {} as 'waitingForUser' | 'cancellable' | 'working',
  },
  actors: {
    readPlugin: slot<Reading, ReadRequest>('readPlugin'),
    resolveVersions: slot<Resolved, ResolveRequest>('resolveVersions'),
    requestCredentials: slot<Account | undefined, AuthRequest>('requestCredentials'),
    decideConsent: slot<ConsentDecision, UpgradeConsentRequest>('decideConsent'),
    stageCopy: slot<Staged, StageRequest>('stageCopy'),
    tryCopy: slot<undefined, TryRequest>('tryCopy'),
    disablePlugin: slot<undefined, DisableRequest>('disablePlugin'),
    swapPlugin: slot<undefined, SwapRequest>('swapPlugin'),
    inspectPlugin: slot<Observed, InspectRequest>('inspectPlugin'),
    configurePlugin: slot<Observed, ConfigureRequest>('configurePlugin'),
    enablePlugin: slot<undefined, EnableRequest>('enablePlugin'),
    quiescePlugin: slot<undefined, QuiesceRequest>('quiescePlugin'),
    returnPlugin: slot<Observed, ReturnRequest>('returnPlugin'),
    restorePlugin: slot<Observed, RestoreRequest>('restorePlugin'),
    lookAround: slot<Found, LookRequest>('lookAround'),
    removeCopy: slot<undefined, RemoveCopyRequest>('removeCopy'),
  },
  guards: { ...guards },
  actions: {
    rememberReading: assign(updates.rememberReading),
    rememberResolved: assign(updates.rememberResolved),
    recordConsentUnasked: assign(updates.recordConsentUnasked),
    recordConsentOfPolicy: assign(updates.recordConsentOfPolicy),
    recordConsentOfPerson: assign(updates.recordConsentOfPerson),
    requestConsentOfPlan: assign(updates.requestConsentOfPlan),
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
    begin: assign(updates.begin),
    rememberCopy: assign(updates.rememberCopy),
    makePlan: assign(updates.makePlan),
    endSwap: assign(updates.endSwap),
    closeSwap: assign(updates.closeSwap),
    rememberNow: assign(updates.rememberNow),
    requestEnable: assign(updates.requestEnable),
    closeEnable: assign(updates.closeEnable),
    rememberError: assign(updates.rememberError),
    fail: assign(updates.fail),
    rememberDenial: assign(updates.rememberDenial),
    rememberStranded: assign(updates.rememberStranded),
    rememberOtherEffect: assign(updates.rememberOtherEffect),
    rememberLate: assign(updates.rememberLate),
    rememberFound: assign(updates.rememberFound),
    rememberUnseen: assign(updates.rememberUnseen),
    keepNew: assign(updates.keepNew),
    leaveToOthers: assign(updates.leaveToOthers),
    reportLeftover: assign(updates.reportLeftover),
  },
  delays: {
    readingTimeout: timeout('reading'),
    resolvingTimeout: timeout('resolving'),
    reauthTimeout: timeout('reauth'),
    awaitConsentTimeout: timeout('awaitConsent'),
    stagingTimeout: timeout('staging'),
    tryingTimeout: timeout('trying'),
    disablingTimeout: timeout('disabling'),
    upgradingTimeout: timeout('upgrading'),
    verifyingTimeout: timeout('verifying'),
    configuringTimeout: timeout('configuring'),
    enablingTimeout: timeout('enabling'),
    provingTimeout: timeout('proving'),
    cleaningTimeout: timeout('cleaning'),
    rollingBackTimeout: timeout('rollingBack'),
  },
})

function timeout(state: keyof UpgradeTimeouts) {
  return ({ context }: { context: UpgradeContext }) => context.input.timeouts[state]
}
