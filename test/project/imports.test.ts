import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const root = join(import.meta.dirname, '../..')

/** What the files below a folder may import: files of the project by their start, and packages. */
const rules: { from: RegExp; files: RegExp[]; packages: RegExp }[] = [
  { from: /^machines\/[^/]+$/, files: [/^machines\/[^/]+$/], packages: /^$/ },
  { from: /^machines\//, files: [/^machines\//], packages: /^xstate$/ },
  {
    from: /^adapters\/embedded\//,
    files: [/^adapters\/embedded\//, /^machines\/[^/]+$/],
    packages: /^node:/,
  },
  {
    from: /^adapters\//,
    files: [/^adapters\/(?!embedded)/, /^machines\/[^/]+$/],
    packages: /^(axios|node:.*)$/,
  },
  {
    from: /^src\/journal\//,
    files: [/^src\//],
    packages: /^(write-file-atomic|node:.*)$/,
  },
  {
    from: /^src\/viewer\//,
    files: [/^(src|machines)\//],
    packages: /^$/,
  },
  {
    from: /^src\/ui\/layout\//,
    files: [/^src\//],
    packages: /^elkjs\//,
  },
  {
    from: /^src\//,
    files: [/^(src|adapters|machines)\//],
    packages: /^(xstate|rxjs|node:.*)$/,
  },
]

suite('imports', (test) => {
  test('arrows go one way: src to machines and adapters, adapters to the vocabulary', () => {
    const wrong: string[] = []
    let read = 0
    for (const file of ['machines', 'adapters', 'src'].flatMap(sources)) {
      const rule = rules.find(({ from }) => from.test(file))
      assert.ok(rule, file)
      for (const imported of importsOf(file)) {
        read++
        const own = imported.startsWith('.')
        const target = own ? relative(root, join(root, dirname(file), imported)) : imported
        const allowed = own
          ? rule.files.some((files) => files.test(target))
          : rule.packages.test(target)
        if (!allowed) wrong.push(`${file} → ${target}`)
      }
    }
    assert.equal(wrong, [])
    assert.ok(read > 100, `${read} imports read`)
  })

  test('the layout, and the large package that it needs, is loaded by whoever asks for it alone', () => {
    const within = sources('src').filter((file) => file.startsWith('src/ui/layout/'))
    const eager = sources('src')
      .filter((file) => !within.includes(file))
      .filter((file) => /\bfrom '[^']*\/layout\/[^']*'/.test(text(file)))
    assert.equal(eager, [])
    const lazy = sources('src').filter((file) => /\bimport\('[^']*\/layout\//.test(text(file)))
    assert.equal(lazy, ['src/command/showMachine.ts'])
  })

  test('whoever imports the package waits for no axios, and for nothing else that only calls need', () => {
    const { files: seen, packages } = reached('src/index.ts', loadedBy)
    assert.equal([...packages].filter((name) => !name.startsWith('node:')).sort(), [
      'rxjs',
      'xstate',
    ])
    assert.ok(seen.has('adapters/engine/engineTarget.ts'))
    const lazy = ['src/flowWork.ts', 'src/makePlan.ts', 'adapters/engine/engineCalls.ts']
    assert.equal(
      lazy.filter((file) => seen.has(file)),
      [],
    )
  })

  test('the core needs no Node.js, neither with its import nor later, nor do the events', () => {
    const all = (file: string) => [...loadedBy(file), ...loadedLaterBy(file)]
    const { files, packages } = reached('src/core.ts', all)
    assert.equal([...packages].sort(), ['rxjs', 'xstate'])
    assert.ok(files.has('src/flowWork.ts') && files.has('src/inspection/inspectFlow.ts'))
    assert.equal([...reached('src/flowEvents.ts', all).packages], ['rxjs'])
  })

  test('only the one file that translates it knows an axios error', () => {
    const knowing = sources('adapters').filter((file) => /AxiosError/.test(text(file)))
    assert.equal(knowing, ['adapters/engine/toEngineError.ts'])
  })
})

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`)
    .sort()
}

function importsOf(file: string): string[] {
  const declarations = /^\s*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*'([^']+)'/gm
  const found = [
    ...text(file).matchAll(declarations),
    ...text(file).matchAll(/\bimport\('([^']+)'\)/g),
  ]
  return found.map(([, path]) => String(path))
}

/** What is loaded with a file: types are erased, and what is imported as a call comes later. */
function loadedBy(file: string): string[] {
  const declarations = /^(?:import|export)\b(?! type\b)(?:[^'";]*?\bfrom)?\s*'([^']+)'/gm
  return [...text(file).matchAll(declarations)].map(([, path]) => String(path))
}

/** What is loaded by a call. */
function loadedLaterBy(file: string): string[] {
  return [...text(file).matchAll(/\bimport\('([^']+)'\)/g)]
    .filter(({ index }) => !text(file).slice(0, index).endsWith('typeof '))
    .map(([, path]) => String(path))
}

/** All files of the project that are behind one, itself included, and the packages. */
function reached(from: string, behind: (file: string) => string[]) {
  const files = new Set([from])
  const packages = new Set<string>()
  for (const file of files) {
    for (const path of behind(file)) {
      if (path.startsWith('.')) files.add(relative(root, join(root, dirname(file), path)))
      else packages.add(path)
    }
  }
  return { files, packages }
}

function text(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}
