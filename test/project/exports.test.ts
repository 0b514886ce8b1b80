import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const root = join(import.meta.dirname, '../..')

const declaration = /^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm

suite('exports', (test) => {
  test('every export is used by more than its tests', () => {
    const code = ['machines', 'adapters', 'src'].flatMap(textsBelow).join('\n')
    const exported = [...code.matchAll(declaration)].map(([, name]) => String(name))
    assert.ok(exported.length > 400, `${exported.length} exports read`)
    const mentions = new Map<string, number>()
    for (const [word] of [code, ...textsBelow('.ci')].join('\n').matchAll(/\w+/g)) {
      mentions.set(word, (mentions.get(word) ?? 0) + 1)
    }
    const unused = exported.filter((name) => mentions.get(name) === 1)
    assert.equal(unused, [])
  })
})

function textsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'))
}
