/** Handles all of a list, in its order, and no more at once than `most`. */
export async function atOnce<Item>(
  items: readonly Item[],
  most: number,
  handle: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) {
      await handle(items[index] as Item, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work))
}
