import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { escapeText } from '../text/xml.ts'
import { type CommandIo, messageOf, report } from './processIo.ts'

/** The programs that open a file with what a person has chosen for its kind, by the system. */
const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}
const OTHERWISE = ['xdg-open'] as const

/**
 * Opens an address in the system's browser. It holds a token, and other users can read command lines: the browser gets
 * a file of this user's own, which leads there. A failure is a line on `stderr`.
 *
 * @returns how to remove the file
 */
export function openBrowser(url: string, io: CommandIo): () => void {
  const [program, ...args] = OPENERS[process.platform] ?? OTHERWISE
  const fail = (why: string) =>
    report(io, `warning: the browser was not opened (${program}: ${why}): open the address`)
  let folder: string | undefined
  const remove = () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
  try {
    folder = mkdtempSync(join(tmpdir(), 'plugin-flow-open-'))
    const file = join(folder, 'open.html')
    const to = escapeText(url)
    const page = `<!doctype html><meta http-equiv="refresh" content="0;url=${to}"><a href="${to}">the page</a>`
    writeFileSync(file, page, { mode: 0o600 })
    const child = spawn(program, [...args, file], { env: io.env, stdio: 'ignore', detached: true })
    child.on('error', (error) => fail('code' in error ? String(error.code) : error.message))
    child.on('exit', (code) => {
      if (code) fail(`exit status ${code}`)
    })
    // A browser that this begins goes on when this command ends.
    child.unref()
  } catch (error) {
    fail(messageOf(error))
  }
  return remove
}
