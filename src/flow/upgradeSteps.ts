import { EngineError, isEngineError } from '../../machines/errors.ts'
import type { Plugin } from '../../machines/plugin.ts'
import { takeBack } from '../../machines/plugin-install/steps/takeBack.ts'
import { type EffectItem, item, observe } from '../../machines/plugin-upgrade/effect.ts'
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
} from '../../machines/plugin-upgrade/inputs.ts'
import { enablePlugin, quiescePlugin } from '../../machines/plugin-upgrade/steps/enablePlugin.ts'
import { inspectNow, type UpgradePorts } from '../../machines/plugin-upgrade/steps/ports.ts'
import { readPlugin } from '../../machines/plugin-upgrade/steps/readPlugin.ts'
import { resolveVersions } from '../../machines/plugin-upgrade/steps/resolveVersions.ts'
import {
  configurePlugin,
  restorePlugin,
  valueUnknown,
} from '../../machines/plugin-upgrade/steps/setEffect.ts'
import { returnPlugin, swapPlugin } from '../../machines/plugin-upgrade/steps/swapPlugin.ts'
import { disablePlugin, tryCopy } from '../../machines/plugin-upgrade/steps/tryCopy.ts'
import type { Found, Staged } from '../../machines/plugin-upgrade/types.ts'
import { isPulledFrom } from '../../machines/reference.ts'
import type { SettingKind } from '../../machines/settings.ts'
import { checkSettings } from '../../machines/steps/checkSettings.ts'
import { type PullEnd, startPull } from '../../machines/steps/startPull.ts'
import { type FlowDependencies, FlowWork, type Step, type Tools } from './flowTools.ts'
import { pullLock } from './pullLock.ts'
import { withTimeout } from './retry/time.ts'
import { envNameOf } from './secrets/redaction.ts'
import { ownClaim } from './upgradeClaims.ts'

/** The work of one upgrade. */
export function createUpgradeWork(dependencies: FlowDependencies): FlowWork {
  const values = ownValues()
  const own = ownClaim(dependencies.engine)
  let copyEnd: Promise<PullEnd> | undefined
  const stepsOf = (tools: Tools): Readonly<Record<string, Step>> => {
    const { engine, once, auth, progress, record, redaction, rememberRefusal } = tools
    const secrets = [...dependencies.values.keys()].map(envNameOf)
    const ports = (signal: AbortSignal): UpgradePorts => ({
      engine,
      pause: tools.pause(signal),
      record,
      claim: own.claim,
      remember(plugin, mayBeOwn) {
        redaction.refuseHidden(plugin)
        values.remember(plugin, redaction.original(plugin), mayBeOwn ? secrets : [])
      },
      fill({ carried, ...setting }) {
        const value = carried === undefined ? setting.value : values.carried(setting.name, carried)
        const [text = ''] = redaction.fill([
          { ...setting, ...(value === undefined ? {} : { value }) },
        ])
        return text
      },
      knownValue: (one) => values.of(one, secrets.includes(one.name)),
      hasSecret: redaction.has,
    })
    /** Takes back in any case, even if it cannot be written down in time. */
    const recordBack = async () => {
      await withTimeout(record(), dependencies.time)
      if (tools.isAbandoned()) throw new EngineError('abandoned', 'the plugin was left as it is')
    }
    const portsBack = (signal: AbortSignal) => ({ ...ports(signal), record: recordBack })
    const stage = async (request: StageRequest, signal: AbortSignal): Promise<Staged> => {
      const { remote, copyName, privileges } = request
      const release = await pullLock(dependencies.engine).acquire(copyName, signal)
      try {
        await record()
        const present = request.mayBePresent && (await ownCopy(copyName, remote, signal))
        if (present) return { copy: observe(present) }
        signal.throwIfAborted()
        const clock = dependencies.time.now
        const pullPorts = { engine: once, progress, clock, pause: tools.pause() }
        const wanted = { remote, name: copyName, privileges: [...privileges] }
        const pull = tools.retryUnsent(() => {
          const { result, end } = startPull(pullPorts, wanted, signal)
          copyEnd = end
          return result
        }, signal)
        const pulled = await pull.catch(async (error: unknown) => {
          // An engine that has all of a copy installs it, although the process that asked for it is gone.
          const isTaken = isEngineError(error) && error.code === 'already-exists'
          const late = isTaken && request.mayBePresent && (await ownCopy(copyName, remote, signal))
          if (!late) return rememberRefusal(error)
          copyEnd = undefined
          return { late }
        })
        if ('late' in pulled) return { copy: observe(pulled.late) }
        const { digest } = pulled
        progress.finish()
        const plugin = await inspectNow({ engine }, copyName, signal)
        redaction.refuseHidden(plugin)
        checkSettings(plugin.Config, request.settings)
        return { copy: observe(plugin), ...(digest === undefined ? {} : { digest }) }
      } finally {
        void (copyEnd ?? Promise.resolve()).then(release)
      }
    }
    /** The copy that an earlier process of this run has pulled, disabled where that was trying it. */
    const ownCopy = async (name: string, remote: string, signal: AbortSignal) => {
      const plugin = await engine.call('pluginInspect', { name }, { signal })
      if (!plugin || !isPulledFrom(plugin, remote)) return undefined
      if (!plugin.Enabled) return plugin
      await engine.call('pluginDisable', { name: plugin.Id, force: true }, { signal })
      return inspectNow({ engine }, name, signal)
    }
    return {
      readPlugin: (input: ReadRequest, signal) => readPlugin(ports(signal), input, signal),
      resolveVersions: (input: ResolveRequest, signal) =>
        resolveVersions({ engine, auth }, input, signal).catch(rememberRefusal),
      requestCredentials: tools.requestCredentials,
      decideConsent: tools.decideConsent,
      stageCopy: stage,
      tryCopy: (input: TryRequest, signal) => tryCopy(ports(signal), input, signal),
      disablePlugin: (input: DisableRequest, signal) => disablePlugin(ports(signal), input, signal),
      swapPlugin: (input: SwapRequest, signal) =>
        swapPlugin({ ...ports(signal), onMessage: progress.add }, input, signal),
      inspectPlugin: async ({ name }: InspectRequest, signal) =>
        observe(await inspectNow({ engine }, name, signal)),
      async lookAround({ name, copyName }: LookRequest, signal): Promise<Found> {
        const look = (wanted: string) => engine.call('pluginInspect', { name: wanted }, { signal })
        const [plugin, copy] = await Promise.all([look(name), look(copyName)])
        return { ...(plugin && { plugin: observe(plugin) }), hasCopy: copy !== undefined }
      },
      configurePlugin: (input: ConfigureRequest, signal) =>
        configurePlugin(ports(signal), input, signal),
      enablePlugin: (input: EnableRequest, signal) =>
        enablePlugin(input.goesBack ? portsBack(signal) : ports(signal), input, signal),
      quiescePlugin: (input: QuiesceRequest, signal) =>
        quiescePlugin(portsBack(signal), input, signal),
      returnPlugin: (input: ReturnRequest, signal) =>
        returnPlugin({ ...portsBack(signal), onMessage: progress.add }, input, signal),
      restorePlugin: (input: RestoreRequest, signal) =>
        restorePlugin(portsBack(signal), input, signal),
      async removeCopy({ wasEnabled, ...copy }: RemoveCopyRequest, signal) {
        await recordBack()
        const pulled = await copyEnd
        const report = await takeBack(
          { engine: once, ...tools.rollback(signal) },
          {
            ownership: 'uncertain',
            hadContent: 'perhaps',
            ...pulled,
            ...copy,
            onFailure: 'remove',
            enableRequested: wasEnabled,
          },
          signal,
        )
        if (report.result === 'failed') throw new EngineError('engine-failed', report.reason)
      },
    }
  }
  return new FlowWork(dependencies, stepsOf, () => {
    values.forget()
    own.forget()
  })
}

/** The values that a plugin's owner gave to its variables and arguments: the machine knows their marks only. */
function ownValues() {
  const values = new Map<string, { value: string; mark: string }>()
  const key = (kind: string, name: string) => (kind === 'args' ? kind : `${kind} ${name}`)
  const marked = (kind: SettingKind, name: string, mark: string) => {
    const known = values.get(key(kind, name))
    return known?.mark === mark ? known.value : undefined
  }
  return {
    /**
     * @param shown as the machine sees it: a secret may be hidden in a value, whose mark is of what is shown
     * @param except names of what is not remembered
     */
    remember(shown: Plugin, { Settings, Config }: Plugin, except: readonly string[]) {
      const set = (kind: SettingKind, name: string, value: string, seen: string) => {
        const { mark } = item(kind, name, seen)
        if (!except.includes(name)) values.set(key(kind, name), { value, mark })
      }
      const valueIn = (line: string) => line.slice(line.indexOf('=') + 1)
      for (const [index, line] of (Settings.Env ?? []).entries()) {
        const seen = shown.Settings.Env?.[index] ?? line
        const equals = line.indexOf('=')
        if (equals > 0) set('env', line.slice(0, equals), valueIn(line), valueIn(seen))
      }
      const argsOf = ({ Args }: Plugin['Settings']) => (Args ?? []).join(' ')
      set('args', Config.Args.Name, argsOf(Settings), argsOf(shown.Settings))
    },
    /** @param isHidden the mark is not of the value */
    of: ({ kind, name, mark }: EffectItem, isHidden: boolean) =>
      isHidden ? values.get(key(kind, name))?.value : marked(kind, name, mark),
    /** Of the variable of this name, else of the arguments. */
    carried(name: string, mark: string): string {
      const value = marked('env', name, mark) ?? marked('args', name, mark)
      if (value !== undefined) return value
      throw new EngineError('set-failed', valueUnknown(name), { unsent: true })
    },
    forget: () => values.clear(),
  }
}
