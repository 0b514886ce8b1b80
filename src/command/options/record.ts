import { closeSync, constants, openSync, writeFileSync } from 'node:fs'
import type { FlowEvent } from '../../events/flowEvent.ts'
import { recordRun } from '../../events/readRun.ts'
import { visible } from '../../text/visible.ts'
import { UsageError } from '../parseOptions.ts'
import { messageOf } from '../processIo.ts'
import type { View } from '../views/view.ts'

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'it is a folder',
  ENXIO: 'nothing reads it',
  EACCES: 'this user may not write it',
  EROFS: 'its disk is read-only',
}

const { O_WRONLY, O_CREAT, O_NONBLOCK = 0, O_TRUNC } = constants

/**
 * Checks that a run can be recorded in a file, before anything is done: what is in the file stays for now.
 *
 * @throws UsageError that names the file, and the reason
 */
export function checkRecord(path: string | undefined): void {
  if (path === undefined) return
  try {
    // A pipe that nothing reads is not waited for.
    closeSync(openSync(path, O_WRONLY | O_CREAT | O_NONBLOCK))
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    throw new UsageError(`--record ${path}: ${PROBLEMS[code] ?? `it cannot be written (${code})`}`)
  }
}

/** Writes a run as `<plugin-flow>` and the page read it. Where that fails a notice says so: the run has ended all the same. */
export function writeRecord(
  path: string,
  events: readonly FlowEvent[],
  { notice }: Pick<View, 'notice'>,
): void {
  try {
    const flag = O_WRONLY | O_CREAT | O_NONBLOCK | O_TRUNC
    writeFileSync(path, `${JSON.stringify(recordRun(events))}\n`, { flag: flag as never })
  } catch (error) {
    notice(visible(`plugin-flow: the run is not recorded in ${path}: ${messageOf(error)}`))
  }
}
