import type { JSONMessage } from '../../machines/plugin.ts'
import { createProgress, type Progress } from '../../machines/progress.ts'

/** The progress after these lines. */
export function feed(...lines: JSONMessage[]): Progress {
  const progress = createProgress(() => 0)
  for (const line of lines) progress.add(line)
  return progress.snapshot()
}

/** A progress whose time passes as the test says. */
export function withClock() {
  let time = 0
  const progress = createProgress(() => time)
  const pass = (to: number) => {
    time = to
  }
  const at = (to: number, line: JSONMessage) => {
    pass(to)
    progress.add(line)
  }
  return { progress, pass, at }
}

export function waiting(id: string): JSONMessage {
  return { id, status: 'Waiting', progressDetail: {} }
}

export function downloading(id: string, current: number, total: number): JSONMessage {
  return { id, status: 'Downloading', progressDetail: { current, total } }
}
