import type { AxeResults } from 'axe-core'
import type { Window } from 'happy-dom'

/** The findings of axe without a layout: of colours and places it knows nothing here. */
export async function axeFindings({ document }: Window): Promise<string[]> {
  const { default: axe } = await import('axe-core')
  const found: AxeResults = await axe.run(Object(document))
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}
