// The interface of the element, for editors: `docs/custom-elements.json`, https://custom-elements-manifest.open-wc.org.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../src/viewer')

/** The manifest of `<plugin-flow>`, read from its sources and the comments there. */
export function customElementsManifest(): string {
  const source = read('pluginFlowElement.ts')
  const types = read('elementTypes.ts')
  const style = read('style.ts')
  const views = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map(read)
  const parts = views.flatMap((text) =>
    [...text.matchAll(/\bpart: '(\w+)'/g)].map(([, name]) => name),
  )
  const declaration = {
    kind: 'class',
    name: 'PluginFlowElement',
    tagName: 'plugin-flow',
    customElement: true,
    description: commentBefore(source, 'export class PluginFlowElement'),
    superclass: { name: 'HTMLElement' },
    attributes: membersOf(types, 'PluginFlowAttributes').filter(({ name }) =>
      ATTRIBUTES.includes(name),
    ),
    members: [
      ...[...source.matchAll(/^ {2}(?:get (\w+)\(\)|(\w+): \w+ =)/gm)].map(
        ([line, getter, field]) => ({
          kind: 'field',
          name: getter ?? field,
          description: commentBefore(source, line),
        }),
      ),
      ...[...source.matchAll(/^ {2}(push|clear|load)\(/gm)].map(([line, name]) => ({
        kind: 'method',
        name,
        description: commentBefore(source, line),
      })),
    ],
    events: membersOf(types, 'PluginFlowEventMap'),
    cssProperties: [
      {
        name: '--plugin-flow-max-height',
        default: /var\(--plugin-flow-max-height, (\w+)\)/.exec(style)?.[1],
        description: 'the height that the element may have',
      },
      ...[...style.matchAll(/^ {2}(--[\w-]+): (.*); \/\* (.*) \*\/$/gm)].map(
        ([, name, initial, description]) => ({ name, default: initial, description }),
      ),
    ],
    cssParts: [...new Set(parts)].sort().map((name) => ({ name })),
  }
  const module = {
    kind: 'javascript-module',
    path: 'dist/viewer/pluginFlow.js',
    declarations: [declaration],
    exports: [
      {
        kind: 'custom-element-definition',
        name: 'plugin-flow',
        declaration: { name: 'PluginFlowElement' },
      },
    ],
  }
  return `${JSON.stringify({ schemaVersion: '1.0.0', modules: [module] }, null, 2)}\n`
}

const ATTRIBUTES = ['src', 'theme', 'compact']

function read(file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}

/** The fields of an interface, with their comments. */
function membersOf(text: string, name: string) {
  const [body = ''] = text.slice(text.indexOf(`interface ${name} `)).split('\n}')
  return [...body.matchAll(/^ {2}'?([\w-]+)'?\??: (.*)$/gm)].map(([line, member = '', type]) => ({
    name: member,
    type: { text: type },
    description: commentBefore(body, line),
  }))
}

/** The comment that ends right above a line. */
function commentBefore(text: string, line: string): string | undefined {
  const above = text.slice(0, text.indexOf(line)).trimEnd()
  if (!above.endsWith('*/')) return undefined
  const comment = above.slice(above.lastIndexOf('/**') + 3, -2)
  return comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}
