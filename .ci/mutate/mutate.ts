// `npm run mutate [-- FILE… --max N]` changes one thing of a chart at a time, and names the changes that no
// test notices. Each mutant is bundled with its tests and runs in one process that stays: it is a script
// because Stryker would pay a whole process for each (its command runner), and its support of TypeScript 7
// is doubtful.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createBundle } from './bundle.ts'
import { equivalents } from './equivalents.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { createTestProcess } from './testProcess.ts'

const root = resolve(import.meta.dirname, '../..')
/** The walk through a chart takes seconds, and compares the chart with itself: it is left out. */
const LEFT_OUT = 'paths.test.ts'
/** Takes seconds, and is run last. */
const SLOW = 'planInEffect.test.ts'
/** Words of pictures: the layouts hold them, and a test finds those stale. */
const WORDS = 'labels.ts'
const LEAST_LIMIT_MS = 20_000

const { values, positionals } = parseArgs({
  options: { max: { type: 'string' } },
  allowPositionals: true,
})
const all = (positionals.length > 0 ? positionals : chartFiles()).flatMap((file) =>
  mutantsOf(file, readFileSync(join(root, file), 'utf8')),
)
for (const { file, after } of equivalents) {
  const isOf = (mutant: Mutant) => mutant.file === file
  if (all.some(isOf) && !all.some((mutant) => isOf(mutant) && mutant.after === after)) {
    console.log(`ARGUED, and no mutant any more: ${file}\n  + ${after}`)
  }
}
const step = Math.max(1, all.length / Number(values.max ?? all.length))
const mutants = all.filter(
  (_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step),
)

const testProcess = createTestProcess()
const counts = { killed: 0, survived: 0, 'timed out': 0, equivalent: 0 }
for (const file of new Set(mutants.map((mutant) => mutant.file))) {
  const bundle = await createBundle(join(root, file), testsOf(file))
  const begun = Date.now()
  const unmutated = await testProcess.run(await bundle.build(), 10 * LEAST_LIMIT_MS)
  if (unmutated !== 'survived') throw new Error(`fails unmutated: the tests of ${file}`)
  const limit = Math.max(LEAST_LIMIT_MS, 5 * (Date.now() - begun))

  for (const mutant of mutants.filter((of) => of.file === file)) {
    const { text, line, before, after } = mutant
    const isEquivalent = equivalents.some((known) => known.file === file && known.after === after)
    const fate = isEquivalent
      ? 'equivalent'
      : await testProcess.run(await bundle.build(text), limit)
    counts[fate]++
    if (fate === 'survived') console.log(`SURVIVED ${file}:${line}\n  - ${before}\n  + ${after}`)
  }
  await bundle.dispose()
  console.log(file, counts)
}
testProcess.end()
console.log(`${mutants.length} of ${all.length} mutants`)
process.exitCode = counts.survived > 0 ? 1 : 0

/** Each folder that holds a chart, and the vocabulary that charts share. */
function chartFiles(): string[] {
  const files = readdirSync(join(root, 'machines'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith(WORDS))
    .map((file) => join('machines', file))
}

/** The chart's own tests, or those of all machines for what they share; the test of the same name, which kills most, is first. */
function testsOf(file: string): string[] {
  const path = join(root, 'test', ...dirname(file).split('/').slice(0, 2))
  const tests = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith(LEFT_OUT))
    .map((name) => join(path, name))
  const own = join(root, 'test', file.replace(/\.ts$/, '.test.ts'))
  const rank = (name: string) => (name === own ? 0 : name.endsWith(SLOW) ? 2 : 1)
  return tests.sort((one, other) => rank(one) - rank(other))
}
