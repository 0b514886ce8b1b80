import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')
/** The command's own file. */
export const BIN = join(ROOT, 'src/command/bin.ts')

const { TEST_COMMAND, NODE_V8_COVERAGE } = process.env
const SOURCE = ['--import', 'tsx', BIN]

/** The file that runs as the command: its own, or with `TEST_COMMAND=FILE` what was built of it, which starts five times as fast. */
export const COMMAND_FILE = TEST_COMMAND ? resolve(ROOT, TEST_COMMAND) : BIN
/** The arguments that Node.js needs for it. */
export const COMMAND = TEST_COMMAND ? [COMMAND_FILE] : SOURCE
/** The same for suites whose processes are part of the coverage, which is taken of the sources. */
export const COVERED_COMMAND = NODE_V8_COVERAGE ? SOURCE : COMMAND
