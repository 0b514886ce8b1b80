import { readStatechart } from './readStatechart.ts'
import type { Statechart } from './statechart.ts'

/**
 * Reads a machine of XState 5 from JSON, as `JSON.stringify(machine.config)`, `plugin-flow machine` and
 * Stately's editor write it; `JSON.stringify(machine)` too, from which XState leaves out eventless
 * transitions.
 *
 * @throws RangeError that says in a sentence what is wrong with it, and where
 */
export function parseStatechart(text: string): Statechart {
  return readStatechart(readJson(text))
}

/** What a parser says of a broken text is of its own kind in each version. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RangeError('it is no JSON')
  }
}
