// Builds what browsers load: the element as one module, and the pages of `plugin-flow ui`.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundleForBrowser } from './bundleViewer.ts'

const root = resolve(import.meta.dirname, '..')

const TYPES_ONLY =
  '--noEmit false --declaration --emitDeclarationOnly --rootDir . --outDir dist'.split(' ')

/** Writes `dist/viewer` and `dist/ui`, and the element's types. */
export async function buildViewer(): Promise<void> {
  const write = async (entry: string, path: string) => {
    writeFileSync(join(root, path), await bundleForBrowser(entry))
  }
  for (const folder of ['dist/viewer', 'dist/ui']) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  await write('src/viewer.ts', 'dist/viewer/pluginFlow.js')
  await write('src/ui/page/page.ts', 'dist/ui/page.js')
  await write('src/ui/page/machine.ts', 'dist/ui/machine.js')
  for (const name of readdirSync(join(root, 'src/ui/page'))) {
    if (name.endsWith('.ts')) continue
    copyFileSync(join(root, 'src/ui/page', name), join(root, 'dist/ui', name))
  }
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.viewer.json', ...TYPES_ONLY], {
    cwd: root,
    stdio: 'inherit',
  })
  rmSync(join(root, 'dist/src/ui'), { recursive: true })
}

if (process.argv[1] === import.meta.filename) await buildViewer()
