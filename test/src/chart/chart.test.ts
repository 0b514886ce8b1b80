import * as assert from 'uvu/assert'
import { createMachine } from 'xstate'
import { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import { chartEdges, toMermaid } from '../../../src/chart/chart.ts'
import { suite } from '../../support/suite.ts'

const sample = createMachine({
  id: 'sample',
  initial: 'a',
  states: {
    a: {
      always: { guard: 'ready', target: 'b' },
      after: { 1000: { target: 'b' } },
      on: { go: [{ guard: 'ready', target: 'b' }, { actions: 'wait' }] },
    },
    b: {
      initial: 'in',
      states: {
        in: { on: { next: { target: 'out' }, leave: { target: '#sample.c' } } },
        out: {},
      },
    },
    c: { type: 'final' },
  },
})

suite('chart', (test) => {
  test('edges :: eventless, delayed, guarded, staying and nested transitions', () => {
    assert.equal(chartEdges(sample), [
      { source: 'a', target: 'b', event: 'go', guard: 'ready' },
      { source: 'a', event: 'go' },
      { source: 'a', target: 'b', event: 'after(1000)' },
      { source: 'a', target: 'b', event: 'always', guard: 'ready' },
      { source: 'b.in', target: 'b.out', event: 'next' },
      { source: 'b.in', target: 'c', event: 'leave' },
    ])
  })

  test('mermaid :: one arrow between two states, and arrows out of a state start at its border', () => {
    assert.is(
      toMermaid(sample),
      `stateDiagram-v2
  [*] --> a
  state b {
    [*] --> in
    in --> out: next
  }
  a --> b: go [ready]<br/>after(1000)<br/>always [ready]
  a --> a: go
  b --> c: in · leave
  c --> [*]
`,
    )
  })

  test('mermaid :: what enters a state within another ends at its border, and says where', () => {
    const entering = createMachine({
      id: 'entering',
      initial: 'outside',
      states: {
        outside: { on: { go: { guard: 'ready', target: '#entering.whole.part' } } },
        whole: { initial: 'first', states: { first: {}, part: { on: { back: 'first' } } } },
      },
    })
    const lines = toMermaid(entering).split('\n')
    assert.ok(lines.includes('  outside --> whole: go [ready] · part'), lines.join('\n'))
    assert.ok(lines.includes('    part --> first: back'), lines.join('\n'))
  })

  test('mermaid :: no label has a character that ends it', () => {
    for (const line of toMermaid(pluginInstallMachine).split('\n')) {
      const label = line.split(' --> ')[1]?.replace(/^\S+: /, '') ?? ''
      assert.not.match(label, /[:;#]/, line)
    }
  })
})
