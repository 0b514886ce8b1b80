import type { Statechart, StateNode } from '../../chart/statechart/readStatechart.ts'
import { doingsOf, transitionText } from '../../chart/statechart/words.ts'
import { button, element, setText } from '../../viewer/element.ts'

export interface OutlineActions {
  select(path: string): void
  /** Draws a state with or without the states in it. */
  toggle(path: string): void
}

/** Every state and every transition as text: what the picture shows, and what it has no room for. */
export function createOutline({ id, root, edges }: Statechart, { select, toggle }: OutlineActions) {
  const nameOf = (path: string) => (path === '' ? id : path)
  const transitions = new Map<string, HTMLElement[]>()
  for (const edge of edges) {
    const { source, target, description } = edge
    const where = target === undefined ? '(stays)' : `→ ${nameOf(target)}`
    const line = element('li', {}, `${transitionText(edge)} ${where}`)
    if (description) line.append(element('p', {}, description))
    transitions.set(source, (transitions.get(source) ?? []).concat(line))
  }
  const rows = new Map<string, Row>()
  const addRow = (node: StateNode, { type, initial }: Pick<StateNode, 'type' | 'initial'>) => {
    const { path, description } = node
    const name = button(nameOf(path), {}, () => select(path))
    const isOuter = path !== '' && node.states.length > 0
    const fold = isOuter && button('Collapse', { class: 'small fold' }, () => toggle(path))
    const kinds = kindsOf(node, type === 'parallel', initial === path)
    const lines = [
      ...doingsOf(node).map((line) => element('li', {}, line)),
      ...(transitions.get(path) ?? []),
    ]
    const item = element(
      'li',
      {},
      name,
      ...kinds.map((kind) => element('span', { class: 'kind' }, ` ${kind}`)),
      fold,
      ...(description ? [element('p', {}, description)] : []),
      ...(lines.length > 0 ? [element('ul', {}, lines)] : []),
    )
    const words = String(item.textContent).toLowerCase()
    rows.set(path, { item, name, words, ...(fold && { fold }) })
    for (const below of node.states) addRow(below, node)
  }
  addRow(root, { type: 'atomic' })
  const count = element('p', { role: 'status', class: 'kind' })
  const search = element('input', {
    type: 'search',
    placeholder: 'Search: /',
    'aria-label': SEARCH,
  })
  const matches = () => {
    const wanted = search.value.trim().toLowerCase()
    return [...rows].filter(([, { words }]) => words.includes(wanted))
  }
  search.addEventListener('input', () => {
    const found = new Set(matches().map(([path]) => path))
    for (const [path, { item }] of rows) item.hidden = !found.has(path)
    setText(count, search.value.trim() === '' ? '' : `${found.size} of ${rows.size} states`)
  })
  search.addEventListener('keydown', ({ key }) => {
    const [first] = matches()[0] ?? []
    if (key === 'Enter' && first !== undefined) select(first)
  })

  return {
    search,
    node: element(
      'section',
      { class: 'outline panel', tabindex: 0, 'aria-labelledby': 'outline' },
      element('h2', { id: 'outline' }, 'States and transitions'),
      search,
      count,
      element(
        'ul',
        {},
        [...rows.values()].map(({ item }) => item),
      ),
    ),
    /** Marks a state, and brings it into view. */
    mark(path: string) {
      for (const [each, { name }] of rows) {
        if (each === path) name.setAttribute('aria-current', 'true')
        else name.removeAttribute('aria-current')
      }
      const item = rows.get(path)?.item
      if (!item) return
      // A search for something else may have hidden it.
      item.hidden = false
      item.scrollIntoView({ block: 'nearest' })
    },
    /** Says of each state with states in it whether they are drawn. */
    setCollapsed(collapsed: ReadonlySet<string>) {
      for (const [path, { fold }] of rows) {
        if (fold) setText(fold, collapsed.has(path) ? 'Expand' : 'Collapse')
        fold?.setAttribute('aria-label', `${fold.textContent} ${path}`)
      }
    },
  }
}

interface Row {
  item: HTMLElement
  name: HTMLElement
  /** The text that a search looks through. */
  words: string
  fold?: HTMLButtonElement
}

const SEARCH = 'Search states, events, actions and descriptions'

function kindsOf({ type }: StateNode, isRegion: boolean, isInitial: boolean): string[] {
  return [
    ...(isInitial ? ['initial'] : []),
    ...(isRegion ? ['region'] : []),
    ...(type === 'atomic' ? [] : [type]),
  ]
}
