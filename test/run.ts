// uvu's own command exits 0 on broken suites (a hook that throws, a thrown non-Error, a forgotten
// run(), `only`, no file found). This runner drives uvu in one process and fails on each of them.
// With TEST_SEED set to any text, files, the suites of each and random inputs are drawn from it. Without it
// the inputs are the same in each run: a change is judged by itself, and `npm run test:steady` looks for more.
// TEST_TIMES=N prints the N files that took the longest, in seconds, and how much of that this process computed.
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'

type Outcome = [errors: string | true, ran: number, skipped: number, total: number]
type Run = () => Promise<Outcome>

const SUITE_LIMIT_MS = Number(process.env.SUITE_LIMIT_MS ?? 300_000)
const LEAK_GRACE_MS = Number(process.env.LEAK_GRACE_MS ?? 2_000)
/** The folders that run when no path is given: all that need no more than Node.js. */
const UNIT = ['test/machines', 'test/adapters', 'test/src', 'test/project']
const TEST_SEED = process.env.TEST_SEED ?? ''
const root = resolve(import.meta.dirname, '..')
const globals = globalThis as typeof globalThis & {
  UVU_DEFER?: number
  UVU_INDEX?: number
  UVU_QUEUE?: [string | null, ...Run[]][]
}
globals.UVU_DEFER = 1

// No test reads what a person has configured for Docker, or writes in that person's home.
const home = mkdtempSync(join(tmpdir(), 'plugin-flow-home-'))
process.on('exit', () => rmSync(home, { recursive: true, force: true }))
for (const name of Object.keys(process.env)) {
  if (/^(DOCKER|XDG)_/.test(name)) delete process.env[name]
}
process.env.HOME = home
process.env.USERPROFILE = home

process.stdout.write('')
process.stderr.write('')
const openAtStart = openResources()
let finished = false
process.on('exit', () => {
  if (finished) return
  console.error('the run ended before its tests had')
  process.exitCode = 1
})

const problems: string[] = []
const times: Record<string, { all: number; own: number }> = {}
const total = { passed: 0, failed: 0, skipped: 0 }

const seed = createHash('sha256').update(TEST_SEED).digest().readInt32LE()
fc.configureGlobal({ seed })
const { exec } = await import('uvu')
const files = inDrawnOrder(testFiles(process.argv.slice(2)), (file) => relative(root, file))
if (TEST_SEED) console.log(`order and inputs drawn from TEST_SEED=${TEST_SEED}`)
if (files.length === 0) problems.push('no test file was found')
globals.UVU_QUEUE ??= []
const queue = globals.UVU_QUEUE
for (const [index, file] of files.entries()) {
  const name = relative(root, file)
  globals.UVU_INDEX = index
  const group: [string | null, ...Run[]] = [name]
  queue[index] = group
  await import(pathToFileURL(file).href)
  if (group.length === 1) problems.push(`${name}: no suite was run`)
  if (/\btest\.only\(/.test(readFileSync(file, 'utf8')))
    problems.push(`${name}: test.only leaves out the other tests`)
  const [, ...runs] = group as [string, ...Run[]]
  const drawn = inDrawnOrder(runs, (_, number) => `${name} ${number}`)
  queue[index] = [name, ...drawn.map((run) => guarded(name, run))]
}
await exec()
await reportLeaks()

if (total.passed + total.failed === 0) problems.push('no test was executed')
if (process.env.CI && total.skipped > 0) problems.push(`${total.skipped} skipped in CI`)
for (const problem of problems) console.error(`problem: ${problem}`)
const slowest = Object.entries(times).sort(([, one], [, other]) => other.all - one.all)
for (const [name, { all, own }] of slowest.slice(0, Number(process.env.TEST_TIMES ?? 0))) {
  console.log(`${all.toFixed(1)} s, ${own.toFixed(1)} of it here: ${name}`)
}
const failed = total.failed + problems.length
console.log(`${total.passed} passed, ${failed} failed, ${total.skipped} skipped`)
finished = true
process.exit(failed > 0 ? 1 : 0)

/** The same order for the same seed; without one, the order as it is. */
function inDrawnOrder<T>(items: T[], nameOf: (item: T, index: number) => string): T[] {
  if (!TEST_SEED) return items
  const draw = (name: string) => createHash('sha256').update(`${TEST_SEED} ${name}`).digest('hex')
  return items
    .map((item, index) => ({ item, drawn: draw(nameOf(item, index)) }))
    .sort((one, other) => (one.drawn < other.drawn ? -1 : 1))
    .map(({ item }) => item)
}

function guarded(name: string, run: Run): Run {
  return async () => {
    const [began, computed] = [performance.now(), process.cpuUsage()]
    const outcome = await Promise.race([run().catch(thrown), suiteLimit(name)])
    addTime(name, performance.now() - began, process.cpuUsage(computed))
    const [errors, ran, skipped, all] = outcome
    total.passed += ran
    total.skipped += skipped
    total.failed += Math.max(all - ran, errors === true ? 0 : 1)
    if (all === 0) problems.push(`${name}: a suite has no test`)
    if (all !== ran && errors === true) {
      outcome[0] = `  FAIL  ${name}: a hook threw, or something was thrown that is no Error\n`
    }
    return outcome
  }
}

function addTime(name: string, ms: number, { user, system }: NodeJS.CpuUsage): void {
  const { all, own } = times[name] ?? { all: 0, own: 0 }
  times[name] = { all: all + ms / 1_000, own: own + (user + system) / 1_000_000 }
}

/** uvu lets an `after` hook's error out of the suite. */
function thrown(error: unknown): Outcome {
  return [`  FAIL  ${String(error)}\n`, 0, 0, 1]
}

function suiteLimit(name: string): Promise<Outcome> {
  return new Promise((done) => {
    const timer = setTimeout(() => {
      done([`  FAIL  ${name}: the suite did not end in ${SUITE_LIMIT_MS} ms\n`, 0, 0, 1])
    }, SUITE_LIMIT_MS)
    timer.unref()
  })
}

/** A suite that leaves a socket, a server or a timer behind would leave it behind in a host too. */
async function reportLeaks(): Promise<void> {
  const end = Date.now() + LEAK_GRACE_MS
  while (leaks().length > 0 && Date.now() < end) await new Promise((next) => setTimeout(next, 20))
  const left = leaks()
  if (left.length > 0) problems.push(`left open: ${left.join(', ')}`)
}

/** The resources open now that were not when the run began: the process's own streams are. */
function leaks(): string[] {
  const [before, now] = [openAtStart, openResources()]
  return [...now.keys()].filter((kind) => (now.get(kind) ?? 0) > (before.get(kind) ?? 0))
}

function openResources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (['Timeout', 'Immediate', 'MessagePort', 'SignalWrap', 'FSReqCallback'].includes(kind))
      continue
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

function testFiles(paths: string[]): string[] {
  const wanted = paths.length > 0 ? paths : UNIT
  return wanted.flatMap((path) => {
    const full = resolve(root, path)
    if (!statSync(full, { throwIfNoEntry: false })) throw new Error(`no such test path: ${path}`)
    if (!statSync(full).isDirectory()) return [full]
    return readdirSync(full, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && !name.startsWith('fixtures'))
      .sort()
      .map((name) => join(full, name))
  })
}
