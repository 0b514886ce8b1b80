import * as assert from 'uvu/assert'
import { type AnyStateMachine, type AnyStateNode, createMachine } from 'xstate'
import { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import { type ChartEdge, chartEdges } from '../../../src/chart/chart.ts'
import { toScxml } from '../../../src/chart/toScxml.ts'
import { elementsOf, parseXml, type XmlElement } from '../../support/parseXml.ts'
import { suite } from '../../support/suite.ts'

const STATES = ['state', 'final', 'parallel']

/** The transitions of an SCXML file, read as those of a chart are. */
function readEdges(scxml: XmlElement): ChartEdge[] {
  const { attributes, children } = scxml
  const own = children
    .filter(({ tag }) => tag === 'transition')
    .map(({ attributes: { event = '', cond, target } }) => ({
      source: attributes.id ?? '',
      ...(target === undefined ? {} : { target }),
      event: readEvent(event),
      ...(cond === undefined ? {} : { guard: cond }),
    }))
  return [...own, ...children.filter(({ tag }) => STATES.includes(tag)).flatMap(readEdges)]
}

function readEvent(event: string): string {
  if (event === '') return 'always'
  const [, kind = '', rest = ''] = /^(done\.invoke|error\.platform|after)\.(.*)$/.exec(event) ?? []
  if (kind === 'done.invoke') return `done(${rest})`
  if (kind === 'error.platform') return `error(${rest})`
  return kind === 'after' ? `after(${rest.split('.')[0]})` : event
}

function nodes(machine: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states).flatMap((state) => [state, ...below(state)])
  return below(machine.root)
}

function sorted(edges: readonly ChartEdge[]): string[] {
  return edges
    .map(({ source, event, guard, target }) => `${source} ${event} [${guard}] ${target}`)
    .sort()
}

const scxml = parseXml(toScxml(pluginInstallMachine))

suite('SCXML', (test) => {
  test('every transition of the chart is in it, and no other', () => {
    assert.equal(sorted(readEdges(scxml)), sorted(chartEdges(pluginInstallMachine)))
    assert.is(elementsOf(scxml, 'transition').length, chartEdges(pluginInstallMachine).length)
  })

  test('of several for one event they stand in the order in which they are tried', () => {
    const of = (edges: ChartEdge[]) =>
      edges
        .filter(
          ({ source, event }) => `${source} ${event}` === 'pulling.verifying done(pluginInspect)',
        )
        .map(({ guard }) => guard)
    assert.equal(of(readEdges(scxml)), of(chartEdges(pluginInstallMachine)))
    assert.is(of(readEdges(scxml))[0], 'isGone')
  })

  test('every state, by the path that its transitions name, with its kind and where it begins', () => {
    const shown = STATES.flatMap((tag) => elementsOf(scxml, tag))
    const read = shown.map(({ tag, attributes: { id, initial } }) =>
      [id, tag, initial ?? ''].join(' '),
    )
    const drawn = nodes(pluginInstallMachine).map(({ path, type, initial }) =>
      [
        path.join('.'),
        type === 'final' ? type : 'state',
        initial?.target.map(({ path }) => path.join('.')).join(' ') ?? '',
      ].join(' '),
    )
    assert.equal(read.sort(), drawn.sort())
    const { xmlns, version, name, initial } = scxml.attributes
    assert.equal(
      [scxml.tag, xmlns, version, name, initial],
      ['scxml', 'http://www.w3.org/2005/07/scxml', '1.0', 'pluginInstall', 'checkPrivileges'],
    )
  })

  test('ids are unique, and every target is one', () => {
    const ids = STATES.flatMap((tag) => elementsOf(scxml, tag)).map(({ attributes: { id } }) => id)
    assert.is(new Set(ids).size, ids.length)
    for (const { attributes } of elementsOf(scxml, 'transition')) {
      if (attributes.target) assert.ok(ids.includes(attributes.target), attributes.target)
    }
  })

  test('invoked actors, entry and exit actions', () => {
    assert.equal(
      elementsOf(scxml, 'invoke').map(({ attributes: { id, src } }) => [id, src]),
      nodes(pluginInstallMachine).flatMap(({ invoke }) => invoke.map(({ id, src }) => [id, src])),
    )
    const scripts = (tag: string) =>
      elementsOf(scxml, tag)
        .flatMap((block) => elementsOf(block, 'script'))
        .map(({ text }) => text)
    assert.equal(scripts('onentry'), ['openPull()', 'requestEnable()', 'reportRollback()'])
    assert.equal(scripts('onexit'), ['stopAsking()', 'stopAsking()'])
    assert.ok(scripts('transition').includes('fail({"code":"cancelled","state":"pulling"})'))
  })

  test('every timeout is sent when its state is entered, and cancelled when it is left', () => {
    const sent = elementsOf(scxml, 'send')
    const waited = elementsOf(scxml, 'transition').filter(({ attributes }) =>
      attributes.event?.startsWith('after.'),
    )
    const events = sent.map(({ attributes: { event } }) => event).sort()
    assert.equal(events, [...new Set(waited.map(({ attributes: { event } }) => event))].sort())
    assert.equal(
      elementsOf(scxml, 'cancel').map(({ attributes: { sendid } }) => sendid),
      sent.map(({ attributes: { id } }) => id),
    )
    assert.equal(sent[0]?.attributes.delayexpr, 'checkPrivilegesTimeout')
  })
})

suite('SCXML of other charts', (test) => {
  const whole = createMachine({
    id: 'whole',
    initial: 'outer',
    states: {
      outer: {
        initial: 'one',
        on: { away: { target: '.one' }, again: { target: '.one', reenter: true } },
        states: {
          one: {
            after: { 1500: { target: '#whole.sides' } },
            on: {
              'a<b': { guard: '"&" < \'x\'', target: '#whole.sides', actions: 'say "<&>"' },
            },
          },
        },
      },
      sides: {
        type: 'parallel',
        states: { left: {}, right: { initial: 'in', states: { in: {}, out: { type: 'final' } } } },
      },
    },
  })
  const read = parseXml(toScxml(whole))
  const transition = (event: string) =>
    elementsOf(read, 'transition').find(({ attributes }) => attributes.event === event)

  test('special characters survive escaping', () => {
    assert.is(transition('a<b')?.attributes.cond, '"&" < \'x\'')
    assert.is(transition('a<b')?.children[0]?.text, 'say "<&>"()')
  })

  test('a delay in milliseconds', () => {
    assert.is(elementsOf(read, 'send')[0]?.attributes.delay, '1500ms')
  })

  test('states side by side', () => {
    const [sides] = elementsOf(read, 'parallel')
    assert.equal(
      sides?.children.map(({ attributes: { id } }) => id),
      ['sides.left', 'sides.right'],
    )
    assert.is(elementsOf(read, 'final')[0]?.attributes.id, 'sides.right.out')
  })

  test('a transition into its own state leaves it only where it says so', () => {
    assert.is(transition('away')?.attributes.type, 'internal')
    assert.is(transition('again')?.attributes.type, undefined)
    assert.is(transition('a<b')?.attributes.type, undefined)
  })
})

suite('reading XML', (test) => {
  for (const bad of [
    '<a><b></a></b>',
    '<a',
    '<a/><b/>',
    '<a b="1" b="2"/>',
    '<a>&</a>',
    'x<a/>',
    '<a>',
    '</a>',
    '',
  ]) {
    test(`text that is not well-formed is refused :: ${bad}`, () => {
      assert.throws(() => parseXml(bad))
    })
  }
})
