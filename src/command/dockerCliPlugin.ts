import { parseArgs } from 'node:util'
import type { OptionTable } from './defineCommand.ts'
import { DOCKER_NAME } from './launcher/identify.ts'
import { engineOptions } from './options/engine.ts'
import { parseOptions } from './parseOptions.ts'
import type { ProcessIo } from './processIo.ts'

/** The options that `docker` takes before the name of a command, and hands over as it was typed. */
const globalOptions = {
  ...engineOptions,
  config: { type: 'string', help: '' },
  context: { ...engineOptions.context, short: 'c' },
  debug: { type: 'boolean', short: 'D', help: '' },
  'log-level': { type: 'string', short: 'l', help: '' },
} as const satisfies OptionTable

type Invocation = Pick<ProcessIo, 'argv' | 'env'>

/**
 * The invocation as this command's own. Docker's client calls it as `docker-pluginflow [GLOBAL OPTIONS] pluginflow ARGS`,
 * and for help as `docker-pluginflow help pluginflow`. Any other is returned as it is.
 */
export function fromDocker({ argv, env }: Invocation): Invocation {
  const { tokens } = parseArgs({
    args: [...argv],
    options: globalOptions,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const [first, second] = tokens.filter((token) => token.kind === 'positional')
  if (first?.value === 'help' && second?.value === DOCKER_NAME) {
    return { argv: argv.filter((_, index) => index !== second.index), env }
  }
  if (first?.value !== DOCKER_NAME) return { argv, env }
  const before = argv.slice(0, first.index)
  const after = argv.slice(first.index + 1)
  const values = parse(before)
  // An option of a later client: the command says that it does not know it.
  if (!values) return { argv: [...before, ...after], env }
  const { config, debug: _, 'log-level': __, ...ours } = values
  const options = Object.entries(ours).map(([name, value]) => `--${name}=${value}`)
  return {
    argv: [...options, ...after],
    env: typeof config === 'string' ? { ...env, DOCKER_CONFIG: config } : env,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseOptions(args, globalOptions).values
  } catch {
    return undefined
  }
}
