import { type EndedRun, listEnded, readEnded } from '../../../adapters/journal/endedRuns.ts'
import {
  type JournaledRun,
  journalFolder,
  kindOf,
  listRuns,
  nameOf,
  type OpenRun,
} from '../../../adapters/journal/runJournal.ts'
import { defined } from '../../../machines/defined.ts'
import { isEngineError } from '../../../machines/errors.ts'
import { keyOf } from '../../../machines/settings.ts'
import type { FlowEvent } from '../../events/flowEvent.ts'
import type { ShownFlow } from '../../events/flowEvents.ts'
import type { ConnectedEngine } from '../../flow/connect.ts'
import { installPlugin, resumeInstall } from '../../flow/install.ts'
import type { JournalAnswer } from '../../flow/types.ts'
import { resumeUpgrade, upgradePlugin } from '../../flow/upgrade.ts'
import type { History, PastRun } from '../../ui/history.ts'
import type { Started, Starts } from '../../ui/startFlow.ts'
import type { EngineSelection } from '../options/engine.ts'
import { UsageError } from '../parseOptions.ts'
import type { CommandIo } from '../processIo.ts'
import { waitingForUpgrade } from '../upgrade/upgrade.ts'
import { waitingFor } from './install.ts'
import { answerOf, beginJournal, claimPlugin } from './journal.ts'
import { checkSecrets, takeUp } from './resume.ts'

const CLAIM_MS = 10_000

/** The flows of the page, which are recorded while they last, and the runs that were recorded. */
export function recordedRuns(engine: ConnectedEngine, page: EngineSelection, io: CommandIo) {
  const view = { notice: (line: string) => io.stderr.write(`${line}\n`) }
  const folder = journalFolder(io.env)
  const open = new Set<Promise<void>>()
  const begin = () => beginJournal(engine, page, io.env, view)

  /** Has a flow closed its record with its end. */
  function follow(flow: ShownFlow, run: OpenRun | undefined): Started {
    let end = (_events: readonly FlowEvent[]) => {}
    const closed = new Promise<readonly FlowEvent[]>((resolve) => {
      end = resolve
    })
      .then(async (events) => {
        // The last snapshot is written by then.
        await flow.result.catch(() => {})
        await run?.close(events)
      })
      .finally(() => open.delete(closed))
    open.add(closed)
    return { flow, onEnd: (events) => end(events), ...defined({ id: run?.id }) }
  }

  const starts: Starts = {
    async pluginInstall(options) {
      const run = await begin()
      return follow(installPlugin(engine, { ...options, journal: writerOf(run) }), run)
    },
    async pluginUpgrade(options) {
      const { name } = options
      const signal = AbortSignal.timeout(CLAIM_MS)
      // The flow tells why a plugin cannot be read.
      const plugin = await engine.call('pluginInspect', { name }, { signal }).catch(() => {})
      const run = await begin()
      await claim(run, plugin?.Name)
      return follow(upgradePlugin(engine, { ...options, journal: writerOf(run) }), run)
    },
  }
  const history: History = {
    async list() {
      if (folder === undefined) return []
      const isHere = ({ host }: { host: string }) => host === engine.host
      const { runs } = await listRuns(folder)
      const ended = await listEnded(folder)
      return [
        ...runs.filter(({ run }) => isHere(run.engine)).map(leftRun),
        ...ended.filter(isHere).map(endedRun),
      ].sort((one, other) => other.began - one.began)
    },
    events: async (id) =>
      folder === undefined ? undefined : (await readEnded(folder, id))?.events,
    async resume(id, { rollBack, secrets }) {
      try {
        const taken = await takeUp(folder, id)
        return await goOn(taken, { rollBack, secrets }).catch(async (error: unknown) => {
          await taken.close()
          throw error
        })
      } catch (error) {
        const isTold = error instanceof UsageError || isEngineError(error)
        throw isTold ? new RangeError(error.message) : error
      }
    },
  }

  async function goOn(
    taken: OpenRun & JournaledRun,
    { rollBack, secrets }: Parameters<History['resume']>[1],
  ): Promise<Started> {
    const { snapshot } = taken
    if (taken.engine.host !== engine.host) {
      throw new UsageError(`the run is on ${taken.engine.host}, and this page on ${engine.host}`)
    }
    const names = Object.keys(secrets).map((name) => ({ name, path: '' }))
    checkSecrets(taken, { rollBack, secrets: names })
    const { enableTimeout } = snapshot.input
    const options = { rollBack, secretSettings: secrets, journal: writerOf(taken) }
    if (!('machine' in snapshot)) {
      const policy = waitingFor(enableTimeout)
      return follow(resumeInstall(engine, snapshot, { ...options, policy }), taken)
    }
    await claim(taken, snapshot.name)
    const policy = waitingForUpgrade(enableTimeout)
    return follow(resumeUpgrade(engine, snapshot, { ...options, policy }), taken)
  }
  return { starts, history, closed: async () => void (await Promise.all(open)) }
}

/** Closes the run where another one has claimed the plugin. @throws RangeError */
async function claim(run: OpenRun | undefined, plugin: string | undefined): Promise<void> {
  const claimed = plugin === undefined ? undefined : await claimPlugin(run, plugin)
  if (!claimed) return
  await run?.close()
  throw new RangeError(claimed.message)
}

function writerOf(run: OpenRun | undefined) {
  return (snapshot: JournaledRun['snapshot']): Promise<JournalAnswer> =>
    answerOf(run?.write(snapshot))
}

function leftRun({ run, isDriven }: { run: JournaledRun; isDriven: boolean }): PastRun {
  const { id, began, snapshot } = run
  const { state, outcome, input } = snapshot
  const failure = snapshot.run.failure?.message
  const isBack = snapshot.run.failure !== undefined || outcome !== undefined
  const secrets = isBack ? [] : input.settings.filter(({ secret }) => secret).map(keyOf)
  return {
    id,
    kind: kindOf(snapshot),
    name: nameOf(snapshot),
    reference: input.reference ?? nameOf(snapshot),
    state,
    tone: isDriven ? 'working' : 'bad',
    began: Date.parse(began) || 0,
    left: isDriven ? 'driven' : 'left',
    secrets,
    ...defined({ failure }),
  }
}

/** Codes of runs that a person has stopped, which are not failures, as in the element. */
const STOPPED = ['cancelled', 'consent-denied']

function endedRun({
  id,
  kind,
  name,
  reference,
  began,
  ended,
  outcome,
  failure,
}: EndedRun): PastRun {
  const isStopped = STOPPED.includes(failure?.code ?? '')
  return {
    id,
    kind,
    name,
    reference,
    state: outcome,
    tone: outcome === 'done' ? 'good' : isStopped ? 'stopped' : 'bad',
    began: Date.parse(began) || 0,
    ended: Date.parse(ended) || 0,
    ...defined({ failure: failure?.message }),
  }
}
