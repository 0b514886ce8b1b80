// Holds the coverage that `npm run test:unit` measured against what was reached once: c8 has one threshold for all files.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { transformSync } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const measures = ['lines', 'branches', 'functions', 'statements'] as const
type Percentages = Record<(typeof measures)[number], number>
type Summary = Record<string, Record<keyof Percentages, { total: number; covered: number }>>

const groups: Readonly<Record<string, Percentages>> = {
  machines: { lines: 100, branches: 99.2, functions: 100, statements: 100 },
  adapters: { lines: 99.9, branches: 99.5, functions: 99.4, statements: 99.9 },
  src: { lines: 99.3, branches: 95.4, functions: 99, statements: 99.3 },
}

const report = join(root, 'coverage/coverage-summary.json')
const summary: Summary = JSON.parse(readFileSync(report, 'utf8'))
for (const [group, least] of Object.entries(groups)) {
  const files = Object.entries(summary).filter(
    ([file]) => file.startsWith(join(root, group, '/')) && hasCode(file),
  )
  for (const measure of measures) {
    const sum = (part: 'covered' | 'total') =>
      files.reduce((all, [, file]) => all + file[measure][part], 0)
    const reached = (100 * sum('covered')) / sum('total')
    // Of no file at all it is not a number, and not enough.
    const isEnough = reached >= least[measure]
    console.log(
      `coverage of ${group}: ${measure} ${reached.toFixed(2)} %, ${least[measure]} needed`,
    )
    if (!isEnough) process.exitCode = 1
  }
}

/** A file of types alone is never loaded, and counts as never covered. */
function hasCode(file: string): boolean {
  return transformSync(readFileSync(file, 'utf8'), { loader: 'ts' }).code !== ''
}
