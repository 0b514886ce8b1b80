// Starts flows in one tick, waits for all of them, and prints what they cost. A process of its own, so that its
// descriptor limit and its memory are those of the flows alone.
import { builtPackage } from './built.ts'
import type { ScaleFigures, ScaleTask } from './scale.ts'
import { watchTurns } from './watchTurns.ts'

const { reference, config, sockets, flows } = JSON.parse(process.argv[2] ?? '') as ScaleTask
const { connect, installPlugin } = await builtPackage()
const warnings = new Set<string>()
process.on('warning', ({ name }) => warnings.add(name))
const engines = Array.from({ length: sockets.count }, (_, index) =>
  connect({ host: `unix://${sockets.folder}/${index}.sock`, env: { DOCKER_CONFIG: config } }),
)
// Modules are loaded and compiled once: that is not of the flows.
await install(-1)
const turns = watchTurns()
const cpu = process.cpuUsage()
const start = performance.now()
const ends = await Promise.all(Array.from({ length: flows }, (_, flow) => install(flow)))
const ms = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
const failures: Record<string, number> = {}
for (const end of ends) if (end !== 'done') failures[end] = (failures[end] ?? 0) + 1
const figures: ScaleFigures = {
  done: ends.filter((end) => end === 'done').length,
  failures,
  warnings: [...warnings],
  ms,
  cpuPerFlow: (user + system) / 1_000 / flows,
  longestTurn: turns.longest(),
  peakMB: process.resourceUsage().maxRSS / 1_000,
}
process.stdout.write(JSON.stringify(figures))
for (const engine of engines) engine.close()

async function install(flow: number): Promise<string> {
  const engine = engines[flow % engines.length] ?? engines[0]
  if (!engine) throw new Error('no engine')
  const { transition$, result } = installPlugin(engine, {
    reference,
    alias: `flow-${flows}-${flow}`.replace('--', '-warm-'),
    grantAllPermissions: true,
  })
  transition$.subscribe(() => {})
  return result.then(
    () => 'done',
    (error: unknown) =>
      `${error instanceof Error ? error.message : error}`
        .replace(/unix:\S+/g, 'HOST')
        .slice(0, 160),
  )
}
