import { closeSync, fstatSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { Script } from 'node:vm'
import { codeCache, fill } from './codeCache.ts'
import { DOCKER_NAME, identify } from './identify.ts'

/** The process of the command, as far as it is started here. */
interface Launched extends Pick<NodeJS.Process, 'argv' | 'env'> {
  readonly stdout: Writable
  on(event: 'exit', listener: (code: number) => void): unknown
}

const WRAPPER = '(function (exports, require, module, __filename, __dirname) { '

/** A word that is a command's. */
const WORD = /^[a-z]{1,16}$/

/** For each new word the code is written again. */
const MOST_WORDS = 32

/** Starts the command whose code is in a folder, or says what it is. */
export function launch(process: Launched, folder: string): void {
  const argv = process.argv.slice(2)
  const answer = identify(argv)
  if (answer === undefined) load(join(folder, 'plugin-flow.cjs'), argv, process)
  // Its reader may have gone.
  else process.stdout.on('error', () => {}).write(answer)
}

/**
 * Runs a CommonJS file, of ASCII text below its digest, with the code that V8 has compiled for it in an earlier process. After a command
 * that was not among these, the code is kept with what it needed.
 */
function load(path: string, argv: readonly string[], process: Launched): void {
  const { source, mtimeMs, space } = readSource(path)
  const [, digest = ''] = /^\/\/ ([0-9a-f]{64})\n/.exec(source) ?? []
  // A source that was edited where it is installed keeps the digest that it was built with.
  const cache = codeCache(`${digest}-${Math.trunc(mtimeMs)}`, process.env)
  const kept = cache?.read(space)
  const script = new Script(`${WRAPPER}${source}\n})`, {
    filename: path,
    columnOffset: -WRAPPER.length,
    ...(kept && { cachedData: kept.code }),
  })
  const words = script.cachedDataRejected === false ? (kept?.words ?? []) : []
  const word = argv.find((argument) => argument !== DOCKER_NAME && WORD.test(argument))
  if (cache && word && !words.includes(word) && words.length < MOST_WORDS) {
    process.on('exit', (code) => {
      if (code === 0) cache.write({ code: script.createCachedData(), words: [...words, word] })
    })
  }
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path))
}

/** `space`: the memory that it was read into, twice as long, to be read into again. */
function readSource(path: string): { source: string; mtimeMs: number; space: Buffer } {
  const file = openSync(path, 'r')
  try {
    const { size, mtimeMs } = fstatSync(file)
    const space = Buffer.allocUnsafeSlow(2 * size)
    const bytes = space.subarray(0, size)
    fill(bytes, file, 0)
    return { source: bytes.toString('latin1'), mtimeMs, space }
  } finally {
    closeSync(file)
  }
}
