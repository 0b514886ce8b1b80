import { type AnyStateNode, createMachine } from 'xstate'
import type { ChartEdge } from '../../src/chart/chart.ts'

/**
 * The transitions that XState computes from a config, one for each target, in the words of a chart.
 * @throws what XState throws
 */
export function xstateEdges(config: object): ChartEdge[] {
  return edgesBelow(createMachine(config as Parameters<typeof createMachine>[0]).root)
}

export function pathOf({ path }: AnyStateNode): string {
  return path.map((key) => key.replace(/[\\.]/g, '\\$&')).join('.')
}

function edgesBelow(node: AnyStateNode): ChartEdge[] {
  const transitions = [...node.transitions.values(), node.always ?? []].flat()
  const own = transitions.flatMap((transition) => {
    const { target, guard, eventType } = transition
    const { delay } = transition as { delay?: unknown }
    const edge = {
      source: pathOf(node),
      event: delay === undefined ? wordFor(node, eventType) : `after(${delay})`,
      ...(guard === undefined ? {} : { guard: guardOf(guard) }),
    }
    return target ? target.map((to) => ({ ...edge, target: pathOf(to) })) : [edge]
  })
  return [...own, ...Object.values(node.states).flatMap(edgesBelow)]
}

function wordFor(node: AnyStateNode, type: string): string {
  if (type === '') return 'always'
  if (type === `xstate.done.state.${node.id}`) return 'done'
  for (const [index, { id, src }] of node.invoke.entries()) {
    const name = id === `${index}.${node.id}` ? src : id
    if (type === `xstate.done.actor.${id}`) return `done(${name})`
    if (type === `xstate.error.actor.${id}`) return `error(${name})`
    if (type === `xstate.snapshot.${id}`) return `snapshot(${name})`
  }
  return type === 'xstate.done.actor.other' ? 'done(other)' : type
}

function guardOf(guard: unknown): string {
  return typeof guard === 'string' ? guard : String((guard as { type: unknown }).type)
}
