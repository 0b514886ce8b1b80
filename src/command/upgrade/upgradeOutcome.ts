import { makeFailure } from '../../../machines/failure.ts'
import type { UpgradeSnapshot } from '../../../machines/plugin-upgrade/snapshot.ts'
import type {
  Leftover,
  UpgradeConsentRequest,
  UpgradedPlugin,
  UpgradeOutput,
} from '../../../machines/plugin-upgrade/types.ts'
import { familiar } from '../../../machines/reference.ts'
import { withoutValue } from '../../events/upgradeEvents.ts'
import { entryText } from '../../privileges/upgradeText.ts'
import { inOrder, visible } from '../../text/visible.ts'
import { failureLines, onEngine, type Painted, WITHOUT_COLOURS } from '../install/outcome.ts'
import { withoutValues } from '../install/outcomeJson.ts'
import type { EngineSelection } from '../options/engine.ts'
import type { EndedUpgrade, ShownRun, StateWords } from '../views/view.ts'

type Stranded = Extract<UpgradeOutput, { state: 'stranded' }>

const BACK = { done: 'went back', short: 'going back' }

/** The words for a state of an upgrade; the final ones have none. */
export function describeUpgradeState(
  path: string,
  { reference }: Pick<ShownRun, 'reference'>,
): StateWords | undefined {
  const words = (doing: string, done: string, short: string) => ({ doing, done, short })
  const what = `${visible(reference)} and the way back`
  const states: Readonly<Record<string, StateWords>> = {
    reading: words('reading what is in effect', 'read what is in effect', 'reading'),
    resolving: words(`looking up ${what}`, `looked up ${what}`, 'looking up'),
    reauth: words('the registry requires credentials', 'credentials were given', 'logging in'),
    awaitConsent: words('waiting for consent', 'the upgrade was agreed to', 'asking'),
    staging: words(
      'pulling the new version as a disabled copy',
      'pulled the new version as a disabled copy',
      'pulling',
    ),
    trying: words('starting the copy for a moment', 'the copy starts on this host', 'trying'),
    disabling: words('stopping the old version', 'stopped the old version', 'stopping'),
    upgrading: words(
      'putting the new version in its place',
      'put the new version in its place',
      'upgrading',
    ),
    verifying: words(
      'comparing the new version with what was agreed to',
      'the new version is what was agreed to',
      'verifying',
    ),
    configuring: words(
      'setting what the upgrade has dropped, and what was asked for',
      'set what the upgrade had dropped, and what was asked for',
      'setting',
    ),
    enabling: words(
      'starting the new version, and waiting for its socket',
      'started the new version',
      'starting',
    ),
    proving: words(
      'comparing what is in effect with the plan',
      'what is in effect is as planned',
      'proving',
    ),
    cleaning: words('removing the copy', 'removed the copy', 'removing the copy'),
    'rollingBack.quiescing': { doing: 'waiting until nothing is under way', ...BACK },
    'rollingBack.returning': { doing: 'putting the old version back', ...BACK },
    'rollingBack.restoring': { doing: 'setting what was in effect before', ...BACK },
    'rollingBack.enabling': { doing: 'starting the old version', ...BACK },
    'rollingBack.proving': { doing: 'comparing what is in effect with what was before', ...BACK },
    'rollingBack.cleaning': { doing: 'removing the copy', ...BACK },
  }
  return Object.hasOwn(states, path) ? states[path] : undefined
}

/** Lines for a person about the end of an upgrade, for `stdout` and for `stderr`. */
export function upgradeOutcomeLines(
  outcome: EndedUpgrade,
  run: EngineSelection & { rollBack?: boolean },
  { stdout, stderr }: Painted = WITHOUT_COLOURS,
): { stdout: string[]; stderr: string[] } {
  if (outcome.state === 'done') {
    const { plugin } = outcome
    const entries = plugin.entries.map((entry) => `  ${visible(entryText(entry))}`)
    return { stdout: [doneLine(plugin), ...entries], stderr: leftoverLines(plugin, run) }
  }
  const left = leftoverLines(outcome, run)
  if (outcome.state === 'stranded') {
    const there = `${outcome.name} ${VERSIONS[outcome.version]} (${inOrder(outcome.reason)})`
    const commands = mendingLines(outcome, run)
    return {
      stdout: [],
      stderr: [...failureLines(outcome.failure, [there], stderr), ...commands, ...left],
    }
  }
  const remnants = outcome.remnants.map(
    (name) => `${name} of the new version stays in the settings; the old version does not read it`,
  )
  const there = outcome.changed ? 'the old version is back, as it was' : 'nothing was changed'
  if (run.rollBack) {
    return {
      stdout: [`${stdout.paint('done', 'rolled back:')} ${there}`],
      stderr: [...remnants.map(visible), ...left],
    }
  }
  return {
    stdout: [],
    stderr: [...failureLines(outcome.failure, [there, ...remnants], stderr), ...left],
  }
}

const VERSIONS: Readonly<Record<Stranded['version'], string>> = {
  old: 'is the old version, but not as it was',
  new: 'is the new version now',
  other: 'is neither the old version nor the new one',
  gone: 'is gone',
  unknown: 'may be the old version or the new one',
}

/** Another attempt at the way back, which knows what was in effect, and what a person can do by hand. */
function mendingLines({ run, commands }: Stranded & { run?: string }, engine: EngineSelection) {
  const byHand = commands.map((command) => onEngine(command, engine)).join(' && ')
  return [
    ...(run === undefined ? [] : [`to try the way back again: plugin-flow rollback ${run}`]),
    ...(byHand === '' ? [] : [`to mend it by hand: ${visible(byHand)}`]),
  ]
}

function doneLine({ id, name, enabled, changed, mode, from, reference }: UpgradedPlugin): string {
  const what = `${visible(name)} (${visible(id.slice(0, 12))}, ${enabled ? 'enabled' : 'disabled'})`
  if (!changed) return `${what} is of this content already: nothing was changed`
  const verb = mode === 'replace' ? 'replaced' : 'upgraded'
  return `${verb} ${what}: ${visible(familiar(from))} before, ${visible(reference)} now`
}

function leftoverLines({ leftover }: { leftover?: Leftover }, engine: EngineSelection): string[] {
  if (!leftover) return []
  const { name, command } = leftover
  const words = `the copy ${name} may be left; to remove it: ${onEngine(command, engine)}`
  return [`plugin-flow: ${visible(words)}`]
}

/** The end of an upgrade for programs. */
export function upgradeOutcomeJson(outcome: UpgradeOutput, engine: EngineSelection): object {
  const mending = (command: string) => onEngine(command, engine)
  if (outcome.state === 'done') {
    const { plugin } = outcome
    const { entries, consent, ...rest } = plugin
    const request = upgradeRequestJson(consent.request)
    return {
      state: 'done',
      plugin: {
        ...withMending(rest, mending),
        entries: entries.map(withoutValue),
        consent: { ...consent, request },
      },
    }
  }
  const told = withMending(outcome, mending)
  return 'commands' in told ? { ...told, commands: told.commands.map(mending) } : told
}

function withMending<Part extends { leftover?: Leftover }>(
  part: Part,
  mending: (command: string) => string,
): Part {
  const { leftover } = part
  if (!leftover) return part
  return { ...part, leftover: { ...leftover, command: mending(leftover.command) } }
}

/** The request for programs: values only of what a mount or a device is pointed at, and of defaults. */
export function upgradeRequestJson(request: UpgradeConsentRequest): object {
  const { plan } = request
  return {
    ...withoutValues(request),
    ...(plan && { plan: { ...plan, entries: plan.entries.map(withoutValue) } }),
  }
}

/** The facts about an upgrade that is left before it has ended. */
export function upgradeWhenLeft({
  outcome,
  name,
  input,
  state,
  run,
}: UpgradeSnapshot): UpgradeOutput {
  if (outcome) return outcome
  const failure = run.failure ?? makeFailure('cancelled', state)
  if (run.phase === 'untouched') {
    return { state: 'rolledBack', failure, changed: false, remnants: [] }
  }
  const known = name ?? input.name
  return {
    state: 'stranded',
    failure,
    reason: 'this command ended before the way back was complete',
    name: known,
    version: run.phase === 'swapping' ? 'unknown' : 'old',
    commands: [`plugin-flow inspect ${known}`],
  }
}
