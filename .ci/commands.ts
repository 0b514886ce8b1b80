import { helpText } from '../src/command/help.ts'
import { commandTable } from '../src/command/runCommand.ts'

/** The help of every command for a page, the options that several have once. */
export function commands(): string {
  const texts = commandTable.map((command) => ({
    name: command.name,
    blocks: helpText(commandTable, command, 100).split('\n\n'),
  }))
  const shared = sharedOptions(texts.flatMap(({ blocks }) => blocks))
  const groups = [...shared].map(
    ([heading, options]) => `\n### ${heading}\n\n\`\`\`text\n${options.join('\n')}\n\`\`\`\n`,
  )
  return [...groups, ...texts.map(({ name, blocks }) => helpOf(name, blocks, shared))].join('')
}

/** The help of a command, with links in the place of the options that others have as well. */
function helpOf(name: string, blocks: readonly string[], shared: SharedOptions): string {
  const links: string[] = []
  const kept = blocks.flatMap((block) => {
    const { heading, options } = optionsOf(block)
    const known = shared.get(heading)
    if (!known || !hasAll(options, known)) return [block]
    links.push(`[${heading.toLowerCase()}](#${heading.toLowerCase().replaceAll(' ', '-')})`)
    const own = options.filter((option) => !hasAll(known, [option]))
    return own.length > 0 ? [[`${heading}:`, ...own].join('\n')] : []
  })
  const also = links.length > 0 ? `\nAnd the ${links.join(', ')}.\n` : ''
  return `\n### ${name}\n\n\`\`\`text\n${kept.join('\n\n').trimEnd()}\n\`\`\`\n${also}`
}

/** By the heading of a group, the options that its commands share. */
type SharedOptions = ReadonlyMap<string, readonly string[]>

function sharedOptions(blocks: readonly string[]): SharedOptions {
  const groups = new Map<string, string[][]>()
  for (const { heading, options } of blocks.map(optionsOf)) {
    if (/^\w+ options$/.test(heading))
      groups.set(heading, [...(groups.get(heading) ?? []), options])
  }
  const shared = [...groups].map(([heading, lists]): [string, string[]] => {
    const saved = lists.map((list) => {
      const users = lists.filter((other) => hasAll(other, list))
      return (users.length - 1) * list.length
    })
    const most = Math.max(...saved)
    return [heading, most > 0 ? (lists[saved.indexOf(most)] ?? []) : []]
  })
  return new Map(shared.filter(([, options]) => options.length > 0))
}

/** Whether these options are among those: each command has a width of its own. */
function hasAll(options: readonly string[], wanted: readonly string[]): boolean {
  const words = (option: string) => option.trim().replace(/\s+/g, ' ')
  const known = options.map(words)
  return wanted.every((option) => known.includes(words(option)))
}

/** A block of a help text as a heading and what stands below it, one text for each option. */
function optionsOf(block: string): { heading: string; options: string[] } {
  const [first = '', ...lines] = block.split('\n')
  return { heading: first.replace(/:$/, ''), options: lines.join('\n').split(/\n(?= {2,6}-)/) }
}
