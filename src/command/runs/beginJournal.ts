import {
  beginRun,
  type JournaledEngine,
  journalFolder,
  type OpenRun,
} from '../../../adapters/journal/runJournal.ts'
import type { ConnectedEngine } from '../../flow/connect.ts'
import { visible } from '../../text/visible.ts'
import type { EngineSelection } from '../engineOptions.ts'
import type { Surroundings } from '../surroundings.ts'
import type { View } from '../view.ts'
import { boundedRun, inTime, journalLimits } from './boundedRun.ts'

/** Begins to write a run down. Where that cannot be, the run goes on without, and says so. */
export async function beginJournal(
  engine: ConnectedEngine,
  selection: EngineSelection,
  { env, view }: { env: Surroundings['env']; view: Pick<View, 'notice'> },
  limits = journalLimits,
): Promise<OpenRun | undefined> {
  const folder = journalFolder(env)
  if (folder === undefined) {
    view.notice(
      'plugin-flow: this run is not written down: set XDG_STATE_HOME, for there is no home',
    )
    return undefined
  }
  const begun = beginRun(folder, toJournaled(engine, selection))
  try {
    return boundedRun(await inTime(begun, folder, limits.begin), folder, limits)
  } catch (error) {
    // One that begins after all is given back.
    begun.then((late) => late.close()).catch(() => {})
    view.notice(visible(`plugin-flow: this run is not written down: ${(error as Error).message}`))
    return undefined
  }
}

/** With the context and the flags it is found again where its address alone is not enough. */
function toJournaled(
  { host, context }: ConnectedEngine,
  { tls, proxy }: EngineSelection,
): JournaledEngine {
  return {
    host,
    ...(context === undefined ? {} : { context }),
    ...(tls && { tls: { ...tls } }),
    ...(proxy && { proxy }),
  }
}
