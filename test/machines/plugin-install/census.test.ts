import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listEdges } from '../../support/edges.ts'
import { suite } from '../../support/suite.ts'

suite('census', (test) => {
  test('every transition of the chart has one test, and every test a transition', () => {
    const titles = readdirSync(import.meta.dirname)
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => titlesIn(join(import.meta.dirname, file)))
    assert.equal(titles.sort(), listEdges().sort())
  })

  test('every state of the chart has its file', () => {
    const states = new Set(listEdges().map((edge) => edge.split(/[. ]/)[0]))
    const files = readdirSync(import.meta.dirname)
    for (const state of states) assert.ok(files.includes(`${state}.test.ts`), state)
  })
})

function titlesIn(file: string): string[] {
  const source = readFileSync(file, 'utf8')
  return [...source.matchAll(/\b(?:edge|eventless)\(\s*test,\s*'([^']+)'/g)].map(([, title]) =>
    String(title),
  )
}
