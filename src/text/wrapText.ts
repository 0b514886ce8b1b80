/** Breaks a text between words. Only a single word can make a line longer than `columns`. */
export function wrapText(text: string, columns: number, margin = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && margin.length + longer.length > columns) {
      lines.push(margin + line)
      line = word
    } else line = longer
  }
  return [...lines, margin + line]
}
