import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { type AnyStateNode, createMachine } from 'xstate'
import { pluginInstallMachine } from '../../../../machines/plugin-install/pluginInstallMachine.ts'
import { chartEdges } from '../../../../src/chart/chart.ts'
import type { StatechartEdge, StateNode } from '../../../../src/chart/statechart/readStatechart.ts'
import { parseStatechart, readStatechart } from '../../../../src/chart/statechart/readStatechart.ts'
import { hostile, parcel } from '../../../support/foreignMachines.ts'
import { someMachines } from '../../../support/someMachines.ts'
import { suite } from '../../../support/suite.ts'
import { pathOf, xstateEdges } from '../../../support/xstateEdges.ts'

suite('readStatechart', (test) => {
  test('any machine :: the transitions are those that XState computes', () => {
    let seen = 0
    fc.assert(
      fc.property(someMachines, (config) => {
        const { edges } = readStatechart(config)
        seen += edges.length
        assert.equal(
          edges.filter(({ event }) => event !== 'default').map(withoutCode),
          xstateEdges(config),
        )
      }),
      { numRuns: 500 },
    )
    assert.ok(seen > 1_000, `${seen} transitions seen`)
  })

  test('any machine :: the states are those of XState, with where they begin', () => {
    fc.assert(
      fc.property(someMachines, (config) => {
        const { root } = createMachine(config as Parameters<typeof createMachine>[0])
        assert.equal(states(readStatechart(config).root), xstateStates(root))
      }),
      { numRuns: 200 },
    )
  })

  test('any machine with a mistake :: it is read, or one sentence names the mistake', () => {
    const junk = fc.oneof(
      fc.constantFrom('nowhere', '#nowhere', '.nowhere', '', '#', '.', 'a.', '\\', '__proto__'),
      fc.jsonValue({ maxDepth: 3 }),
    )
    fc.assert(
      fc.property(
        someMachines,
        fc.nat(),
        junk,
        (config, where, value) => void readOrRefuse(damage(config, where, value)),
      ),
      { numRuns: 500 },
    )
  })

  for (const mistake of [
    { invoke: { src: { toString: false }, onDone: 'a' } },
    { on: { GO: { target: 'a', guard: { type: { toString: false } } } } },
    { on: { GO: { target: 'a', guard: [{ toString: false }] } } },
    { initial: { target: [{ toString: false }] }, states: { b: {} } },
    { type: 'history', target: [{ toString: false }] },
  ]) {
    test(`an object where a name belongs :: ${JSON.stringify(mistake)}`, () => {
      readOrRefuse({ initial: 'a', states: { a: {}, s: mistake } })
    })
  }

  test('any JSON :: it is read, or one sentence names the mistake', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => void readOrRefuse(value)),
      { numRuns: 300 },
    )
  })

  test('every form of XState, by hand', () => {
    const { edges } = readStatechart(parcel)
    const from = (source: string) =>
      edges.flatMap((edge) =>
        edge.source === source
          ? [`${edge.event}${edge.guard ? ` [${edge.guard}]` : ''} → ${edge.target ?? '(stays)'}`]
          : [],
      )
    assert.equal(from(''), ['RESET → idle', 'LOG → (stays)'])
    assert.equal(from('idle'), ['ORDER [hasStock] → working', 'PING → (stays)'])
    assert.equal(from('working'), ['PAUSE → paused', 'done → delivered'])
    assert.equal(from('working.payment.asking'), [
      'done(charge) [covers] → working.payment.paid',
      'done(charge) → working.payment.refused',
      'error(charge) → failed',
      'after(500) → working.payment.refused',
      'after(patience) → failed',
    ])
    assert.equal(from('working.packing.boxes'), [
      'SKIP → working.payment.paid',
      'SKIP → working.packing.packed',
      'done → working.packing.packed',
    ])
    assert.equal(from('working.packing.boxes.first'), [
      'always [isSmall] → working.packing.boxes.last',
    ])
    assert.equal(from('working.packing.recent'), ['default → working.packing.boxes'])
    assert.equal(from('paused'), ['RESUME → working.packing.recent'])
    assert.equal(from('failed'), ['* → idle'])
  })

  test('the JSON of a machine itself :: read as its config, but for what XState leaves out', () => {
    const machine = createMachine(parcel as Parameters<typeof createMachine>[0])
    const written = parseStatechart(JSON.stringify(machine))
    const whole = readStatechart(parcel)
    const said = (edges: typeof whole.edges) =>
      edges
        .filter(({ event }) => event !== 'always' && event !== 'default')
        .map(({ source, target, guard }) => [source, target, guard].join(' '))
        .sort()
    assert.equal(said(written.edges), said(whole.edges))
    assert.equal(states(written.root), states(whole.root))
  })

  test('the chart of this package, as its command prints it', () => {
    const { edges } = parseStatechart(JSON.stringify(pluginInstallMachine.config))
    assert.equal(edges.map(withoutCode), chartEdges(pluginInstallMachine))
  })

  test('actions, actors and descriptions are read by name; code in their place has none', () => {
    const { root, edges } = readStatechart({
      initial: 'a',
      states: {
        a: {
          entry: ['open', { type: 'track', params: { of: 1 } }],
          exit: [null],
          invoke: [{ src: 'load' }, { id: 'job', src: 'run' }, { id: 'timer', src: 'timer' }, null],
          on: {
            GO: { target: 'b', actions: 'log', description: 'Leaves.' },
            STAY: { actions: [{ type: 'note' }, null], description: { not: 'text' } },
            QUIET: { actions: [] },
          },
        },
        b: {},
      },
    })
    const [a, b] = root.states
    assert.equal(
      [a?.entry, a?.exit, a?.invokes],
      [['open', 'track'], ['a function'], ['load', 'job (run)', 'timer', 'actor']],
    )
    assert.equal([b?.entry, b?.exit, b?.invokes], [undefined, undefined, undefined])
    assert.equal(edges, [
      { source: 'a', target: 'b', event: 'GO', actions: ['log'], description: 'Leaves.' },
      { source: 'a', event: 'STAY', actions: ['note', 'a function'] },
      { source: 'a', event: 'QUIET' },
    ])
  })

  test('of two states with one id a target means the last, as in XState', () => {
    const config = {
      initial: 'a',
      states: { a: { id: 'x' }, b: { on: { GO: '#x' } }, c: { id: 'x' } },
    }
    const { edges } = readStatechart(config)
    assert.equal(edges, [{ source: 'b', target: 'c', event: 'GO' }])
    assert.equal(edges.map(withoutCode), xstateEdges(config))
  })

  test('states with a route', () => {
    const { edges } = readStatechart({
      initial: 'a',
      states: { a: {}, b: { id: 'b', route: { guard: 'mayGo' } }, c: { id: 'c', route: {} } },
    })
    assert.equal(edges, [
      { source: '', target: 'b', event: 'route', guard: 'mayGo' },
      { source: '', target: 'c', event: 'route' },
    ])
  })

  test('names are data', () => {
    const { root } = parseStatechart(JSON.stringify(hostile))
    assert.equal(
      root.states.map(({ name }) => name),
      Object.keys(hostile.states),
    )
    const own = parseStatechart(
      '{"initial":"__proto__","states":{"__proto__":{"on":{"GO":"x\\\\.y"}},"x.y":{}}}',
    )
    assert.equal(own.edges, [{ source: '__proto__', target: 'x\\.y', event: 'GO' }])
  })

  const wrong: [what: string, text: string, message: string][] = [
    ['not JSON', 'createMachine({})', 'it is not JSON'],
    ['no object', '[]', 'it is not a machine: a machine is a JSON object'],
    ['no states', '{"id":"m"}', 'it has no states'],
    ['states that are a list', '{"states":[]}', '"states" of the machine is not a JSON object'],
    ['no initial', '{"states":{"a":{}}}', 'the machine has no "initial"'],
    [
      'an initial state that does not exist',
      '{"initial":"b","states":{"a":{}}}',
      'the machine begins with "b", which is not one of its states',
    ],
    [
      'an initial state of another',
      '{"initial":"a","states":{"a":{"initial":"b","states":{"c":{}}},"b":{}}}',
      'the state "a" begins with "b", which is not one of its states',
    ],
    [
      'a target that does not exist',
      '{"initial":"a","states":{"a":{"initial":"b","states":{"b":{"on":{"GO":"c"}}}}}}',
      'the state "a.b" goes to "c" on "GO", which does not exist',
    ],
    [
      'an id that does not exist',
      '{"initial":"a","states":{"a":{"after":{"5":"#c"}}}}',
      'the state "a" goes to "#c" on "after(5)", which does not exist',
    ],
    [
      'a target of the machine without its dot',
      '{"initial":"a","on":{"GO":"a"},"states":{"a":{}}}',
      'the machine goes to "a" on "GO", which does not exist',
    ],
    [
      'a history whose target does not exist',
      '{"initial":"a","states":{"a":{},"h":{"type":"history","target":"b"}}}',
      'the state "h" goes to "b", which does not exist',
    ],
    [
      'a target that is not a string',
      '{"initial":"a","states":{"a":{"always":{"target":[7]}}}}',
      'a target of the state "a" on "always" is not a string',
    ],
    [
      'a transition that is a number',
      '{"initial":"a","states":{"a":{"on":{"GO":7}}}}',
      'a transition of the state "a" on "GO" is not a JSON object',
    ],
    [
      'an unknown type of state',
      '{"initial":"a","states":{"a":{"type":"loop"}}}',
      '"type" of the state "a" must be one of atomic, compound, parallel, final, history',
    ],
    [
      'XState 4 :: cond',
      '{"initial":"a","states":{"a":{"on":{"GO":{"cond":"is"}}}}}',
      'the state "a" has "cond" on "GO"; XState 5 calls it "guard"',
    ],
    [
      'XState 4 :: an event without a name',
      '{"initial":"a","states":{"a":{"on":{"":"a"}}}}',
      'the state "a" has an event without a name; XState 5 has "always" for it',
    ],
    [
      'too many states',
      JSON.stringify({
        initial: 's0',
        states: Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`s${index}`, {}])),
      }),
      'it has more than 2000 states',
    ],
    [
      'too deep',
      `${'{"initial":"a","states":{"a":'.repeat(60)}{}${'}}'.repeat(60)}`,
      'its states are nested deeper than 40',
    ],
    [
      'far too deep',
      `${'{"states":{"a":'.repeat(200_000)}{}${'}}'.repeat(200_000)}`,
      'its states are nested deeper than 40',
    ],
    [
      'too many transitions',
      JSON.stringify({ initial: 'a', states: { a: { always: Array(4_001).fill('a') } } }),
      'it has more than 4000 transitions',
    ],
  ]
  for (const [what, text, message] of wrong) {
    test(`one sentence names the mistake :: ${what}`, () => {
      assert.throws(
        () => parseStatechart(text),
        (error: unknown) =>
          error instanceof RangeError && assert.is(error.message, message) === undefined,
      )
    })
  }
})

/** Reads a chart. A refusal is a sentence, and no other error. */
function readOrRefuse(value: unknown) {
  try {
    return readStatechart(value).edges
  } catch (error) {
    assert.instance(error, RangeError)
    assert.ok((error as Error).message.length > 10)
    assert.not.match((error as Error).message, /call stack/)
    return undefined
  }
}

/** One value of the config, by its number, replaced. */
function damage(config: object, where: number, value: unknown): unknown {
  let count = 0
  JSON.stringify(config, (_, each) => {
    count++
    return each
  })
  let index = 0
  return JSON.parse(
    JSON.stringify(config, (_, each) => (index++ === 1 + (where % count) ? value : each)),
  )
}

/** XState's own transitions have their actions as code. */
function withoutCode({ actions: _, description: __, ...edge }: StatechartEdge) {
  return edge
}

function states({ path, type, description, initial, states: below }: StateNode): unknown[] {
  return [{ path, type, description, initial }, ...below.flatMap(states)]
}

function xstateStates(node: AnyStateNode): unknown[] {
  const [initial] = node.initial.target ?? []
  return [
    {
      path: pathOf(node),
      type: node.type,
      description: node.description ?? '',
      initial: initial && pathOf(initial),
    },
    ...Object.values(node.states).flatMap(xstateStates),
  ]
}
