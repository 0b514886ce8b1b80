// Starts a world with a running plugin in it, says what there is, and ends as its argument tells:
// `exit` leaves the world standing, `wait` waits for a signal. For the tests of how a world ends.
import { processesOf } from './processes.ts'
import { startWorld } from './startWorld.ts'

const [, , mode, parent = ''] = process.argv
const world = await startWorld({ publish: ['plain'], parent })
const reference = world.reference('plain')
await world.api('POST', `/plugins/pull?remote=${encodeURIComponent(reference)}`, [])
await world.api('POST', `/plugins/${reference}/enable?timeout=0`)
const enabled = (await world.plugins()).map(({ Id }) => Id)
const held = { folder: world.folder, pids: processesOf(world.folder), enabled }
process.stdout.write(`${JSON.stringify(held)}\n`, () => {
  if (mode === 'exit') process.exit(0)
})
setInterval(() => {}, 60_000)
