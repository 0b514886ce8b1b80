import type { LayoutOptions } from 'elkjs/lib/elk-api.js'

/** How a picture is laid out. */
export interface PictureStyle {
  spacing: LayoutOptions
  /** The same for the states within states, which take over nothing of it. */
  within?: LayoutOptions
  /** Later states stand below earlier ones of the same state, as far as arrows lead from one to another. */
  isInOrder?: true
  /** What an arrow is called, line by line, by its events with their guards. Absent: nothing. */
  label?: (events: readonly string[]) => readonly string[]
}

const options: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.edgeLabels.inline': 'false',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
}

const wide: LayoutOptions = {
  ...options,
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '3',
  'elk.edgeLabels.placement': 'CENTER',
  'elk.layered.edgeLabels.sideSelection': 'SMART_DOWN',
}

/** With the kinds of events at the arrows, without guards and actors: for a picture without a legend. */
export const shortLabels: PictureStyle = { spacing: wide, label: kindsOf }

/** With whole events and their guards at the arrows. */
export function wholeLabels(arrows: number): PictureStyle {
  const spacing = { ...wide, ...anyMachine, ...(arrows > MANY_ARROWS && quick) }
  const label = (events: readonly string[]) => [...new Set(events)]
  return { spacing, within: spacing, isInOrder: true, label }
}

/** The package's own ways to keep an order stop at some machines with states within states. */
const anyMachine: LayoutOptions = {
  'elk.layered.cycleBreaking.strategy': 'GREEDY',
  'elk.layered.considerModelOrder.strategy': 'NONE',
}

/** From here on beauty costs more than a glance: minutes, for some machines of a hundred arrows. */
const MANY_ARROWS = 60

const quick: LayoutOptions = {
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.thoroughness': '1',
}

/** Without names at the arrows, for narrow places. */
export const noLabels: PictureStyle = {
  spacing: {
    ...options,
    'elk.layered.spacing.nodeNodeBetweenLayers': '22',
    'elk.layered.spacing.edgeNodeBetweenLayers': '9',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
    'elk.spacing.nodeNode': '16',
    'elk.spacing.edgeNode': '9',
    'elk.spacing.edgeEdge': '7',
  },
}

const LONGEST_LABEL = 14

function kindsOf(events: readonly string[]): string[] {
  const names = new Set(events.map((event) => event.split(/[ (]/)[0] ?? event))
  const lines: string[] = []
  for (const name of names) {
    const last = lines.at(-1)
    if (last !== undefined && `${last}, ${name}`.length <= LONGEST_LABEL) {
      lines[lines.length - 1] = `${last}, ${name}`
    } else lines.push(name)
  }
  return lines
}
