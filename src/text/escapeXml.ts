/** A text as it stands between tags of XML. */
export function escapeText(text: string): string {
  return text.replace(/[&<>]/g, reference)
}

/** A text as it stands in the quotes of an attribute. */
export function escapeAttribute(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, reference)
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`
}
