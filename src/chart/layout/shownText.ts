import { visible } from '../../text/visible.ts'

/** Text as a picture shows it: with what is invisible, and not longer than this. */
export function clip(text: string, most: number): string {
  const characters = [...visible(text)]
  return characters.length <= most
    ? characters.join('')
    : `${characters.slice(0, most - 1).join('')}…`
}

/** The lines that have room, and how many more there are. */
export function clipLines(lines: readonly string[], most: number, longest: number): string[] {
  const shown = lines.length <= most ? lines : lines.slice(0, most - 1)
  const more = lines.length - shown.length
  return [...shown.map((line) => clip(line, longest)), ...(more > 0 ? [`and ${more} more`] : [])]
}
