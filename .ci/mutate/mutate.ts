// `npm run mutate [-- FILE… --max N]` changes one thing of a chart at a time, in a copy of the tree, and
// names the changes that no test notices. It is a script because Stryker would pay a whole process for
// each mutant too (its command runner), and its support of TypeScript 7 is doubtful.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { equivalents } from './equivalents.ts'
import { mutantsOf } from './mutants.ts'

const root = resolve(import.meta.dirname, '../..')
/** The walk through a chart takes 10 s, and compares the chart with itself: it is left out. */
const LEFT_OUT = 'paths.test.ts'
const LEAST_LIMIT_MS = 20_000

const { values, positionals } = parseArgs({
  options: { max: { type: 'string' } },
  allowPositionals: true,
})
const all = (positionals.length > 0 ? positionals : chartFiles()).flatMap((file) =>
  mutantsOf(file, readFileSync(join(root, file), 'utf8')),
)
const step = Math.max(1, all.length / Number(values.max ?? all.length))
const mutants = all.filter(
  (_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step),
)

const copy = mkdtempSync(join(tmpdir(), 'plugin-flow-mutants-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
for (const part of ['machines', 'adapters', 'src', 'test', 'package.json', 'tsconfig.json']) {
  cpSync(join(root, part), join(copy, part), { recursive: true })
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))

const limits = new Map<string, number>()
for (const folder of new Set(mutants.map(({ file }) => dirname(file)))) {
  const begun = Date.now()
  if (fate(folder) !== 'survived') throw new Error(`fails unmutated: test/${folder}`)
  limits.set(folder, Math.max(LEAST_LIMIT_MS, 5 * (Date.now() - begun)))
}

const counts = { killed: 0, survived: 0, 'timed out': 0, equivalent: 0 }
for (const [index, mutant] of mutants.entries()) {
  const { file, text, line, before, after } = mutant
  const isEquivalent = equivalents.some((known) => known.file === file && known.after === after)
  const original = readFileSync(join(copy, file))
  writeFileSync(join(copy, file), text)
  const result = isEquivalent ? 'equivalent' : fate(dirname(file))
  writeFileSync(join(copy, file), original)
  counts[result]++
  if (result === 'survived') console.log(`SURVIVED ${file}:${line}\n  - ${before}\n  + ${after}`)
  if (index % 10 === 9) console.log(`${index + 1} of ${mutants.length}`, counts)
}
console.log(`${mutants.length} of ${all.length} mutants`, counts)
process.exitCode = counts.survived > 0 ? 1 : 0

/** Each folder that holds a chart, and the vocabulary that charts share. */
function chartFiles(): string[] {
  const files = readdirSync(join(root, 'machines'), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.ts')).map((file) => join('machines', file))
}

/** The chart's own tests; those of all machines for what machines share. */
function fate(folder: string): 'killed' | 'survived' | 'timed out' {
  const path = join('test', ...folder.split('/').slice(0, 2))
  const tests = readdirSync(join(copy, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith(LEFT_OUT))
    .map((name) => join(path, name))
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'test/run.ts', ...tests], {
    cwd: copy,
    timeout: limits.get(folder) ?? 10 * LEAST_LIMIT_MS,
    stdio: 'ignore',
  })
  if (status === 0) return 'survived'
  return status === null ? 'timed out' : 'killed'
}
