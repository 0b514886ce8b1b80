import type { Shape } from '../chart/drawChart.ts'
import { visible } from '../text/visible.ts'

type Attributes = Readonly<Record<string, string | boolean | number>>

/**
 * An HTML element. Strings become text nodes, in which what is invisible or turns the direction of
 * text is shown as its number: nothing from outside is ever markup.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === 'boolean') made.toggleAttribute(attribute, value)
    else made.setAttribute(attribute, visible(String(value)))
  }
  made.append(...children.map(toNode))
  return made
}

export function button(label: string, attributes: Attributes, onClick: () => void) {
  const made = element('button', { type: 'button', ...attributes }, label)
  made.addEventListener('click', onClick)
  return made
}

/** Sets a text where it is another one: what has not changed is not read out again. */
export function setText(node: Node, text: string): void {
  const shown = visible(text)
  if (node.textContent === shown) return
  // The text that is there is kept: another one would have to be laid out from the start.
  if (node.firstChild instanceof Text && node.childNodes.length === 1) node.firstChild.data = shown
  else node.textContent = shown
}

export function svgElement({ tag, attributes, children }: Shape): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  made.append(
    ...children.map((child) => (typeof child === 'string' ? visible(child) : svgElement(child))),
  )
  return made
}

function toNode(child: Node | string): Node | string {
  return typeof child === 'string' ? visible(child) : child
}
