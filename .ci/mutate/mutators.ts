/** Makes the text that stands in place of a match; `file` is the whole file. */
type Replace = (match: RegExpExecArray, file: string) => string

const drop: Replace = () => ''
const operand = String.raw`!?[\w.?]+(?:\([^()]*\))?(?: [!=<>]==? [\w.']+)?`

/** By regular expressions: what breaks the syntax, or changes types and comments only, is sorted out. */
export const mutators: readonly [RegExp, ...Replace[]][] = [
  // The chart's own words.
  [/guard: '\w+',\s*/g, drop],
  [/(?<=target: )'[^']+'/g, ([target], file) => otherTarget(target, file)],
  [/actions: (?:\[[^\]]*\]|'\w+'|\w+\([^)]*\)),?/g, drop],
  [/(?<=actions: \[[^\]]*)(?:'\w+'|\w+\([^)]*\)),? ?/g, drop],
  [/^ +(?:entry|exit|input|always|output|tags|context): .+,\n/gm, drop],
  // What they mean.
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
