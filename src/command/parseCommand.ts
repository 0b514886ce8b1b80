import { parseArgs } from 'node:util'

/** `plugin-flow install`, as it was asked for. */
export interface InstallCommand {
  reference: string
  /** `KEY=VALUE` each, in their order. */
  settings: readonly string[]
  alias?: string
  disabled: boolean
  grantAllPermissions: boolean
  host?: string
  /** Install on a simulated engine in this process. */
  embedded: boolean
  keepOnFailure: boolean
  /** In whole seconds. */
  enableTimeout: number
  json: boolean
}

export type Command =
  | { kind: 'help' | 'version' }
  | { kind: 'install'; install: InstallCommand }
  /** `message`: one sentence that says what is wrong; it quotes what was typed. */
  | { kind: 'usage'; message: string }

const OPTIONS = {
  alias: { type: 'string' },
  disable: { type: 'boolean' },
  'grant-all-permissions': { type: 'boolean' },
  host: { type: 'string', short: 'H' },
  engine: { type: 'string' },
  'keep-on-failure': { type: 'boolean' },
  'enable-timeout': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** An hour: longer than any plugin takes, and what a typing error exceeds. */
const MOST_SECONDS = 3_600

/** Reads the arguments. Options may stand anywhere; `--` ends them. */
export function parseCommand(argv: readonly string[]): Command {
  const asked = askedFor(argv)
  if (asked) return { kind: asked }
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: OPTIONS,
      strict: true,
      allowPositionals: true,
    })
    return readInstall(values, positionals)
  } catch (error) {
    if (isParseError(error)) return usage(firstSentence(error.message))
    throw error
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Whoever asks for help gets it, whatever else is on the line. */
function askedFor(argv: readonly string[]): 'help' | 'version' | undefined {
  const options = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  if (options.some((option) => option === '--help' || option === '-h')) return 'help'
  return options.some((option) => option === '--version' || option === '-v') ? 'version' : undefined
}

function readInstall(values: Values, positionals: readonly string[]): Command {
  const [command, reference, ...settings] = positionals
  if (command === undefined) return usage('there is no command')
  if (command !== 'install') return usage(`there is no command "${command}"`)
  if (reference === undefined) return usage('install needs a PLUGIN')
  const { alias, host, engine } = values
  if (engine !== undefined && engine !== 'embedded') {
    return usage(`--engine takes "embedded" only, and not "${engine}"`)
  }
  if (engine !== undefined && host !== undefined) {
    return usage('--engine and --host name two engines')
  }
  const timeout = values['enable-timeout'] ?? '0'
  if (!/^\d{1,4}$/.test(timeout) || Number(timeout) > MOST_SECONDS) {
    return usage(`--enable-timeout takes whole seconds up to ${MOST_SECONDS}, and not "${timeout}"`)
  }
  const install = {
    reference,
    settings,
    ...(alias === undefined ? {} : { alias }),
    disabled: values.disable ?? false,
    grantAllPermissions: values['grant-all-permissions'] ?? false,
    ...(host === undefined ? {} : { host }),
    embedded: engine === 'embedded',
    keepOnFailure: values['keep-on-failure'] ?? false,
    enableTimeout: Number(timeout),
    json: values.json ?? false,
  }
  return { kind: 'install', install }
}

function usage(message: string): Command {
  return { kind: 'usage', message }
}

function isParseError(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code.startsWith('ERR_PARSE_ARGS_')
}

/** The rest of it explains how to quote for other commands than this one. */
function firstSentence(message: string): string {
  const [sentence = ''] = message.split(/\.?(?:\n|$)|\. /, 1)
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
