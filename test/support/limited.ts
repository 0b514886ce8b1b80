import * as assert from 'uvu/assert'
import { flowGate } from '../../src/flow/place.ts'

/**
 * With so many places for flows at work besides those that flows of other tests hold, which died in the middle of a
 * call; all have to be free in the end.
 */
export async function limited(flows: number, act: () => Promise<void>): Promise<void> {
  const before = flowGate.limit
  flowGate.limit = flowGate.taken + flows
  try {
    await act()
    const leaves = Array.from({ length: flows }, () => flowGate.tryEnter())
    assert.ok(leaves.every(Boolean), 'a place was not given back')
    for (const leave of leaves) leave?.()
  } finally {
    flowGate.limit = before
  }
}
