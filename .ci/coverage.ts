// Holds the coverage that `npm run test:unit` measured against what was reached once: c8 has one threshold for all files.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const measures = ['lines', 'branches', 'functions', 'statements'] as const
type Percentages = Record<(typeof measures)[number], number>
type Summary = Record<string, Record<keyof Percentages, { total: number; covered: number }>>

const groups: Readonly<Record<string, Percentages>> = {
  machines: { lines: 99.8, branches: 99, functions: 99.5, statements: 99.8 },
  adapters: { lines: 99.5, branches: 99.3, functions: 99.5, statements: 99.5 },
  src: { lines: 99, branches: 95, functions: 98.8, statements: 99 },
}

const report = join(root, 'coverage/coverage-summary.json')
const summary: Summary = JSON.parse(readFileSync(report, 'utf8'))
for (const [group, least] of Object.entries(groups)) {
  const files = Object.entries(summary).filter(([file]) => file.startsWith(join(root, group, '/')))
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
