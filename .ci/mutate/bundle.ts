import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { context } from 'esbuild'

export interface Bundle {
  /** The tests as one module, with this text in place of the file's own. */
  build(text?: string): Promise<string>
  dispose(): Promise<void>
}

export async function createBundle(file: string, tests: readonly string[]): Promise<Bundle> {
  let text: string | undefined
  const built = await context({
    stdin: {
      contents: tests.map((path) => `import ${JSON.stringify(path)}`).join('\n'),
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    // `sideEffects` in `package.json` leaves out the tests.
    ignoreAnnotations: true,
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const own = path === file ? text : undefined
            const contents = own ?? (await readFile(path, 'utf8'))
            // A test reads its recordings beside itself, not beside the bundle.
            const here = JSON.stringify(dirname(path))
            return { contents: contents.replaceAll('import.meta.dirname', here), loader: 'ts' }
          })
        },
      },
    ],
  })
  return {
    build: async (mutated) => {
      text = mutated
      const { outputFiles } = await built.rebuild()
      return outputFiles?.[0]?.text ?? ''
    },
    dispose: () => built.dispose(),
  }
}
