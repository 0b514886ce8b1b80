/** Orders names as people count: `plugin2` before `plugin10`. */
export function compareNaturally(one: string, other: string): number {
  const [left, right] = [parts(one), parts(other)]
  for (const [index, part] of left.entries()) {
    const against = right[index]
    if (against === undefined) return 1
    const order = compareParts(part, against)
    if (order !== 0) return order
  }
  return left.length - right.length
}

function parts(text: string): string[] {
  return text.match(/\d+|\D+/g) ?? []
}

function compareParts(one: string, other: string): number {
  const areNumbers = /^\d/.test(one) && /^\d/.test(other)
  const [left, right] = areNumbers ? [BigInt(one), BigInt(other)] : [one, other]
  if (left === right) return one.length - other.length
  return left < right ? -1 : 1
}
