// Lays out every statechart for the viewer: `npm run layout`. A test fails when a result is stale.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { AnyStateMachine } from 'xstate'
import type { ChartArrow } from '../src/chart/chartLayout.ts'
import { layOutChart } from '../src/chart/layout/layOut.ts'
import { chartLabels, machines } from '../src/chart/machines.ts'
import { packLayout } from '../src/chart/packLayout.ts'
import { parseStatechart } from '../src/chart/statechart/readStatechart.ts'

const root = resolve(import.meta.dirname, '..')
/** Machines that no flow runs: a page that draws one of them loads its layout by itself. */
const elsewhere: ReadonlySet<string> = new Set(['rollout'])
const HEAD = '// Generated from the machines by `npm run layout`.'

/** Each generated file by its path, with the text that it should have. */
export async function layoutFiles(): Promise<Record<string, string>> {
  const files: Record<string, string> = {
    'src/chart/layouts.generated.ts': lookUp(),
    'src/chart/allLayouts.generated.ts': lookUpAll(),
  }
  for (const [id, machine] of machines) {
    files[`src/chart/layouts/${id}.generated.ts`] = await layoutOf(machine)
  }
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, formatted(path, text)]),
  )
}

/** The layouts that the element draws: every page that has it downloads these. */
function lookUp(): string {
  const ids = [...machines.keys()].filter((id) => !elsewhere.has(id))
  return `${HEAD}
import type { ChartLayout } from './chartLayout.ts'
${imports(ids)}

/** Where everything of a statechart stands that \`<plugin-flow>\` draws by itself, by the id of its machine. */
export const layouts: ReadonlyMap<string, ChartLayout> = new Map([
${ids.map((id) => `['${id}', ${id}Layout],`).join('\n')}
])
`
}

function lookUpAll(): string {
  const ids = [...elsewhere]
  return `${HEAD}
import type { ChartLayout } from './chartLayout.ts'
${imports(ids)}
import { layouts } from './layouts.generated.ts'

/** Where everything of every statechart stands, by the id of its machine. */
export const allLayouts: ReadonlyMap<string, ChartLayout> = new Map([
...layouts,
${ids.map((id) => `['${id}', ${id}Layout],`).join('\n')}
])
`
}

function imports(ids: readonly string[]): string {
  return ids.map((id) => `import { ${id}Layout } from './layouts/${id}.generated.ts'`).join('\n')
}

async function layoutOf(machine: AnyStateMachine): Promise<string> {
  const chart = parseStatechart(JSON.stringify(machine.config))
  // A box holds its name alone: the timeline tells what happens in a state without leaving it.
  const edges = chart.edges.filter(({ target }) => target !== undefined)
  const layout = await layOutChart({ ...chart, edges }, chartLabels.get(machine.id) ?? {})
  return `${HEAD}
import { unpackLayout } from '../packLayout.ts'

export const ${machine.id}Layout = unpackLayout(${JSON.stringify(packLayout({ ...layout, arrows: layout.arrows.map(withoutGuards) }))})
`
}

/** The labels say what a guard decides; an event of a run does not name it. */
function withoutGuards({ events, labels = [], ...arrow }: ChartArrow): ChartArrow {
  const pairs = new Map(
    events.map((event, index): [string, [string, string]] => {
      const pair: [string, string] = [event.split(' [')[0] ?? event, labels[index] ?? '']
      return [pair.join(), pair]
    }),
  )
  const kept = [...pairs.values()]
  return { ...arrow, events: kept.map(([event]) => event), labels: kept.map(([, label]) => label) }
}

function formatted(path: string, text: string): string {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(join(root, 'src/chart/layouts'), { recursive: true })
  for (const [path, text] of Object.entries(await layoutFiles())) {
    writeFileSync(join(root, path), text)
  }
}
