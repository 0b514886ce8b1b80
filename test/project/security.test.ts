import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface LockedPackage {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  hasInstallScript?: boolean
}

const { packages } = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, LockedPackage>
}

/** Where Node.js finds a package that another one names, as the lockfile writes it. */
function place(from: string, name: string): string {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
  ) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (packages[path]) return path
    assert.not.equal(folder, '', `${name} is not in the lockfile`)
  }
}

/** The packages that an install brings, by the dependency of ours that brings them. */
function brought(): Map<string, Set<string>> {
  const names = Object.keys(packages['']?.dependencies ?? {})
  return new Map(
    names.map((name) => {
      const found = new Set<string>()
      const left = [place('', name)]
      for (let path = left.pop(); path !== undefined; path = left.pop()) {
        if (found.has(path)) continue
        found.add(path)
        const { dependencies = {}, optionalDependencies = {} } = packages[path] ?? {}
        for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) {
          left.push(place(path, each))
        }
      }
      return [name, found]
    }),
  )
}

function assertTested(list: string, least: number): void {
  const promises = list.split(/^- /m).slice(1)
  assert.ok(promises.length >= least, `${promises.length} promises`)
  for (const promise of promises) {
    const [, file, title] = /^ {2}`(test\/.+)`: `(.+)`$/m.exec(promise) ?? []
    assert.ok(file !== undefined && title !== undefined, promise)
    assert.ok(existsSync(join(root, file)), `${promise}: ${file}`)
    const titles = [...read(file).matchAll(/^\s*(?:test|suite)\(\s*(['`])(.+?)\1/gms)]
    assert.ok(
      titles.some(([, , text = '']) => text.includes(title)),
      `${file} has no test "${title}"`,
    )
  }
}

suite('docs/security.md', (test) => {
  test('every promise names a test that is there', () => {
    const [, list = ''] = read('docs/security.md').split(/^## .*$/m)
    assertTested(list, 25)
  })

  test('every promise of an upgrade names a test that is there', () => {
    const [, list = ''] = read('docs/upgrade.md').split(/^## What is promised$/m)
    assertTested(list.split(/^## /m)[0] ?? '', 10)
  })

  test('every dependency is counted and justified', () => {
    const all = brought()
    const total = new Set([...all.values()].flatMap((paths) => [...paths]))
    assert.match(read('docs/security.md'), `brings ${total.size} packages, itself not counted`)
    for (const path of total) assert.not(packages[path]?.hasInstallScript, path)
    const decision = read('docs/decisions/0001-dependencies.md')
    for (const [name, paths] of all) {
      const row = decision.split('\n').find((line) => line.startsWith(`| ${name} `)) ?? ''
      const [, , , , counted] = row.split('|')
      assert.is(
        counted?.trim(),
        String(paths.size),
        `${name} brings ${paths.size}, itself included`,
      )
    }
  })
})
