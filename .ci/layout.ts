// Lays out the statechart for the viewer: `npm run layout`. A test fails when the result is stale.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pluginInstallMachine } from '../machines/plugin-install/pluginInstallMachine.ts'
import { layOut } from '../src/chart/layout/layOut.ts'
import { noLabels, shortLabels } from '../src/chart/layout/pictureStyle.ts'
import { parseStatechart } from '../src/chart/statechart/readStatechart.ts'

const root = resolve(import.meta.dirname, '..')

/** Where the layout is kept. */
export const layoutPath = 'src/chart/layout.generated.ts'

/** The text that the generated file should have. */
export async function layoutText(): Promise<string> {
  const chart = parseStatechart(JSON.stringify(pluginInstallMachine.config))
  // The boxes hold names alone: what happens in a state without leaving it is told in the timeline.
  const edges = chart.edges.filter(({ target }) => target !== undefined)
  const layout = await layOut({ ...chart, edges }, { wide: shortLabels, narrow: noLabels })
  const text = `// Generated from the machine's config by \`npm run layout\`.
import type { ChartLayout } from './chartLayout.ts'

/** The flow of \`docker plugin install\`, laid out. */
export const pluginInstallLayout: ChartLayout = ${JSON.stringify(layout)}
`
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${layoutPath}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(root, layoutPath), await layoutText())
}
