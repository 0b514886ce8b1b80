import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from './suite.ts'

/** The tests in a folder, and the transitions of a chart: each has its counterpart. */
export function censusOf(folder: string, listEdges: () => string[]): void {
  const tests = () => readdirSync(folder).filter((file) => file.endsWith('.test.ts'))
  suite('census', (test) => {
    test('every transition of the chart has one test, and every test a transition', () => {
      const titles = tests().flatMap((file) => titlesIn(join(folder, file)))
      assert.equal(titles.sort(), listEdges().sort())
    })

    test('every state of the chart has its file', () => {
      const states = new Set(listEdges().map((edge) => edge.split(/[. ]/)[0]))
      for (const state of states) assert.ok(tests().includes(`${state}.test.ts`), state)
    })
  })
}

function titlesIn(file: string): string[] {
  const source = readFileSync(file, 'utf8')
  return [...source.matchAll(/\b(?:edge|eventless|always)\(\s*test,\s*'([^']+)'/g)].map(
    ([, title]) => String(title),
  )
}
