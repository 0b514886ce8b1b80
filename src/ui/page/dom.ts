/** An element of the page, by its id. @throws Error when the page has none of this kind */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`)
  return found
}

/** A row of a list, which stays the same while what it shows changes: the focus stays in it. */
export interface Row<Item> {
  node: HTMLElement
  update(item: Item): void
}

/** Draws a list of items into a node, each in its own row. */
export function createRows<Item extends { id: string }>(
  list: HTMLElement,
  createRow: (item: Item) => Row<Item>,
): (items: readonly Item[]) => void {
  const rows = new Map<string, Row<Item>>()
  return (items) => {
    const ids = new Set(items.map(({ id }) => id))
    for (const [id, { node }] of rows) {
      if (ids.has(id)) continue
      node.remove()
      rows.delete(id)
    }
    for (const [index, item] of items.entries()) {
      const row = rows.get(item.id) ?? createRow(item)
      rows.set(item.id, row)
      row.update(item)
      // A node that is moved loses the focus.
      const there = list.children[index]
      if (there !== row.node) list.insertBefore(row.node, there ?? null)
    }
  }
}

/** Asks a person, who says yes only by the button that is named. */
export async function confirmed(title: string, text: string, yes: string): Promise<boolean> {
  const dialog = byId('confirm', HTMLDialogElement)
  byId('confirm-title', HTMLElement).textContent = title
  byId('confirm-text', HTMLElement).textContent = text
  const accept = byId('yes', HTMLButtonElement)
  accept.textContent = yes
  accept.onclick = () => dialog.close('yes')
  byId('no', HTMLButtonElement).onclick = () => dialog.close()
  dialog.returnValue = ''
  // It is closed by Escape as well.
  dialog.showModal()
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }))
  return dialog.returnValue === 'yes'
}
