import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

interface Exported {
  name: string
  /** As a caller sees it: `connect(options?: ConnectOptions): ConnectedEngine`. */
  signature: string
  /** The first sentence of its comment. */
  summary: string
}

/** The page of everything that each entry exports, from the sources. */
export function reference(): string {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types: string; default?: string }>
  }
  const seen = new Map<string, string>()
  const entries = Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string' || target.default === undefined) return []
    const file = target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1.ts')
    return [entryOf(`docker-plugin-flow${path.slice(1)}`, file, seen)]
  })
  return `# Reference

Generated from the entries of \`package.json\` by \`npm run docs\`. The options of functions are in the [API](api.md) and in the
guides; types have the rest.

${entries.join('\n')}`
}

function entryOf(entry: string, file: string, seen: Map<string, string>): string {
  const text = readFileSync(join(root, file), 'utf8')
  const [, intro = ''] = /^\/\*\*([\s\S]*?)\*\//.exec(text) ?? []
  const [fresh, again]: [Exported[], string[]] = [[], []]
  for (const [name, from] of exportsOf(file, text)) {
    const first = seen.get(`${from} ${name}`)
    if (first !== undefined) again.push(name)
    else {
      seen.set(`${from} ${name}`, entry)
      fresh.push(declarationOf(name, from))
    }
  }
  const line = ({ signature, summary }: Exported) =>
    `- \`${signature}\`${summary === '' ? '' : `<br>\n  ${summary}`}\n`
  const isValue = ({ signature }: Exported) => !/^(interface|type) /.test(signature)
  const also =
    again.length > 0 ? `\nAs above: ${again.map((name) => `\`${name}\``).join(', ')}.\n` : ''
  const lines = [...fresh.filter(isValue), ...fresh.filter((each) => !isValue(each))].map(line)
  const head = firstSentence(intro)
  return `## ${entry}\n${head ? `\n${head}\n` : ''}${lines.length > 0 ? `\n${lines.join('')}` : ''}${also}`
}

/** Each exported name, with the file that it comes from. */
function exportsOf(file: string, text: string): [name: string, from: string][] {
  const all = [...text.matchAll(/^export \* from '([^']+)'/gm)].flatMap(([, path = '']) => {
    const from = join(dirname(file), path)
    return exportsOf(from, readFileSync(join(root, from), 'utf8'))
  })
  const own = text.matchAll(/^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm)
  return [
    ...all,
    ...forwarded('export', file, text),
    ...[...own].map(([, name = '']): [string, string] => [name, file]),
  ]
}

/** The names in `export { … } from` or `import { … } from`, with the file that they come from. */
function forwarded(how: 'export' | 'import', file: string, text: string): [string, string][] {
  const lists = text.matchAll(
    new RegExp(`^${how} (?:type )?\\{([^}]*)\\}(?: from '(\\.[^']+)')?`, 'gm'),
  )
  return [...lists].flatMap(([, names = '', path]) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name): [string, string] => [name, path ? join(dirname(file), path) : file]),
  )
}

function declarationOf(name: string, file: string): Exported {
  const text = readFileSync(join(root, file), 'utf8')
  const declared = new RegExp(
    `^(?:export )?(?:declare )?(?:abstract )?(async function|function|const|class|interface|type) ${name}\\b`,
    'm',
  ).exec(text)
  if (!declared) {
    const found = [...exportsOf(file, text), ...forwarded('import', file, text)]
    const [, from] = found.find(([each, from]) => each === name && from !== file) ?? []
    if (from === undefined) throw new Error(`${file} does not declare ${name}`)
    return declarationOf(name, from)
  }
  const [whole, kind = ''] = declared
  const start = declared.index + whole.length
  const [, comment = ''] =
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, declared.index)) ?? []
  const rest = text.slice(start)
  const signature = kind.endsWith('function')
    ? `${name}${untilBody(rest)}`
    : kind === 'const'
      ? `${name}${/^: [^=]*?(?= =)/.exec(rest)?.[0] ?? ''}`
      : kind === 'class'
        ? `class ${name}${/^[^{]*/.exec(rest)?.[0] ?? ''}`
        : `${kind} ${name}${/^<[^=({]*>/.exec(rest)?.[0] ?? ''}`
  return { name, signature: onOneLine(signature), summary: firstSentence(comment) }
}

/** The parameters and the type of a function, up to its body or the end of an overload. */
function untilBody(text: string): string {
  let depth = 0
  for (const [at, character] of [...text].entries()) {
    const before = text.slice(0, at).trimEnd()
    if (depth === 0 && character === '{' && !/(:|\||&|=>|,|<|is)$/.test(before)) return before
    if (
      depth === 0 &&
      character === '\n' &&
      before.endsWith(')') === false &&
      /\): \S/.test(before)
    )
      return before
    if ('([{<'.includes(character)) depth++
    else if (')]}'.includes(character) || (character === '>' && !before.endsWith('='))) depth--
  }
  return text
}

function onOneLine(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/\( /g, '(')
    .replace(/,? \)/g, ')')
    .replaceAll('`', "'")
}

function firstSentence(comment: string): string {
  const [paragraph = ''] = comment
    .replace(/^[ \t]*\* ?/gm, '')
    .trim()
    .split(/\n\s*\n/)
  const text = paragraph.replace(/\s+/g, ' ').replace(/:$/, '.')
  const [before = ''] = text.split(/(?:^| )@/)
  return /^.*?[.!?](?= |$)/.exec(before)?.[0] ?? before
}
