/** The attributes of an element; one that is undefined is left out. */
export type XmlAttributes = Readonly<Record<string, string | number | undefined>>

/** `<tag name="value"`: a start tag without its end. */
export function openTag(tag: string, attributes: XmlAttributes = {}): string {
  const written = Object.entries(attributes).map(([name, value]) =>
    value === undefined ? '' : ` ${name}="${reference(String(value), /[&<>"\t\n\r]/g)}"`,
  )
  return `<${tag}${written.join('')}`
}

/** Text between tags. */
export function escapeText(text: string): string {
  return reference(text, /[&<>]/g)
}

function reference(text: string, special: RegExp): string {
  return text.replace(special, (character) => `&#${character.charCodeAt(0)};`)
}
