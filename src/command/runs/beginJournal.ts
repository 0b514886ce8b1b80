import { beginRun, journalFolder, type OpenRun } from '../../journal/runJournal.ts'
import type { Engine } from '../../types.ts'
import type { Surroundings } from '../surroundings.ts'
import type { View } from '../view.ts'
import { visible } from '../visible.ts'

/** Begins to write a run down. Where that cannot be, the run goes on without, and says so. */
export async function beginJournal(
  { host }: Engine,
  { env, view }: { env: Surroundings['env']; view: View },
): Promise<OpenRun | undefined> {
  const folder = journalFolder(env)
  if (folder === undefined) return undefined
  try {
    return await beginRun(folder, host)
  } catch (error) {
    view.notice(visible(`plugin-flow: this run is not written down: ${(error as Error).message}`))
    return undefined
  }
}
