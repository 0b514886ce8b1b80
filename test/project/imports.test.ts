import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import {
  allImports,
  cycles,
  type Import,
  importsOf,
  roomOf,
  rooms,
  sources,
  textOf,
} from './house.ts'

suite('imports', (test) => {
  test('every file is in a room, and imports only what its room may', () => {
    const imports = allImports()
    assert.ok(imports.length > 1000, `${imports.length} imports read`)
    const wrong = imports.filter((each) => !isAllowed(each))
    assert.equal(
      wrong.map(({ file, target }) => `${file} → ${target}`),
      [],
    )
  })

  test('rooms import each other in one direction', () => {
    const arrows = Object.entries(rooms).flatMap(([file, { imports }]) =>
      imports.map((target) => ({ file, target, isPackage: false, when: 'type' as const })),
    )
    assert.equal(cycles(arrows), [])
  })

  test('no files import each other in a circle, types included', () => {
    const found = cycles(allImports()).map(([first]) => first)
    assert.equal(found, [])
  })

  test('at the top of src there are the entries of the package, and nothing else', () => {
    const { exports } = JSON.parse(textOf('package.json'))
    // Types of templates' languages alone have no code.
    const entries = Object.values<{ types?: string; default?: string }>(exports)
      .filter((entry) => entry.default)
      .map(({ types }) => types)
    const files = sources('src').filter((file) => file.split('/').length === 2)
    assert.equal(
      files,
      entries
        .filter((types) => types !== undefined)
        .map((types) => types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1.ts'))
        .sort(),
    )
  })

  test('the layout, and the large package that it needs, is loaded only when it is asked for', () => {
    const within = (file: string) => file.startsWith('src/chart/layout/')
    const from = (when: Import['when']) =>
      allImports()
        .filter((each) => each.when === when && within(each.target) && !within(each.file))
        .map(({ file }) => file)
    // A process of its own, which nothing imports.
    assert.equal(from('at once'), ['src/ui/layoutProcess.ts'])
    assert.equal(from('later'), [])
    const loaded = allImports().filter(({ target }) => target === 'src/ui/layoutProcess.ts')
    assert.equal(loaded, [])
  })

  test('importing the package waits for no axios, and for nothing else that only calls need', () => {
    const { files: seen, packages } = reached('src/index.ts', ['at once'])
    assert.equal([...packages].filter((name) => !name.startsWith('node:')).sort(), [
      'rxjs',
      'xstate',
    ])
    assert.ok(seen.has('adapters/engine/http/engineTarget.ts'))
    const lazy = [
      'src/flow/implementations.ts',
      'src/flow/makePlan.ts',
      'adapters/engine/httpEngine.ts',
    ]
    assert.equal(
      lazy.filter((file) => seen.has(file)),
      [],
    )
  })

  test('the core needs no Node.js, neither with its import nor later, nor do the events', () => {
    const { files, packages } = reached('src/core.ts', ['at once', 'later'])
    assert.equal([...packages].sort(), ['rxjs', 'xstate'])
    assert.ok(
      files.has('src/flow/implementations.ts') && files.has('src/flow/inspection/inspectFlow.ts'),
    )
    assert.equal([...reached('src/events.ts', ['at once', 'later']).packages], ['rxjs'])
  })

  test('only the files that make it and that translate it know an axios error', () => {
    const knowing = sources('adapters').filter((file) => /AxiosError/.test(textOf(file)))
    assert.equal(knowing, [
      'adapters/engine/http/httpModules.ts',
      'adapters/engine/http/nodeAdapter.ts',
      'adapters/engine/http/toEngineError.ts',
    ])
  })
})

function isAllowed({ file, target, isPackage }: Import): boolean {
  const from = roomOf(file)
  const room = rooms[from ?? '']
  if (!room) return false
  if (isPackage) return room.packages.test(target)
  const to = roomOf(target)
  return to !== undefined && (to === from || room.imports.includes(to))
}

/** All files of the project that are behind one, itself included, and the packages. */
function reached(from: string, kinds: readonly Import['when'][]) {
  const files = new Set([from])
  const packages = new Set<string>()
  for (const file of files) {
    for (const { target, isPackage, when } of importsOf(file)) {
      if (!kinds.includes(when)) continue
      if (isPackage) packages.add(target)
      else files.add(target)
    }
  }
  return { files, packages }
}
