// Writes the pages that come from the code: `npm run docs`. A test fails when one of them is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { catalogue } from '../machines/catalogue.ts'
import { allLayouts } from '../src/chart/allLayouts.generated.ts'
import { chartEdges, toMermaid } from '../src/chart/chart.ts'
import { toSvg } from '../src/chart/drawChart.ts'
import { machines } from '../src/chart/machines.ts'
import { rooms } from '../test/project/house.ts'
import { commands } from './commands.ts'
import { customElementsManifest } from './manifest.ts'
import { reference } from './reference.ts'
import { terminalPicture } from './terminalPicture.ts'

const root = resolve(import.meta.dirname, '..')

/** Each generated page or picture by its path, with the text that it should have. */
export async function pages(): Promise<Record<string, string>> {
  return {
    'docs/pictures/install.svg': await terminalPicture(join(root, 'docs/runs/success.json')),
    'docs/pictures/statechart.svg': chartPicture('pluginInstall'),
    'docs/architecture.md': fill('docs/architecture.md', 'rooms', house()),
    'docs/command.md': fill('docs/command.md', 'commands', commands()),
    'docs/statechart.md': statecharts(),
    'docs/errors.md': errors(),
    'docs/reference.md': reference(),
    'docs/custom-elements.json': customElementsManifest(),
  }
}

/** A page of which one part comes from the code. */
function fill(path: string, part: string, text: string): string {
  const [start, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`]
  const [before, rest = ''] = readFileSync(join(root, path), 'utf8').split(start)
  return `${before}${start}\n${text}${end}${rest.split(end)[1]}`
}

function chartPicture(id: string): string {
  const layout = allLayouts.get(id)
  if (!layout) throw new Error(`the machine ${id} has no layout: npm run layout`)
  return toSvg(layout)
}

function picture(machine: AnyStateMachine): string {
  return `\`\`\`mermaid\n${toMermaid(machine)}\`\`\`\n`
}

/** The rooms of the code. An arrow of the picture that others lead to as well would only hide them. */
function house(): string {
  const names = Object.keys(rooms)
  const id = (room: string) => room.replace(/\W/g, '_')
  const floors = ['src', 'adapters', 'machines'].map((floor) => {
    const nodes = names.filter((room) => room.split('/')[0] === floor)
    const lines = nodes.map((room) => `    ${id(room)}["${room}"]\n`)
    return `  subgraph floor_${floor}["${floor}"]\n${lines.join('')}  end\n`
  })
  const importsOf = (room: string) => rooms[room]?.imports ?? []
  const leadsTo = (from: string, to: string): boolean =>
    importsOf(from).some((room) => room === to || leadsTo(room, to))
  const arrows = names.flatMap((room) =>
    importsOf(room)
      .filter((to) => !importsOf(room).some((between) => leadsTo(between, to)))
      .map((to) => `  ${id(room)} --> ${id(to)}\n`),
  )
  const rows = Object.entries(rooms).map(
    ([room, { holds, imports }]) =>
      `| \`${room}\` | ${holds} | ${imports.map((each) => `\`${each}\``).join(', ')} |`,
  )
  return `\`\`\`mermaid
flowchart TD
${floors.join('')}${arrows.join('')}\`\`\`

| room | holds | may import |
| --- | --- | --- |
${rows.join('\n')}
`
}

function statecharts(): string {
  return `# The statecharts

Generated from the machines in \`src/chart/machines.ts\` by \`npm run docs\`.

\`done(x)\` and \`error(x)\` are the ends of the invoked actor \`x\`, \`after(x)\` a timeout, and dotted
names are what people do. Of several transitions for one event the first whose guard holds is taken.

${[...machines.values()].map(statechart).join('\n')}`
}

function statechart(machine: AnyStateMachine): string {
  const states = withStatesBelow(machine.root).slice(1)
  const rows = chartEdges(machine).map(
    ({ source, event, guard, target }) =>
      `| \`${source}\` | \`${event}\` | ${guard ? `\`${guard}\`` : ''} | ${target ? `\`${target}\`` : '(stays)'} |`,
  )
  return `## ${machine.id}

<flow-statechart machine="${machine.id}"></flow-statechart>

${picture(machine)}
### States

| state | what happens |
| --- | --- |
${states.map((node) => `| \`${node.path.join('.')}\` | ${node.description} |`).join('\n')}

### Transitions

| from | event | guard | to |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

function withStatesBelow(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(withStatesBelow)]
}

function errors(): string {
  const sections = Object.entries(catalogue).map(
    ([code, { summary, next, retryable }]) =>
      `## ${code}\n\n${summary}\n\n${next}\n\nTrying the same again can help: ${retryable ? 'yes' : 'no'}.\n`,
  )
  return `# Errors

Generated from \`machines/catalogue.ts\` by \`npm run docs\`.

\`result\` rejects with an \`InstallError\`. Match on its \`code\`, which is stable, never on its message.
Besides the code it has the \`state\` it happened in, the \`next\` step for a person, whether trying again
can help (\`retryable\`), the whole \`failure\` (the HTTP \`status\`, or \`inStream\` when it was the last
line of a pull, and the engine's own words as \`engineMessage\`), and the \`rollback\`: what became of
what the run had created. \`rollback.result\` is one of

- \`nothingToRemove\`: this run left nothing on the engine;
- \`removed\`: the plugin that this run created was removed, and looked for afterwards;
- \`kept\`: it was left, because \`onFailure: 'keep'\` asked for it or because it was there before this
  run; \`command\` removes it;
- \`failed\`: it could not be removed; \`reason\` says why, and \`command\` removes it.

${sections.join('\n')}`
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(join(root, 'docs/pictures'), { recursive: true })
  for (const [path, text] of Object.entries(await pages())) writeFileSync(join(root, path), text)
}
