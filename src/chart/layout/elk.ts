import elk from 'elkjs/lib/elk.bundled.js'
import type { ElkNode } from 'elkjs/lib/elk-api.js'

/**
 * Places a graph. It works in this process, and nothing else runs meanwhile.
 *
 * @throws Error that can be shown
 */
export async function layOutGraph(graph: ElkNode): Promise<ElkNode> {
  try {
    return await new elk.default().layout(graph)
  } catch (cause) {
    throw new Error('the layout of the picture failed', { cause })
  }
}
