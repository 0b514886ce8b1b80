import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface PageFile {
  type: string
  content: Buffer
}

/** The files of the pages, by name. */
export type PageFiles = ReadonlyMap<string, PageFile>

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'machine.html': 'text/html; charset=utf-8',
  'machine.js': 'text/javascript; charset=utf-8',
}

/**
 * Reads the page of the package that this file is part of, built or not.
 *
 * @throws Error when the page was not built
 */
export async function readPageFiles(from: string = import.meta.dirname): Promise<PageFiles> {
  const folder = findPage(from)
  if (!folder) throw new Error('the page is not built: npm run build')
  const files = Object.entries(TYPES).map(async ([name, type]) => {
    const content = await readFile(join(folder, name))
    return [name, { type, content }] as const
  })
  return new Map(await Promise.all(files))
}

function findPage(from: string): string | undefined {
  const folder = join(from, 'dist/ui')
  if (existsSync(join(folder, 'index.html'))) return folder
  return dirname(from) === from ? undefined : findPage(dirname(from))
}
