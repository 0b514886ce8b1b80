import type { Outputs } from './commandEntry.ts'
import type { InstallCommand } from './entries/install.ts'
import { jsonView } from './jsonView.ts'
import { lineView } from './lineView.ts'
import type { Output } from './output.ts'
import { quietView } from './quietView.ts'
import type { Surroundings } from './surroundings.ts'
import { terminalStyle } from './terminalStyle.ts'
import { terminalView } from './terminalView.ts'
import type { View } from './view.ts'

/** JSON or next to nothing when it was asked for, live bars on a terminal that can draw them, else lines. */
export function chooseView(
  install: InstallCommand,
  env: Surroundings['env'],
  outputs: Outputs,
): View {
  const options = { install, ...outputs, now: () => performance.now() }
  if (install.json) return jsonView(options)
  if (install.quiet) return quietView(options)
  const canDraw = outputs.stdout.stream.isTTY && env.TERM !== 'dumb'
  return canDraw ? terminalView({ ...options, style: terminalStyle(env) }) : lineView(options)
}

/**
 * Where questions are put: on `stdout`, as Docker's own command does, unless that is for programs, or
 * somebody sits at a terminal who would not see them there.
 */
export function questionOutput(
  { json, quiet }: InstallCommand,
  { stdout, stderr }: Outputs,
): Output {
  const isUnseen = !stdout.stream.isTTY && stderr.stream.isTTY
  return json || quiet || isUnseen ? stderr : stdout
}
