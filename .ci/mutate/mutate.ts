// `npm run mutate [-- FILE… --max N]` changes one thing of a chart at a time, and names the changes that no
// test notices. Each mutant is bundled with its tests and runs in one process that stays: it is a script
// because Stryker would pay a whole process for each (its command runner), and its support of TypeScript 7
// is doubtful.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bundle, createBundle } from './bundle.ts'
import { equivalents } from './equivalents.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { createTestProcess, type Fate } from './testProcess.ts'

const root = resolve(import.meta.dirname, '../..')
/** The walk through a chart takes seconds, and compares the chart with itself: it is left out. */
const LEFT_OUT = 'paths.test.ts'
/** Takes seconds, and is run last. */
const SLOW = 'planInEffect.test.ts'
/** Words of pictures: the layouts hold them, and a test finds those stale. */
const WORDS = 'labels.ts'
/** The folder of the steps that several charts share. */
const SHARED_STEPS = 'steps'
const LEAST_LIMIT_MS = 20_000

/** Tests that are bundled and run together. */
interface Group {
  bundle: Bundle
  /** Milliseconds. */
  limit: number
}

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
  const groups: Group[] = []
  for (const tests of testsOf(file)) groups.push(await prepare(file, tests))

  for (const mutant of mutants.filter((of) => of.file === file)) {
    const { line, before, after } = mutant
    const isEquivalent = equivalents.some((known) => known.file === file && known.after === after)
    const fate = isEquivalent ? 'equivalent' : await judge(mutant, groups)
    counts[fate]++
    if (fate === 'survived') console.log(`SURVIVED ${file}:${line}\n  - ${before}\n  + ${after}`)
  }
  for (const { bundle } of groups) await bundle.dispose()
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

/**
 * The test of the same name, which kills most and is soon bundled, and then the others that can see the file: those of its chart,
 * or of all machines for what they share.
 */
function testsOf(file: string): string[][] {
  const [, folder = ''] = dirname(file).split('/')
  const path = join(root, 'test/machines', folder === SHARED_STEPS ? '' : folder)
  const tests = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith(LEFT_OUT))
    .map((name) => join(path, name))
  const own = join(root, 'test', file.replace(/\.ts$/, '.test.ts'))
  const others = tests.filter((name) => name !== own)
  others.sort((one, other) => Number(one.endsWith(SLOW)) - Number(other.endsWith(SLOW)))
  return [tests.filter((name) => name === own), others].filter(({ length }) => length > 0)
}

/** @throws Error where the tests fail by themselves */
async function prepare(file: string, tests: readonly string[]): Promise<Group> {
  const bundle = await createBundle(join(root, file), tests)
  const begun = Date.now()
  const unmutated = await testProcess.run(await bundle.build(), 10 * LEAST_LIMIT_MS)
  if (unmutated !== 'survived') throw new Error(`fails unmutated: the tests of ${file}`)
  return { bundle, limit: Math.max(LEAST_LIMIT_MS, 5 * (Date.now() - begun)) }
}

async function judge({ text }: Mutant, groups: readonly Group[]): Promise<Fate> {
  for (const { bundle, limit } of groups) {
    const fate = await testProcess.run(await bundle.build(text), limit)
    if (fate !== 'survived') return fate
  }
  return 'survived'
}
