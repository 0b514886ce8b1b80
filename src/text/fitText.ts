import stringWidth from 'string-width'

/** In code units, far more than a line of a terminal has; the width of a long text takes seconds to measure. */
const LONGEST = 4_096

/** The beginning of a text that takes at most `columns` of a terminal, with an ellipsis where it was cut. */
export function fitText(text: string, columns: number, ellipsis: string): string {
  if (text.length <= LONGEST && stringWidth(text) <= columns) return text
  if (columns < ellipsis.length) return ''
  let kept = ''
  let width = ellipsis.length
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, LONGEST))) {
    width += stringWidth(segment)
    if (width > columns) break
    kept += segment
  }
  return kept + ellipsis
}
