// Builds the package: modules and types for hosts by tsc, the command as a bundle that starts at once.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
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
const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  // The launcher says which version this is, and starts the command with its compiled code.
  entryPoints: {
    bin: 'src/command/launcher.ts',
    'plugin-flow': 'src/command/bin.ts',
    layoutProcess: 'src/ui/layoutProcess.ts',
  },
  outdir: 'dist/command',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  // Node.js compiles a CommonJS file with what it knows of it, and imports its own modules without reading each export.
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // Names stay, and lines are short: a stack trace has to be readable.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 120,
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  // A CommonJS file, such as the one of RxJS that `platform: node` prefers, cannot be shaken.
  alias: { rxjs: './node_modules/rxjs/dist/esm/index.js', 'axios/dist/node/axios.cjs': 'axios' },
  plugins: [leaveOut],
  // Most never need it, and it is loaded as it was published.
  external: ['elkjs', 'bullmq', 'ioredis', 'pg'],
  legalComments: 'none',
  metafile: true,
  write: false,
})
mkdirSync(join(root, 'dist/command'), { recursive: true })
for (const { path, text } of outputFiles) {
  // The launcher reads it byte by byte.
  if (/[^\0-\x7f]/.test(text)) throw new Error(`${path} is not ASCII`)
  writeFileSync(path, path.endsWith('plugin-flow.cjs') ? withDigest(loadLate(text)) : text)
}
await buildViewer()
writeFileSync(join(root, 'dist/command/THIRD-PARTY-LICENSES.txt'), licenses(metafile))

/**
 * Modules of Node.js are loaded with the first use of one of their exports: `node:tls` and `node:crypto` take longer than
 * the rest of a command that needs neither.
 */
function loadLate(text: string): string {
  const late = text.replaceAll(/\brequire\("((?:node:)?[a-z_/]+)"\)/g, (call, id) =>
    isBuiltin(id) ? `__late("${id}")` : call,
  )
  return `var __late = (id) => new Proxy({}, { get: (_, name) => require(id)[name] });\n${late}`
}

/** By which the compiled code of one build is not taken for that of another. */
function withDigest(text: string): string {
  return `// ${createHash('sha256').update(text).digest('hex')}\n${text}`
}

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
