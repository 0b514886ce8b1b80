import { EngineError } from '../../machines/errors.ts'
import { shortage, shortageOf, whenThereIsRoom } from '../../machines/shortage.ts'
import { oneLine } from '../../machines/text.ts'
import { cleanerOf } from '../engine/words/withoutSecrets.ts'
import { lookForProgram } from '../process/findProgram.ts'
import { type ProgramRun, runProgram } from '../process/runProgram.ts'
import { isFields } from './configFile.ts'
import { parseJson } from './parseJson.ts'
import { type RegistryCredentials, registryKey } from './registryCredentials.ts'

/** The output of every helper that has no credentials (docker-credential-helpers, `credentials/error.go`). */
const NOT_FOUND = 'credentials not found in native keychain'
/** The limit of an answer, which has some hundred bytes, or with a token some thousand. */
const MOST_OUTPUT = 64 * 1024
/** The user name that marks the secret as an identity token. */
const TOKEN_USER = '<token>'

const NOT_STARTED: Readonly<Record<string, string>> = {
  ENOENT: ': the interpreter that its first line names is not there',
  ENOEXEC: ': it is built for another kind of computer, or is no program',
}

/**
 * Asks `docker-credential-NAME` for a registry's credentials, in its own protocol: the argument `get`,
 * the registry's key on standard input, a JSON object on standard output. `undefined`: it has none.
 *
 * @throws EngineError `invalid-configuration` naming the helper, with its own words; `cancelled` once the signal has fired and the helper has gone
 */
export async function askHelper(
  helper: string,
  registry: string,
  run: ProgramRun,
): Promise<RegistryCredentials | undefined> {
  const program = `docker-credential-${helper}`
  const failed = (why: string) =>
    new EngineError(
      'invalid-configuration',
      `the credential helper ${program}, asked for ${registry}, ${why}`,
    )
  const found = await lookForProgram(program, run.env, run.platform)
  if (!found) throw failed('is not on the PATH')
  if (!found.isExecutable) throw failed(`is no program that this user may execute: ${found.file}`)
  const ended = await whenThereIsRoom(async () => {
    const { file } = found
    const input = registryKey(registry)
    const end = await runProgram({ file, args: ['get'], input, mostOutput: MOST_OUTPUT }, run)
    const short = end.end === 'notStarted' ? shortageOf(end.code) : undefined
    if (short !== undefined) throw shortage(`${program} cannot be started`, short)
    return end
  }, run.signal)
  switch (ended.end) {
    case 'aborted':
      throw new EngineError('cancelled', `the request to ${program} was cancelled`)
    case 'notStarted':
      throw failed(`could not be started (${ended.code}${NOT_STARTED[ended.code] ?? ''})`)
    case 'tooLong':
      throw failed(`did not end within ${run.limitMs / 1000} s and was killed${said(ended, run)}`)
    case 'tooMuch':
      throw failed(`wrote more than ${MOST_OUTPUT / 1024} KiB and was killed`)
    case 'exited':
      if (ended.code !== 0 && ended.output.trim() === NOT_FOUND) return undefined
      if (ended.code === null) throw failed(`was ended by a signal${said(ended, run)}`)
      if (ended.code !== 0) throw failed(`failed with exit status ${ended.code}${said(ended, run)}`)
      return readAnswer(ended.output, () => {
        // Its output was meant as an answer, and may be a secret.
        const errors = said({ output: '', errors: ended.errors }, run)
        const what = ended.output.trim() === '' ? 'nothing' : 'something other than credentials'
        return failed(`wrote ${what}${errors}`)
      })
  }
}

function said({ output, errors }: { output: string; errors: string }, { env }: ProgramRun): string {
  const words = helperWords(output, errors, env)
  return words && `: ${words}`
}

/** Like Docker, takes an answer of empty strings for no credentials. */
function readAnswer(output: string, rubbish: () => Error): RegistryCredentials | undefined {
  const { username, secret } = parse(output)
  if (typeof username !== 'string' || typeof secret !== 'string') throw rubbish()
  if (username === '' && secret === '') return undefined
  if (username === '' || (username === TOKEN_USER && secret === '')) throw rubbish()
  return username === TOKEN_USER ? { identitytoken: secret } : { username, password: secret }
}

/** `Username` and `Secret` in any case, and no further than the first value, as Docker reads them. */
function parse(output: string): Record<string, unknown> {
  const { value } = parseJson(output)
  const fields = isFields(value) ? Object.entries(value) : []
  return Object.fromEntries(fields.map(([name, field]) => [name.toLowerCase(), field]))
}

/** A field of the answer of a helper, or of a configuration, that may have been cut off. */
const SECRET_FIELD =
  /"(?:secret|password|auth|identitytoken|registrytoken)"\s*:\s*"((?:[^"\\]|\\.)*)/gi
const SECRET_VARIABLE = /(?:token|secret|password|passwd|_key|auth_config)$/i
/** Shorter values are ordinary words. */
const SHORTEST_VALUE = 8

/**
 * The words of a failed credential helper, fit to be shown: its reason is the answer that people look
 * for. Most helpers write it to standard output, where a secret would be too. So whatever looks like an
 * answer is left out, and so are the values of its secret fields, those of the environment's secret
 * variables, and every word that looks like a token. Empty if nothing is left.
 */
export function helperWords(output: string, errors: string, env: NodeJS.ProcessEnv): string {
  const all = `${output}\n${errors}`
  const inFields = [...all.matchAll(SECRET_FIELD)].map(([, value = '']) => value)
  const inVariables = Object.entries(env).flatMap(([name, value = '']) =>
    SECRET_VARIABLE.test(name) && value.length >= SHORTEST_VALUE ? [value] : [],
  )
  const cleaner = cleanerOf([], [...inFields, ...inFields.map(unescaped), ...inVariables])
  const words = output.includes('{') ? errors : all
  return oneLine(
    cleaner.words(words).replace(/[\w+=-]{6,}/g, (word) => (isToken(word) ? '…' : word)),
  )
}

/** Few names have digits between letters, or are as long as a token; a secret of words cannot be told. */
function isToken(word: string): boolean {
  if (word.startsWith('docker-credential-') || !/\d/.test(word)) return false
  const isMixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && word.length >= 12
  return isMixed || /[a-z]\d+[a-z]/i.test(word) || (/[a-z]/i.test(word) && word.length >= 24)
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`)
  } catch {
    return text
  }
}
