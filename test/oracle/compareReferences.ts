// Asks Docker's own command what it makes of references, and writes that down for the tests:
//
//     node --import tsx test/oracle/compareReferences.ts [MORE [SEED]]
//
// Asks again for every reference of test/recordings/references.json, and for MORE new ones. Prints
// where this project reads one otherwise, and ends with 1 then.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalName, parseReference } from '../../machines/reference.ts'
import { referenceOracle, remotesOf } from './askReference.ts'
import { dockerVersion } from './dockerCommand.ts'
import { someReferences } from './someReferences.ts'

const path = join(import.meta.dirname, '../recordings/references.json')
const [more = '0', seed = '1'] = process.argv.slice(2)
const { line, isFit } = dockerVersion('docker')
if (!isFit) {
  console.error(`there is no Docker command that can be compared with: ${line || 'none'}`)
  process.exit(2)
}

const recorded: [reference: string, remote: string | null][] = JSON.parse(
  readFileSync(path, 'utf8'),
)
const references = [
  ...new Set([
    ...recorded.map(([reference]) => reference),
    ...someReferences(Number(more), Number(seed)),
  ]),
]
const oracle = referenceOracle()
const remotes = await remotesOf(oracle, references).finally(oracle.close)
const before = new Map(recorded)
let different = 0
for (const [index, reference] of references.entries()) {
  const remote = remotes[index] ?? null
  const known = before.get(reference)
  if (known !== undefined && known !== remote) {
    console.log(`changed  ${JSON.stringify(reference)}: ${known} → ${remote}`)
  }
  const parsed = parseReference(reference)
  const read = typeof parsed === 'string' ? null : canonicalName(parsed)
  if (read === remote) continue
  different++
  console.log(`differs  ${JSON.stringify(reference)}: Docker ${remote}, here ${read}`)
}
const lines = references.map(
  (reference, index) => `  ${JSON.stringify([reference, remotes[index]])}`,
)
writeFileSync(path, `[\n${lines.join(',\n')}\n]\n`)
const refused = remotes.filter((remote) => remote === null).length
console.log(`${line}: ${references.length} references, ${refused} refused, ${different} different`)
process.exit(different > 0 ? 1 : 0)
