import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Consumer {
  folder: string
  /** The packed tarball. */
  tarball: string
  /** Names of the files in it. */
  files: string[]
  remove(): void
}

/** A project that has installed the packed package, without asking a registry, and without some other package. */
export function makeConsumer(absent?: string): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-consumer-'))
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
    }),
  )
  const [entry] = (Array.isArray(packed) ? packed : Object.values(packed)) as [
    { filename: string; files: { path: string }[] },
  ]
  const tarball = join(folder, entry.filename)
  const modules = join(folder, 'node_modules')
  const installed = join(modules, 'docker-plugin-flow')
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.') && name !== absent)
      symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  return {
    folder,
    tarball,
    files: entry.files.map(({ path }) => path),
    remove: () => rmSync(folder, { recursive: true }),
  }
}
