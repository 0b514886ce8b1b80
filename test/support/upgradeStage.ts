import * as assert from 'uvu/assert'
import type { Engine } from '../../machines/engine.ts'
import {
  differences,
  isRemnant,
  type Observed,
  observe,
} from '../../machines/plugin-upgrade/effect.ts'
import type { UpgradeSnapshot } from '../../machines/plugin-upgrade/snapshot.ts'
import { type EmbeddedEngine, type EmbeddedPlugin, sampleRegistries } from '../../src/embedded.ts'
import { type ConnectedEngine, connect } from '../../src/flow/connect.ts'
import { processTime, type Time } from '../../src/flow/retry/time.ts'
import { startUpgrade, toInput, toResumedInput } from '../../src/flow/upgrade.ts'
import {
  isUpgradeError,
  type PluginUpgrade,
  type ResumeUpgradeOptions,
  type UpgradeConsentRequest,
  type UpgradeOptions,
  type UpgradeOutput,
} from '../../src/upgrade.ts'
import { onStage, type Stage } from './embedded.ts'

export const OLD = 'acme/notes:1.0'

/** The settings of the owner of the old version: a variable, a mount and the arguments. */
export const OWNERS = ['DEBUG=1', 'state.source=/data/notes', 'args=--loud']

/** Time in which the waits of a flow are short, that for a journal is the longest of them, and its bounds as long as ever. */
export const briefTime: Time = {
  ...processTime,
  setTimeout: (call, ms) => processTime.setTimeout(call, ms <= 10_000 ? ms / 100 : ms),
}

export interface End {
  output: UpgradeOutput
  states: string[]
  asked: UpgradeConsentRequest[]
  /** As they were journalled. */
  written: UpgradeSnapshot[]
}

interface Watching {
  /** Called with the flow and each state that it reaches. */
  at?: ((state: string, flow: PluginUpgrade) => void) | undefined
  /** A person's answer to each question. Default: all is granted. */
  answer?: ((request: UpgradeConsentRequest, flow: PluginUpgrade) => unknown) | undefined
}

interface StartOptions extends Partial<UpgradeOptions>, Watching {
  /** In place of the engine of the stage. */
  engine?: ConnectedEngine
}

/** An embedded engine with the old version, which its owner has set and enabled. */
export function onUpgradeStage(
  act: (stage: Stage) => Promise<void>,
  { settings = [] as string[], disabled = false, reference = OLD } = {},
): Promise<void> {
  return onStage(async (stage) => {
    await stage.install({ reference, settings, disabled, grantAllPermissions: true }).result
    const before = stage.requests().length
    await act({ ...stage, requests: () => stage.requests().slice(before) })
  })
}

/** Upgrades to 2.0 where nothing else is asked for, and checks that what is there is what the outcome says. */
export async function upgrade(stage: Stage, given: StartOptions = {}): Promise<End> {
  const { at, answer, engine = stage.engine, ...more } = given
  const options = { name: OLD, reference: 'acme/notes:2.0', ...more }
  return endOf(stage, options, { at, answer }, (whole) =>
    startUpgrade(engine, whole, toInput({ ...options, ...whole }), { time: briefTime }),
  )
}

/** Takes a run up again, as another process does. */
export async function resume(
  stage: Stage,
  left: UpgradeSnapshot,
  given: ResumeUpgradeOptions & Watching & { wrap?: (engine: Engine) => Engine } = {},
): Promise<End> {
  const { at, answer, wrap = (engine) => engine, ...options } = given
  const engine = connect({ host: stage.embedded.host, env: { DOCKER_CONFIG: '/nonexistent' } })
  const values = new Map(Object.entries(options.secretSettings ?? {}))
  const begun = { input: toResumedInput(left, options), values }
  try {
    return await endOf(
      stage,
      options,
      { at, answer },
      (whole) => startUpgrade(wrap(engine), whole, begun, { time: briefTime }),
      left.run.before,
    )
  } finally {
    engine.close()
  }
}

async function endOf(
  { embedded }: Stage,
  options: Pick<UpgradeOptions, 'journal'>,
  { at, answer }: Watching,
  start: (options: Pick<UpgradeOptions, 'journal'>) => PluginUpgrade,
  left?: Observed,
): Promise<End> {
  const before = left ?? look(embedded, OLD)
  const written: UpgradeSnapshot[] = []
  const flow = start({
    ...options,
    journal(snapshot) {
      written.push(structuredClone(snapshot))
      return options.journal?.(snapshot)
    },
  })
  const states: string[] = []
  const asked: UpgradeConsentRequest[] = []
  flow.transition$.subscribe(({ to }) => {
    states.push(to)
    at?.(to, flow)
  })
  flow.consent$.subscribe((request) => {
    asked.push(request)
    queueMicrotask(() => (answer ? answer(request, flow) : flow.grant(request)))
  })
  await flow.result.catch((error) => {
    if (!isUpgradeError(error)) throw error
  })
  const { output } = flow.actor.getSnapshot()
  assert.ok(output)
  assertTrue(embedded, output, before)
  return { output, states, asked, written }
}

/** The plugins are as the outcome says, and the process of the plugin has what inspect shows. */
function assertTrue(embedded: EmbeddedEngine, output: UpgradeOutput, before: Observed | undefined) {
  const leftover = output.state === 'done' ? output.plugin.leftover : output.leftover
  const copies = embedded.plugins().filter(({ Name }) => Name.startsWith('plugin-flow/upgrade-'))
  const isAbandoned = output.state !== 'done' && output.failure.code === 'abandoned'
  // The copy of a run that is another process's by now may be there already, or still.
  if (!isAbandoned || copies.length > 0) {
    assert.equal(
      copies.map(({ Name }) => Name),
      leftover ? [leftover.name] : [],
    )
  }
  const now = look(embedded, OLD)
  if (output.state === 'stranded' || !before) return
  assert.ok(now, 'it is gone')
  assert.is(now.enabled, before.enabled)
  if (now.enabled) assertRuns(embedded)
  if (output.state === 'done') return
  assert.equal(
    differences(before.effect, now.effect).filter((unlike) => !isRemnant(before, unlike)),
    [],
  )
  assert.equal(now.config, before.config)
}

/** Its process was started with what inspect shows now. */
export function assertRuns(embedded: EmbeddedEngine): void {
  const plugin = embedded.plugins().find(({ Name }) => Name === OLD)
  const { Env, Args, Devices, Mounts } = embedded.process(OLD) ?? {}
  const { Settings, Config } = plugin ?? {}
  assert.equal(
    { Env, Args, Devices, Mounts },
    {
      Env: Settings?.Env,
      Args: Settings?.Args,
      Devices: Settings?.Devices,
      Mounts: Config?.Mounts ?? [],
    },
  )
}

export function look(embedded: EmbeddedEngine, name: string): Observed | undefined {
  const plugin = embedded.plugins().find(({ Name }) => Name === name)
  return plugin && observe(plugin)
}

/** In effect, in short: the variables, the arguments, what is mounted and the devices. */
export function inEffect({ embedded }: Stage, name = OLD): string {
  const { Env, Args, Mounts, Devices } = embedded.process(name) ?? {}
  return [
    Env?.join(' '),
    Args?.join(' '),
    Mounts?.map(({ Source }) => Source).join(' '),
    Devices?.map(({ Path }) => Path).join(' '),
  ].join(' | ')
}

export const OLD_DEFAULTS = 'DEBUG=0 FORMAT=text | --quiet | /var/lib/notes | /dev/fuse'
export const OLD_OWNERS = 'DEBUG=1 FORMAT=text | --loud | /data/notes | /dev/fuse'

/** Requests of the flows that change a plugin of this name, without their versions and queries. */
export function changes({ requests, embedded }: Stage, name: string): string[] {
  const id = embedded.plugins().find(({ Name }) => Name === name)?.Id
  return requests().filter(
    (request) =>
      !request.startsWith('GET') && [name, id].some((one) => one && request.includes(`/${one}`)),
  )
}

/** The content of a version of the sample plugin. */
export function notes(tag: '1.0' | '2.0' | '3.0'): EmbeddedPlugin {
  const content = sampleRegistries['docker.io']?.repositories['acme/notes']?.[tag]
  assert.ok(content)
  return content
}
