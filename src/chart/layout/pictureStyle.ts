import type { LayoutOptions } from 'elkjs/lib/elk-api.js'
import { arrowLabel, type ChartLabels } from '../arrowLabels.ts'
import type { ChartArrow } from '../chartLayout.ts'

/** How a picture is laid out. */
export interface PictureStyle {
  spacing: LayoutOptions
  /** The same for the states within states, which take over nothing of it. */
  within?: LayoutOptions
  /** Instead of that, for a picture that would be a column. */
  columns?: LayoutOptions
  /** Later states stand below earlier ones of the same state, as far as arrows lead from one to another. */
  isInOrder?: true
  /** Returns the label of an arrow, line by line; an empty list for none. */
  label: (arrow: ChartArrow) => readonly string[]
}

const options: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.edgeLabels.inline': 'false',
  'elk.edgeLabels.placement': 'CENTER',
  'elk.layered.edgeLabels.sideSelection': 'SMART_DOWN',
}

/** As small as it can be read: it is shown beside a question, whole where there is room. */
export function chartStyle(labels: ChartLabels): PictureStyle {
  const within = {
    'elk.layered.spacing.nodeNodeBetweenLayers': '8',
    'elk.layered.spacing.edgeNodeBetweenLayers': '5',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '5',
    'elk.spacing.nodeNode': '14',
    'elk.spacing.edgeNode': '8',
    'elk.spacing.edgeEdge': '6',
    'elk.spacing.edgeLabel': '1',
  }
  const spacing = { ...options, ...within, 'elk.padding': '[top=20,left=6,bottom=6,right=6]' }
  return {
    spacing,
    within,
    label: (arrow) => arrowLabel(arrow, arrow.labels ?? arrow.events, labels),
  }
}

/** With whole events and their guards at the arrows. */
export function machineStyle(arrows: number): PictureStyle {
  const spacing = { ...options, ...anyMachine, ...(arrows > MANY_ARROWS && quick) }
  return {
    spacing,
    within: spacing,
    columns: { ...spacing, ...inColumns },
    isInOrder: true,
    label: ({ events }) => [...new Set(events)],
  }
}

/** A long way of states is cut, and goes on beside its beginning. */
const inColumns: LayoutOptions = {
  'elk.layered.wrapping.strategy': 'MULTI_EDGE',
  'elk.aspectRatio': '1.2',
}

/** The ways to keep an order that the package's own charts use stop at some machines with states within states. */
const anyMachine: LayoutOptions = {
  'elk.layered.cycleBreaking.strategy': 'GREEDY',
  'elk.layered.considerModelOrder.strategy': 'NONE',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '3',
}

/** From here on beauty costs more than a glance: minutes, for some machines of a hundred arrows. */
const MANY_ARROWS = 60

const quick: LayoutOptions = {
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.thoroughness': '1',
}
