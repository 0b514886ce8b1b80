import type { ConsentDecision, ConsentRequest } from '../../machines/consent.ts'
import type { InputOf, PullResult } from '../../machines/engine.ts'
import type { AuthRequest } from '../../machines/flow.ts'
import type { Account, Plugin } from '../../machines/plugin.ts'
import type {
  EnableRequest,
  InspectRequest,
  LookUpRequest,
  SetRequest,
  TakeBackRequest,
} from '../../machines/plugin-install/inputs.ts'
import { failed } from '../../machines/plugin-install/rollbackReport.ts'
import { applySettings, enablePlugin } from '../../machines/plugin-install/steps/changePlugin.ts'
import { lookUpPlugin } from '../../machines/plugin-install/steps/lookUpPlugin.ts'
import { takeBack } from '../../machines/plugin-install/steps/takeBack.ts'
import type { PluginLookUp, RollbackReport } from '../../machines/plugin-install/types.ts'
import { inspectSettled, settlings } from '../../machines/steps/inspectSettled.ts'
import { type PullEnd, startPull } from '../../machines/steps/startPull.ts'
import { type FlowDependencies, FlowWork } from './flowTools.ts'
import { pullLock } from './pullLock.ts'
import { withTimeout } from './retry/time.ts'

/** The inputs and outputs of the steps of a flow, by the actor of the chart. */
export interface Steps {
  lookUpPlugin: { input: LookUpRequest; output: PluginLookUp }
  requestCredentials: { input: AuthRequest; output: Account | undefined }
  decideConsent: { input: ConsentRequest; output: ConsentDecision }
  pluginPull: { input: InputOf<'pluginPull'>; output: PullResult }
  pluginInspect: { input: InspectRequest; output: Plugin | undefined }
  pluginSet: { input: SetRequest; output: Plugin }
  pluginEnable: { input: EnableRequest; output: undefined }
  takeBack: { input: TakeBackRequest; output: RollbackReport }
}

/** The steps of an install. */
type InstallSteps = {
  [Name in keyof Steps]: (
    input: Steps[Name]['input'],
    signal: AbortSignal,
  ) => Promise<Steps[Name]['output']>
}

/** Of a pull that nothing was sent of. */
const NOT_BEGUN: Promise<PullEnd> = Promise.resolve({ ownership: 'nothing' })

export function createImplementations(dependencies: FlowDependencies): FlowWork<InstallSteps> {
  const { time } = dependencies
  /** The end of the newest pull, since the last look-up. */
  let pullEnd: Promise<PullEnd> | undefined
  return new FlowWork(dependencies, (tools): InstallSteps => {
    const { engine, once, auth, redaction, progress, record, rememberRefusal } = tools
    return {
      lookUpPlugin(input, signal) {
        pullEnd = undefined
        const ports = { engine, auth, pause: tools.pause(signal), hasSecret: redaction.has }
        return lookUpPlugin(ports, input, signal).catch(rememberRefusal)
      },
      requestCredentials: tools.requestCredentials,
      decideConsent: tools.decideConsent,
      async pluginPull(input, signal) {
        pullEnd = NOT_BEGUN
        const release = await pullLock(dependencies.engine).acquire(input.name, signal)
        try {
          await record()
          signal.throwIfAborted()
          const ports = { engine: once, progress, clock: time.now, pause: tools.pause() }
          const pull = tools.retryUnsent(() => {
            const { result, end } = startPull(ports, input, signal)
            pullEnd = end
            return result
          }, signal)
          const pulled = await pull.catch(rememberRefusal)
          progress.finish()
          return pulled
        } finally {
          // A pull that is no longer waited for may go on for a while.
          void pullEnd?.then(release)
        }
      },
      // The plugin that the pull has installed is there, so a single answer that it is not may be wrong.
      pluginInspect: ({ name }, signal) =>
        inspectSettled(engine, name, settlings.no, signal, tools.pause(signal)),
      pluginSet: (input, signal) =>
        applySettings(
          { engine, fill: redaction.fill, hasSecret: redaction.has, record },
          input,
          signal,
        ),
      pluginEnable: (input, signal) =>
        enablePlugin({ engine, record, pause: tools.pause(signal) }, input, signal),
      async takeBack(input, signal) {
        // It is taken back even if it cannot be written down in time.
        await withTimeout(record(), time)
        if (tools.isAbandoned()) return leftBehind(input)
        // The end of a pull that is no longer waited for is known by now.
        const ended = input.ownership === 'uncertain' ? await pullEnd : undefined
        return takeBack({ engine: once, ...tools.rollback(signal) }, { ...input, ...ended }, signal)
      },
    }
  })
}

/** The report of an abandoned run: nothing may be sent to find out more. */
function leftBehind(input: TakeBackRequest): RollbackReport {
  if (input.ownership === 'nothing') return { result: 'nothingToRemove' }
  return failed(input, 'another process has taken over this run', input.id)
}
