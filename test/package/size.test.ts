import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const dist = join(import.meta.dirname, '../../dist')

interface Sizes {
  /** Loaded with the import, gzipped. */
  atOnce: number
  /** Loaded by later calls, gzipped. */
  later: number
}

/** The size of an entry as a host's bundler makes it: packages do not count. */
async function sizesOf(entry: string): Promise<Sizes> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(dist, entry)],
    outdir: 'nowhere',
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
  })
  const outputs = Object.entries(metafile.outputs)
  const [first] = outputs.find(([, { entryPoint }]) => entryPoint?.endsWith(entry)) ?? []
  assert.ok(first)
  const loaded = new Set([first])
  for (const file of loaded) {
    for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && path in metafile.outputs) loaded.add(path)
    }
  }
  const gzipped = (wanted: boolean) => {
    const files = outputs.map(([file]) => file).filter((file) => loaded.has(file) === wanted)
    const text = files.map(
      (file) => outputFiles.find(({ path }) => path.endsWith(`/${file.split('/').at(-1)}`))?.text,
    )
    return gzipSync(text.join('\n'), { level: 9 }).length
  }
  return { atOnce: gzipped(true), later: gzipped(false) }
}

suite('size', (test) => {
  const bounds: [what: string, entry: string, most: number][] = [
    // The chart with its types' guards and actions, and the errors.
    ['machine', 'src/machine.js', 9_700],
    // The flow with what it observes, on whatever engine a host hands to it.
    ['core', 'src/core.js', 16_100],
    // With `connect()`, which checks at once all that can be checked of an engine's address and options.
    ['index', 'src/index.js', 28_450],
  ]
  for (const [what, entry, most] of bounds) {
    test(`${what} :: at most ${most} bytes with the import, gzipped`, async () => {
      const { atOnce, later } = await sizesOf(entry)
      console.log(`${what}: ${atOnce} bytes at once, ${later} later`)
      assert.ok(atOnce > 5_000 && atOnce <= most, `${atOnce} bytes`)
      assert.is(later > 5_000, what !== 'machine', `${later} bytes`)
    })
  }
})
