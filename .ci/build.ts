// Builds the package: modules and types for hosts by tsc, the command as a bundle that starts at once.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { buildViewer } from './buildViewer.ts'
import { leaveOut } from './leaveOut.ts'

const root = resolve(import.meta.dirname, '..')
rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/command/bin.ts'],
  outdir: 'dist/command',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  // The CommonJS build that `platform: node` prefers cannot be shaken.
  alias: { rxjs: './node_modules/rxjs/dist/esm/index.js' },
  plugins: [leaveOut],
  // An optional peer: it is loaded as it was published, where it is installed.
  external: ['elkjs'],
  legalComments: 'none',
  metafile: true,
  // Some bundled packages are CommonJS and require Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url),__filename=import.meta.filename;",
  },
})
await buildViewer()
writeFileSync(join(root, 'dist/command/THIRD-PARTY-LICENSES.txt'), licenses(metafile))

/** The licenses of what the bundle contains, as they ask for. */
function licenses({ inputs }: Metafile): string {
  const packages = Object.keys(inputs)
    .map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter((name) => name !== undefined)
  return [...new Set(packages)].sort().map(license).join('\n\n')
}

function license(name: string): string {
  const folder = join(root, 'node_modules', name)
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'License'].find((file) =>
    existsSync(join(folder, file)),
  )
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `License: ${license}`
  return `${name} ${version}\n\n${text}`
}
