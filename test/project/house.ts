import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A folder with one purpose, and which other rooms its files may import, types included. */
export interface Room {
  /** Its content, in a few words. */
  holds: string
  /** Other rooms; a room may always import itself. */
  imports: readonly string[]
  /** Packages and modules of Node.js. */
  packages: RegExp
}

const NONE = /^$/
const NODE = /^node:/

/**
 * The rooms of the house. A file belongs to the room with the longest path that it is in, so that the files of
 * `machines` itself are apart from those of the folders in it.
 */
export const rooms: Readonly<Record<string, Room>> = {
  machines: { holds: 'the vocabulary of every machine', imports: [], packages: /^xstate$/ },
  'machines/steps': {
    holds: 'what the states of several machines await',
    imports: ['machines'],
    packages: NONE,
  },
  'machines/plugin-install': {
    holds: 'the chart of an install',
    imports: ['machines'],
    packages: /^xstate$/,
  },
  'machines/plugin-install/steps': {
    holds: 'what its states await, through ports only',
    imports: ['machines', 'machines/plugin-install', 'machines/steps'],
    packages: NONE,
  },
  'machines/plugin-upgrade': {
    holds: 'the chart of an upgrade',
    imports: ['machines'],
    packages: /^xstate$/,
  },
  'machines/plugin-upgrade/steps': {
    holds: 'what its states await, through ports only',
    imports: ['machines', 'machines/plugin-upgrade', 'machines/steps'],
    packages: NONE,
  },
  'machines/rollout': {
    holds: 'the chart of a rollout',
    imports: ['machines'],
    packages: /^xstate$/,
  },
  'adapters/process': {
    holds: 'programs, limits and files of this host',
    imports: ['machines'],
    packages: NODE,
  },
  'adapters/docker': {
    holds: "Docker's own configuration and credentials",
    imports: ['machines', 'adapters/process', 'adapters/engine/http', 'adapters/engine/words'],
    packages: NODE,
  },
  'adapters/engine/words': {
    holds: "what an engine's sentences mean",
    imports: ['machines'],
    packages: NONE,
  },
  'adapters/engine/http': {
    holds: 'the client, its connections and timeouts',
    imports: ['machines', 'adapters/process', 'adapters/engine/words'],
    packages: /^(axios(\/dist\/node\/axios\.cjs)?|node:.*)$/,
  },
  'adapters/engine/api': {
    holds: 'one file per operation of the Engine API',
    imports: ['machines', 'adapters/engine/http', 'adapters/engine/words'],
    packages: NONE,
  },
  'adapters/engine': {
    holds: 'a Docker Engine as the port that flows call',
    imports: ['machines', 'adapters/engine/api', 'adapters/engine/http', 'adapters/engine/words'],
    packages: NONE,
  },
  'adapters/embedded': { holds: 'the simulated engine', imports: ['machines'], packages: NODE },
  'adapters/simulation': {
    holds: 'the simulated engine as the port that flows call, without a connection',
    imports: [
      'machines',
      'adapters/embedded',
      'adapters/engine',
      'adapters/engine/http',
      'adapters/engine/words',
    ],
    packages: NONE,
  },
  'adapters/journal': {
    holds: 'runs in files, and their locks',
    imports: ['machines', 'machines/plugin-install', 'machines/plugin-upgrade'],
    packages: /^(valibot|node:.*)$/,
  },
  'adapters/queue': {
    holds: 'rollouts on BullMQ: jobs, and records in Redis or PostgreSQL',
    imports: ['machines'],
    packages: /^(bullmq|ioredis|pg)$/,
  },
  'src/text': {
    holds: 'foreign text made safe and fit to show',
    imports: [],
    packages: NONE,
  },
  'src/chart': {
    holds: 'charts as edges, pictures and files',
    imports: [
      'machines',
      'machines/plugin-install',
      'machines/plugin-upgrade',
      'machines/rollout',
      'src/text',
    ],
    packages: /^(xstate|elkjs\/.*|string-width)$/,
  },
  'src/privileges': {
    holds: 'what a privilege or an upgrade means for the host, in words',
    imports: ['machines', 'machines/plugin-upgrade', 'src/text'],
    packages: NONE,
  },
  'src/flow': {
    holds: 'flows as observables: install, resume, plan, consent, secrets, retries',
    imports: [
      'machines',
      'machines/plugin-install',
      'machines/plugin-install/steps',
      'machines/plugin-upgrade',
      'machines/plugin-upgrade/steps',
      'machines/steps',
      'adapters/process',
      'adapters/docker',
      'adapters/engine',
      'adapters/engine/api',
      'adapters/engine/http',
      'adapters/engine/words',
    ],
    packages: /^(xstate|rxjs|node:path)$/,
  },
  'src/rollout': {
    holds: 'rollouts: planning, the runner port, the runners',
    imports: [
      'machines',
      'machines/plugin-install',
      'machines/plugin-install/steps',
      'machines/plugin-upgrade',
      'machines/plugin-upgrade/steps',
      'machines/rollout',
      'machines/steps',
      'adapters/docker',
      'adapters/journal',
      'adapters/process',
      'adapters/queue',
      'adapters/engine',
      'adapters/engine/api',
      'adapters/engine/http',
      'src/flow',
      'src/text',
    ],
    packages: /^(xstate|rxjs|valibot|node:.*)$/,
  },
  'src/events': {
    holds: 'the wire format of a run, its log, inspection',
    imports: [
      'machines',
      'machines/plugin-install',
      'machines/plugin-upgrade',
      'src/flow',
      'src/chart',
    ],
    packages: /^(xstate|rxjs)$/,
  },
  'src/live': {
    holds: "a running actor of any machine, reported to its machine's page",
    imports: [],
    packages: /^(xstate|node:.*)$/,
  },
  'src/viewer': {
    holds: 'the custom element',
    imports: [
      'machines',
      'machines/plugin-upgrade',
      'src/flow',
      'src/events',
      'src/chart',
      'src/privileges',
      'src/text',
    ],
    packages: NONE,
  },
  'src/viewer/types': {
    holds: "the element's types in the templates of React and Vue",
    imports: [],
    packages: /^(react|docker-plugin-flow.*)$/,
  },
  'src/ui': {
    holds: 'the page and its server',
    imports: [
      'machines',
      'machines/plugin-install',
      'machines/rollout',
      'adapters/docker',
      'src/flow',
      'src/rollout',
      'src/events',
      'src/chart',
      'src/text',
      'src/live',
      'src/viewer',
      'src',
    ],
    packages: /^(valibot|node:.*)$/,
  },
  'src/command': {
    holds: 'the command',
    imports: [
      'machines',
      'machines/plugin-install',
      'machines/plugin-upgrade',
      'machines/rollout',
      'adapters/process',
      'adapters/docker',
      'adapters/engine',
      'adapters/engine/http',
      'adapters/embedded',
      'adapters/journal',
      'src/flow',
      'src/events',
      'src/chart',
      'src/privileges',
      'src/rollout',
      'src/text',
      'src/ui',
    ],
    packages: /^(rxjs|string-width|node:.*)$/,
  },
  src: {
    holds: 'the entries of the package',
    imports: [
      'machines',
      'machines/plugin-install',
      'machines/plugin-upgrade',
      'machines/rollout',
      'adapters/docker',
      'adapters/embedded',
      'adapters/simulation',
      'adapters/engine',
      'adapters/engine/http',
      'src/flow',
      'src/rollout',
      'src/events',
      'src/live',
      'src/viewer',
    ],
    packages: NONE,
  },
}

/** The room of a file. */
export function roomOf(file: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => file.startsWith(`${room}/`))
    .sort((one, other) => other.length - one.length)[0]
}

export interface Import {
  file: string
  /** A file of the project by its path, or a package. */
  target: string
  isPackage: boolean
  /** When it is loaded: with the file, by a call, or never, because it is only a type. */
  when: 'at once' | 'later' | 'type'
}

/** Every source file of a folder. */
export function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`)
    .sort()
}

export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The imports of a file, by declarations and by calls. */
export function importsOf(file: string): Import[] {
  const text = textOf(file)
  const declared = [
    ...text.matchAll(/^\s*(?:import|export)\b(\s+type\b)?(?:[^'";]*?\bfrom)?\s*'([^']+)'/gm),
  ].map(([, type, path = '']) => ({ path, when: type ? ('type' as const) : ('at once' as const) }))
  const called = [...text.matchAll(/(\btypeof\s+)?\bimport\('([^']+)'\)/g)].map(
    ([, type, path = '']) => ({ path, when: type ? ('type' as const) : ('later' as const) }),
  )
  return [...declared, ...called].map(({ path, when }) => {
    const isPackage = !path.startsWith('.')
    const target = isPackage ? path : relative(root, join(root, dirname(file), path))
    return { file, target, isPackage, when }
  })
}

/** Every import of the sources. */
export function allImports(): Import[] {
  return ['machines', 'adapters', 'src'].flatMap(sources).flatMap(importsOf)
}

/** Groups of files that import each other, each sorted; types count. */
export function cycles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>()
  for (const { file, target, isPackage } of imports) {
    if (!isPackage) targets.set(file, [...(targets.get(file) ?? []), target])
  }
  const reach = new Map([...targets.keys()].map((file) => [file, behind(file, targets)]))
  const groups = [...targets.keys()].map((file) =>
    [...targets.keys()].filter(
      (other) => reach.get(file)?.has(other) && reach.get(other)?.has(file),
    ),
  )
  const unique = new Map(
    groups.filter(({ length }) => length > 0).map((group) => [group.sort().join(), group]),
  )
  return [...unique.values()]
}

function behind(file: string, targets: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>()
  const queue = [...(targets.get(file) ?? [])]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    queue.push(...(targets.get(next) ?? []))
  }
  return seen
}
