import { Writable } from 'node:stream'
import type { InstallCommand } from '../../../src/command/install/install.ts'
import { createOutput, type Output } from '../../../src/command/processIo.ts'
import type { ShownRun } from '../../../src/command/views/view.ts'

export interface Collector extends Writable {
  isTTY?: boolean
  columns?: number
  rows?: number
  text(): string
  /** Resolves once this has been written; rejects in time when it is not. */
  seen(words: string): Promise<void>
  /** Resolves once this is the last that was written. */
  endsWith(words: string): Promise<void>
}

const WAIT_MS = 60_000

/** A stream that keeps what is written to it. */
export function collector(): Collector {
  let text = ''
  const waiting = new Set<() => void>()
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += String(chunk)
      for (const check of [...waiting]) check()
      done()
    },
  })
  const wait = (words: string, isThere: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(check)
        reject(new Error(`"${words}" was not written, but: ${text}`))
      }, WAIT_MS)
      const check = () => {
        if (!isThere()) return
        clearTimeout(late)
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  return Object.assign(stream, {
    text: () => text,
    seen: (words: string) => wait(words, () => text.includes(words)),
    endsWith: (words: string) => wait(words, () => text.endsWith(words)),
  })
}

export interface CollectedOutput extends Output {
  readonly stream: Collector
}

export function collected(stream: Collector = collector()): CollectedOutput {
  return createOutput(stream) as CollectedOutput
}

export function installCommand(command: Partial<InstallCommand> = {}): InstallCommand {
  return {
    reference: 'acme/plain:latest',
    settings: [],
    disabled: false,
    grantAllPermissions: false,
    embedded: false,
    keepOnFailure: false,
    ifPresent: 'fail',
    enableTimeout: 0,
    dryRun: false,
    quiet: false,
    json: false,
    plain: false,
    ...command,
  }
}

export function shownRun(run: Partial<ShownRun> = {}): ShownRun {
  return {
    machine: 'pluginInstall',
    reference: 'acme/plain:latest',
    settingCount: 0,
    keepOnFailure: false,
    ...run,
  }
}
