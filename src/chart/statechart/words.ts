import type { StatechartEdge, StateNode } from './readStatechart.ts'

/** `ORDER [hasStock]` */
export function eventText({ event, guard }: StatechartEdge): string {
  return guard === undefined ? event : `${event} [${guard}]`
}

/** The same with its actions: `PING / pong`. Arrows would be too wide for them. */
export function transitionText(edge: StatechartEdge): string {
  const { actions } = edge
  return actions === undefined ? eventText(edge) : `${eventText(edge)} / ${actions.join(', ')}`
}

/** The actions and actors of a state, line by line. */
export function doingsOf({ entry, exit, invokes = [] }: StateNode): string[] {
  return [
    ...(entry ? [`entry / ${entry.join(', ')}`] : []),
    ...(exit ? [`exit / ${exit.join(', ')}`] : []),
    ...invokes.map((actor) => `invoke / ${actor}`),
  ]
}
