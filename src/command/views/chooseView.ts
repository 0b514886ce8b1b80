import type { OutputFormat } from '../options/values.ts'
import type { CommandIo, Output } from '../processIo.ts'
import { jsonView } from './jsonView.ts'
import { lineView, quietView } from './lineView.ts'
import { terminalStyle } from './terminal.ts'
import { terminalView } from './terminalView.ts'
import type { ShownRun, View } from './view.ts'

/** JSON or almost nothing where that is asked for, live bars on a capable terminal, lines otherwise. */
export function chooseView(
  { json, quiet }: OutputFormat,
  run: ShownRun,
  { stdout, stderr, env }: Pick<CommandIo, 'stdout' | 'stderr' | 'env'>,
): View {
  const options = { run, stdout, stderr, now: () => performance.now() }
  if (json) return jsonView(options)
  if (quiet) return quietView(options)
  const canDraw = stdout.stream.isTTY && env.TERM !== 'dumb'
  return canDraw ? terminalView({ ...options, style: terminalStyle(env) }) : lineView(options)
}

/**
 * The output for questions: `stdout`, as in Docker's own command, unless that is read by a program, or only
 * `stderr` is a terminal.
 */
export function questionOutput(
  { json, quiet }: OutputFormat,
  { stdout, stderr }: Pick<CommandIo, 'stdout' | 'stderr'>,
): Output {
  const isUnseen = !stdout.stream.isTTY && stderr.stream.isTTY
  return json || quiet || isUnseen ? stderr : stdout
}
