import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const dist = join(import.meta.dirname, '../../dist')

/** What a host's bundler makes of an entry: without packages, and without what a later call loads. */
async function gzippedBytes(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: { entry: join(dist, entry) },
    outdir: 'nowhere',
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  const texts = new Map(outputFiles.map(({ path, text }) => [path.split('/').at(-1), text]))
  const loaded = new Set(['entry.js'])
  for (const file of loaded) {
    for (const [, chunk = ''] of (texts.get(file) ?? '').matchAll(/from"\.\/([\w-]+\.js)"/g)) {
      loaded.add(chunk)
    }
  }
  const text = [...loaded].map((file) => texts.get(file) ?? assert.unreachable(file)).join('\n')
  return gzipSync(text, { level: 9 }).length
}

suite('size', (test) => {
  const bounds: [entry: string, most: number][] = [
    // The chart with its types' guards and actions, and the errors.
    ['machines/plugin-install/pluginInstallMachine.js', 12_000],
    // With the engine's adapters but axios: what it may grow to before somebody looks why.
    ['src/index.js', 40_000],
  ]
  for (const [entry, most] of bounds) {
    test(`${entry} :: at most ${most} bytes, gzipped`, async () => {
      const bytes = await gzippedBytes(entry)
      console.log(`${entry}: ${bytes} bytes`)
      assert.ok(bytes > 1_000 && bytes <= most, `${bytes} bytes`)
    })
  }
})
