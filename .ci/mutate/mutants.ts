import { transformSync } from 'esbuild'

export interface Mutant {
  file: string
  /** The whole file. */
  text: string
  line: number
  before: string
  after: string
}

/** Makes the text that stands in place of a match; `file` is the whole file. */
type Replace = (match: RegExpExecArray, file: string) => string

const drop: Replace = () => ''
const operand = String.raw`!?[\w.?]+(?:\([^()]*\))?(?: [!=<>]==? [\w.']+)?`

/** By regular expressions: what breaks the syntax, or changes types and comments only, is sorted out. */
const mutators: readonly [RegExp, ...Replace[]][] = [
  // The chart's own words.
  [/guard: '\w+',\s*/g, drop],
  [/(?<=target: )'[^']+'/g, ([target], file) => otherTarget(target, file)],
  [/actions: (?:\[[^\]]*\]|'\w+'|\w+\([^)]*\)),?/g, drop],
  [/(?<=actions: \[[^\]]*)(?:'\w+'|\w+\([^)]*\)),? ?/g, drop],
  [/^ +(?:entry|exit|input|always|output|tags|context): (?!\{\} as ).+,\n/gm, drop],
  // Their meaning.
  [/(?<=return )(?:\(\n[\s\S]*?\n {2}\)|.+)$/gm, ([value]) => `!(${value})`],
  [/ (===|!==) /g, ([, word]) => (word === '===' ? ' !== ' : ' === ')],
  [/ (<=?|>=?) /g, ([, word = '']) => ` ${INVERSE[word]} `, ([, word = '']) => ` ${BOUND[word]} `],
  [/\b(?:true|false)\b/g, ([word]) => String(word !== 'true')],
  [/(?<![\w.'-])\d[\d_]*(?![\w'])/g, ([digits]) => String(Number(digits.replaceAll('_', '')) + 1)],
  [
    /(?<!from |(?:id|src|guard|target|actions|initial|entry|exit): (?:\[[^\]]*)?)'[a-z][\w-]*'/g,
    () => "'mutated'",
  ],
  [/ (&&|\|\|) /g, ([, word]) => (word === '&&' ? ' || ' : ' && ')],
  [new RegExp(`${operand} (?:&&|\\|\\||\\?\\?) `, 'g'), drop],
  [new RegExp(` (?:&&|\\|\\||\\?\\?) ${operand}`, 'g'), drop],
  [/(?<=[{,(] ?\w+(?:: \w+)?) = [\w'.]+(?=[,\s})])/g, drop],
  [/ \? (\{[^{}]*\}|[^:?\n]+?)\s+: (\{[^{}]*\}|[^\n,)}]+)/g, ([, yes, no]) => ` ? ${no} : ${yes}`],
  // A statement is left out; `assertEvent` only narrows the type of an event.
  [/^ +(?:[\w.]+ \+?= |(?!assertEvent)[\w.]+\(|await |if \(.*\) (?:throw|return)).*\n/gm, drop],
]

const INVERSE: Record<string, string> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' }
const BOUND: Record<string, string> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' }

/** The target that the file names next. */
function otherTarget(target: string, file: string): string {
  const targets = [...new Set(file.match(/(?<=target: )'[^']+'/g))]
  return targets[(targets.indexOf(target) + 1) % targets.length] ?? target
}

/** Every change of this file that changes the program, each once. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const seen = new Set([compiled(source)])
  return mutators.flatMap(([pattern, ...replaces]) =>
    [...source.matchAll(pattern)].flatMap((match) =>
      replaces.flatMap((replace): Mutant[] => {
        const [head, tail] = [
          source.slice(0, match.index),
          source.slice(match.index + match[0].length),
        ]
        const text = head + replace(match, source) + tail
        const code = compiled(text)
        if (code === undefined || seen.has(code)) return []
        seen.add(code)
        const line = head.split('\n').length
        return [{ file, text, line, before: lineOf(source, line), after: lineOf(text, line) }]
      }),
    ),
  )
}

/** Names stay: how esbuild shortens them depends on the types too. */
const SMALL = { minifyWhitespace: true, minifySyntax: true, logLevel: 'silent' } as const

/** Without types, comments and layout; `undefined` where the syntax is broken. */
function compiled(text: string): string | undefined {
  try {
    return transformSync(text, { loader: 'ts', ...SMALL }).code
  } catch {
    return undefined
  }
}

function lineOf(text: string, line: number): string {
  return text.split('\n')[line - 1]?.trim() ?? ''
}
