import type { PluginOnTarget } from '../../../machines/rollout/records.ts'
import { recordRun } from '../../events/readRun.ts'
import type { TargetRow } from '../../rollout/followRollout.ts'
import { formatElapsed } from '../../text/formatAmount.ts'
import { element, setText } from '../../viewer/element.ts'
import type { ShownTarget } from '../rollouts.ts'
import type { Ask } from './api.ts'
import { byId } from './dom.ts'
import { rolloutAddress } from './route.ts'
import { wordOf } from './stateLegend.ts'

/** The target that is open: the facts of its record, and its flow in the element. */
export function createTargetView(ask: Ask) {
  const place = byId('target', HTMLElement)
  const title = byId('target-title', HTMLElement)
  const status = byId('target-state', HTMLElement)
  const swatch = byId('target-swatch', HTMLElement)
  const problem = byId('target-problem', HTMLElement)
  const facts = byId('target-facts', HTMLElement)
  const note = byId('target-note', HTMLElement)
  const flow = byId('target-flow', HTMLElement)
  let open = ''
  let shown = ''
  let isStale = false
  let looking: Promise<void> | undefined

  async function look(path: string): Promise<void> {
    const { ok, body, message } = await ask(path)
    if (path !== open) return
    if (ok) draw(body as unknown as ShownTarget)
    else setText(problem, message)
  }
  /** Looks once at a time: a change meanwhile is looked at after it. */
  function refresh(): void {
    isStale = looking !== undefined
    looking ??= look(open).finally(() => {
      looking = undefined
      if (isStale) refresh()
    })
  }
  function draw(target: ShownTarget): void {
    const { state, message, code, next, events } = target
    setText(title, target.target)
    setText(status, wordOf(state))
    swatch.dataset.state = state
    const why = message === undefined ? '' : `${message}${code === undefined ? '' : ` (${code})`}`
    setText(problem, [why, next].filter((each) => each).join('. '))
    facts.replaceChildren(
      ...factsOf(target).flatMap(([name, text]) => [
        element('dt', {}, name),
        element('dd', {}, text),
      ]),
    )
    const isBack = events !== undefined && (state === 'undone' || state === 'undoFailed')
    setText(note, isBack ? 'This is the flow of the change, before the rollback:' : '')
    // A run that is the same is not drawn again: a person may be at one of its steps.
    const now = JSON.stringify(events)
    if (now === shown) return
    shown = now
    flow.replaceChildren()
    if (!events) return
    const made = document.createElement('plugin-flow')
    flow.append(made)
    made.load(recordRun(events))
  }
  return {
    /** Opens a target of a rollout; `undefined` closes it. */
    show(rollout: string, index: number | undefined) {
      place.hidden = index === undefined
      const path =
        index === undefined ? '' : `/rollouts/${encodeURIComponent(rollout)}/targets/${index}`
      if (path === open) return
      open = path
      shown = ''
      for (const part of [title, status, problem, facts, note, flow]) part.replaceChildren()
      byId('target-close', HTMLAnchorElement).href = rolloutAddress(rollout)
      if (path !== '') refresh()
    },
    /** Some targets have changed. */
    changed(rows: readonly TargetRow[]) {
      if (open !== '' && rows.some(({ index }) => open.endsWith(`/${index}`))) refresh()
    },
  }
}

function factsOf(target: ShownTarget): (readonly [name: string, text: string])[] {
  const { engine, zone, attempt, before, after, began, ended } = target
  const took = began === undefined || ended === undefined ? '' : formatElapsed(ended - began)
  const all = [
    ['Engine', engine],
    ['Zone', zone ?? ''],
    ['Attempt', attempt > 1 ? String(attempt) : ''],
    ['Before', pluginText(before)],
    ['After', pluginText(after)],
    ['Took', took],
  ] as const
  return all.filter(([, text]) => text !== '')
}

function pluginText(plugin: PluginOnTarget | undefined): string {
  if (!plugin) return ''
  if (plugin.state === 'absent') return 'absent'
  const { reference, enabled, settings } = plugin
  const set = settings.length > 0 ? `, set: ${settings.join(', ')}` : ''
  return `${reference}, ${enabled ? 'enabled' : 'disabled'}${set}`
}
