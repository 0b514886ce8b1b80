import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { pages } from '../../.ci/docs.ts'
import { suite } from '../support/suite.ts'

const generated = await pages()
const root = join(import.meta.dirname, '../..')

suite('docs', (test) => {
  for (const [path, text] of Object.entries(generated)) {
    test(`${path} :: is what the code says now (npm run docs)`, () => {
      assert.is(readFileSync(join(root, path), 'utf8'), text)
    })
  }

  for (const page of ['CONTRIBUTING.md', 'docs/architecture.md']) {
    test(`${page} :: names files, functions and scripts that are there`, () => {
      const text = readFileSync(join(root, page), 'utf8')
      const named = [
        ...text.matchAll(/(?<![\w/])(?:machines|adapters|src|test|docs|\.ci)\/[\w./-]*\w/g),
      ]
      assert.ok(named.length > 20, `${named.length} paths`)
      for (const [path] of named) assert.ok(existsSync(join(root, path)), path)
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
      for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([\w:-]+)/g)) {
        assert.ok(script in scripts, script)
      }
      for (const [, name = '', path = ''] of text.matchAll(/`(\w+)`\s+\(`([^`]+\.ts)`\)/g)) {
        assert.match(readFileSync(join(root, path), 'utf8'), new RegExp(`\\b${name}\\b`), path)
      }
    })
  }

  test('links between the pages lead to a page, and to a heading of it', () => {
    let followed = 0
    for (const page of markdownFiles()) {
      const text = readFileSync(join(root, page), 'utf8')
      for (const [, link = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)) {
        const target = link === '' ? join(root, page) : join(root, dirname(page), link)
        assert.ok(existsSync(target), `${page}: ${link}`)
        if (anchor) assert.ok(anchorsOf(target).includes(anchor), `${page}: ${link}#${anchor}`)
        followed++
      }
    }
    assert.ok(followed > 50, `${followed} links`)
  })
})

/** The headings of a page as they are linked to. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/ /g, '-'),
  )
}

function markdownFiles(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  return [
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    ...docs.filter((f) => f.endsWith('.md')).map((f) => `docs/${f}`),
  ]
}
