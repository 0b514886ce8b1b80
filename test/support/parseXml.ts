export interface XmlElement {
  tag: string
  attributes: Record<string, string>
  children: XmlElement[]
  /** Of the element itself, without that of its children. */
  text: string
}

/**
 * Reads XML of the kind that has elements, attributes and character references, and no more:
 * whatever else stands in it, and whatever is not well-formed, is refused.
 */
export function parseXml(xml: string): XmlElement {
  const document = make('', '')
  const open = [document]
  const tokens = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y
  tokens.lastIndex = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(xml)?.[0].length ?? 0
  while (tokens.lastIndex < xml.length) {
    const at = tokens.lastIndex
    const [, close, tag, attributes = '', empty, text] = tokens.exec(xml) ?? []
    const parent = open.at(-1) ?? document
    if (text !== undefined) parent.text += decode(text)
    else if (tag === undefined) throw new Error(`not well-formed: ${xml.slice(at, at + 80)}`)
    else if (!close) {
      const element = make(tag, attributes)
      parent.children.push(element)
      if (!empty) open.push(element)
    } else if (open.length < 2 || open.pop()?.tag !== tag) throw new Error(`</${tag}> ends nothing`)
  }
  const [root, ...others] = document.children
  if (!root || others.length > 0 || open.length > 1 || document.text.trim() !== '') {
    throw new Error('not one element')
  }
  return root
}

/** Every element of this name, outer ones first. */
export function elementsOf(element: XmlElement, tag: string): XmlElement[] {
  const own = element.tag === tag ? [element] : []
  return [...own, ...element.children.flatMap((child) => elementsOf(child, tag))]
}

function make(tag: string, written: string): XmlElement {
  const attributes: Record<string, string> = {}
  for (const [, name = '', value = ''] of written.matchAll(/([\w.:-]+)="([^"]*)"/g)) {
    if (Object.hasOwn(attributes, name)) throw new Error(`${tag} has ${name} twice`)
    attributes[name] = decode(value)
  }
  return { tag, attributes, children: [], text: '' }
}

function decode(text: string): string {
  if (/&(?!#\d+;)|>/.test(text)) throw new Error(`not escaped: ${text}`)
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
}
