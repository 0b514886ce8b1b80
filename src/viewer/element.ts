import type { Shape } from '../chart/drawChart.ts'
import { inOrder, visible } from '../text/visible.ts'
import type { PluginFlowTexts } from './elementTypes.ts'

type Attributes = Readonly<Record<string, string | boolean | number>>

/** The content of an element; `false` and `undefined` are left out. A list of foreign length is handed in as one. */
type Child = Node | string | false | undefined

/**
 * An HTML element. Strings become text nodes, in which unseen characters are shown by their numbers:
 * nothing from outside is ever markup.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === 'boolean') made.toggleAttribute(attribute, value)
    else {
      const text = String(value)
      made.setAttribute(attribute, attribute === 'aria-label' ? worded(text) : visible(text))
    }
  }
  for (const child of children.flat()) {
    if (child) made.append(typeof child === 'string' ? worded(child) : child)
  }
  return made
}

let texts: PluginFlowTexts = {}

/** Draws in other words: all that `draw` makes or sets. */
export function inWords(words: PluginFlowTexts, draw: () => void): void {
  texts = words
  draw()
  texts = {}
}

/** A text in the embedder's words, if it has any for it, in which unseen characters are shown. */
function worded(text: string): string {
  const word = typeof texts === 'function' ? texts(text) : Object.hasOwn(texts, text) && texts[text]
  return word ? visible(word) : inOrder(text)
}

export function button(label: string, attributes: Attributes, onClick: () => void) {
  const made = element('button', { type: 'button', part: 'button', ...attributes }, label)
  made.onclick = onClick
  return made
}

/** Sets a text unless it is the same: a screen reader reads out every change. */
export function setText(node: Node, text: string): void {
  const shown = worded(text)
  if (node.textContent === shown) return
  // The text node is kept: a new one would be laid out from the start.
  if (node.firstChild instanceof Text && node.childNodes.length === 1) node.firstChild.data = shown
  else node.textContent = shown
}

/** A drawn shape as SVG; its texts are made visible already. */
export function svgElement({ tag, attributes, children }: Shape): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  for (const child of children) made.append(typeof child === 'string' ? child : svgElement(child))
  return made
}

/** Lets the browser save a text as a file. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  element('a', { href: url, download: name }).click()
  URL.revokeObjectURL(url)
}
