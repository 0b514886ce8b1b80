// npm run bench [-- [--json FILE] [PART…]]: measures what the flow, the decoder and the command cost,
// side by side with what does the same without them, and prints a table. Exit status 1: a part broke.
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { commandStart } from './commandStart.ts'
import { decoding } from './decoding.ts'
import { embeddedFlow } from './embeddedFlow.ts'
import type { Part } from './part.ts'
import { realEngine } from './realEngine.ts'
import { rollout } from './rollout.ts'
import { broke, type Row } from './row.ts'
import { scale } from './scale.ts'
import { formatTable } from './table.ts'
import { upgrade } from './upgrade.ts'
import { waiting } from './waiting.ts'

const PARTS: readonly Part[] = [
  embeddedFlow,
  realEngine,
  decoding,
  commandStart,
  upgrade,
  waiting,
  scale,
  rollout,
]

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' } },
  allowPositionals: true,
})
const rows: Row[] = []
for (const part of choose(positionals)) {
  process.stderr.write(`measuring: ${part.name}\n`)
  rows.push(...(await measure(part)))
}
const [load = 0] = loadavg()
process.stdout.write(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${load.toFixed(1)}\n\n`,
)
process.stdout.write(`${formatTable(rows)}\n`)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
process.exitCode = rows.some(({ verdict }) => verdict === 'broke') ? 1 : 0

function choose(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => !PARTS.some((part) => part.name === name))
  if (unknown !== undefined) {
    throw new Error(`no part "${unknown}": ${PARTS.map(({ name }) => name).join(', ')}`)
  }
  return names.length === 0 ? PARTS : PARTS.filter(({ name }) => names.includes(name))
}

async function measure(part: Part): Promise<Row[]> {
  try {
    return await part.measure()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    return part.plans.map((plan) => broke(plan, error))
  }
}
