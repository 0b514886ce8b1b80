/**
 * The labels of the arrows of a chart, in the words of its own file: by transition (`event [guard]`),
 * guard, or event; a whole arrow by `SOURCE → TARGET` or `→ TARGET`.
 */
export type ChartLabels = Readonly<Record<string, string>>

/**
 * The words for one transition, `event` or `event [guard]`: its own, else of the guard that decides, else of
 * the event. Without any, a failure is one, whatever its guard; else the guard's name is spelled out.
 */
export function transitionLabel(transition: string, labels: ChartLabels): string {
  const [, event = transition, guard = ''] = /^(.*?)(?: \[(.*)\])?$/s.exec(transition) ?? []
  const own = labels[transition] ?? labels[guard] ?? labels[event]
  return own ?? FAILURES.get(/^\w+(?=\()/.exec(event)?.[0] ?? '') ?? (spaced(guard) || event)
}

const FAILURES: ReadonlyMap<string, string> = new Map([
  ['error', 'failed'],
  ['after', 'timed out'],
])

/** The label of an arrow that was not taken yet, line by line; without a line it is not named. */
export function arrowLabel(
  { from, to }: { from: string; to: string },
  transitions: readonly string[],
  labels: ChartLabels,
): readonly string[] {
  const whole = labels[`${from} → ${to}`] ?? labels[`→ ${to}`]
  const lines = whole === undefined ? transitions : [whole]
  return [...new Set(lines)].filter((line) => line !== '')
}

/** `hasSettings` → `has settings` */
function spaced(name: string): string {
  return name.replace(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
