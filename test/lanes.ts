// `npm test`: every suite, in lanes side by side, after what writes `dist`, which some of them read. Most suites wait
// for most of their time, so that there may be more lanes than cores.
// With OTHER_NODE=FOLDER, what depends on Node.js runs with the `node` in that folder, too: all but the suites of the project itself.
import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { runLanes, type Step } from './support/runLanes.ts'

// The command as it was built starts five times as fast; its sources are what the coverage is taken of.
const built = { TEST_COMMAND: 'dist/command/bin.cjs' }
const script = (name: string, env = {}): Step => ({ name, command: `npm run -s ${name}`, env })
const run = 'node --import tsx test/run.ts'
const unit = { name: 'unit', command: `${run} test/machines test/adapters test/src` }
const inPackage = { name: 'test:package', command: `${run} test/package` }

const { OTHER_NODE, PATH } = process.env
const env = { ...built, PATH: `${OTHER_NODE}${delimiter}${PATH}` }
const otherNode = (step: Step): Step[] =>
  OTHER_NODE ? [{ ...step, name: `${step.name}, other node`, env }] : []

for (const { command } of [script('check'), script('build')]) {
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
// Each about as long as the others. Engines, browsers and queues install packages of Debian's where they are missing, one long after
// the other.
const failed = await runLanes([
  [script('test:unit', built)],
  [script('test:engine', built), script('test:faults')],
  [...otherNode(unit), script('test:queue')],
  [inPackage, ...otherNode(inPackage), script('test:browser')],
])
process.exitCode = failed > 0 ? 1 : 0
