import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The three files beside a context. */
export interface ContextTls {
  ca?: string
  cert?: string
  key?: string
}

/** A folder in the place of `~/.docker`. */
export interface DockerFolder {
  path: string
  /** `DOCKER_CONFIG`, and nothing else. */
  env: { DOCKER_CONFIG: string }
  /** Writes `config.json`: text as it is, everything else as JSON. */
  config(content: unknown): void
  /** Writes a context as `docker context create` does, or this text in its place. */
  context(name: string, endpoint: unknown, tls?: ContextTls, description?: string): void
  /** The file of a context, there or not. */
  metaOf(name: string): string
  remove(): void
}

export function makeDockerFolder(parent: string = tmpdir()): DockerFolder {
  const path = mkdtempSync(join(parent, 'docker-folder-'))
  const folderOf = (kind: string, name: string) =>
    join(path, 'contexts', kind, createHash('sha256').update(name).digest('hex'))
  const metaOf = (name: string) => join(folderOf('meta', name), 'meta.json')
  return {
    path,
    env: { DOCKER_CONFIG: path },
    config(content) {
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      writeFileSync(join(path, 'config.json'), text)
    },
    context(name, endpoint, tls, description) {
      mkdirSync(folderOf('meta', name), { recursive: true })
      const Metadata = description === undefined ? {} : { Description: description }
      const meta = { Name: name, Metadata, Endpoints: { docker: endpoint } }
      writeFileSync(metaOf(name), typeof endpoint === 'string' ? endpoint : JSON.stringify(meta))
      if (!tls) return
      const folder = join(folderOf('tls', name), 'docker')
      mkdirSync(folder, { recursive: true })
      for (const [file, text] of Object.entries(tls))
        writeFileSync(join(folder, `${file}.pem`), text)
    },
    metaOf,
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Runs `use` with such a folder, and removes it whatever happens. */
export async function withDockerFolder<T>(use: (folder: DockerFolder) => T): Promise<Awaited<T>> {
  const folder = makeDockerFolder()
  try {
    return await use(folder)
  } finally {
    folder.remove()
  }
}
