import stringWidth from 'string-width'

/** The beginning of a text that takes at most `columns` of a terminal, with an ellipsis where it was cut. */
export function fitText(text: string, columns: number, ellipsis: string): string {
  if (stringWidth(text) <= columns) return text
  if (columns < ellipsis.length) return ''
  let kept = ''
  let width = ellipsis.length
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment)
    if (width > columns) break
    kept += segment
  }
  return kept + ellipsis
}
