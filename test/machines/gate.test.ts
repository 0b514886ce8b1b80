import { setTimeout } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { createGate, type Gate, type Leave } from '../../machines/gate.ts'
import { inOwnTime } from '../support/ownTime.ts'
import { suite } from '../support/suite.ts'

/** Enters in this order, and tells who has got a place. */
function queue(gate: Gate, names: readonly string[], first?: boolean) {
  const entered: string[] = []
  const leaves = new Map<string, Leave>()
  const withdraws = new Map(
    names.map((name) => {
      const granted = (leave: Leave) => {
        entered.push(name)
        leaves.set(name, leave)
      }
      return [name, gate.ask(granted, first)]
    }),
  )
  return { entered, leaves, withdraws }
}

suite('gate', (test) => {
  test('more than it has places for :: the others come in the order of asking', async () => {
    const gate = createGate(2)
    const { entered, leaves } = queue(gate, ['a', 'b', 'c', 'd'])
    await Promise.resolve()
    assert.equal([entered, gate.waiting], [['a', 'b'], 2])
    leaves.get('b')?.()
    assert.equal(entered, ['a', 'b', 'c'])
    leaves.get('a')?.()
    assert.equal([entered, gate.waiting], [['a', 'b', 'c', 'd'], 0])
  })

  test('a place is free :: it is entered at once, and given back', () => {
    const gate = createGate(2)
    const leave = gate.tryEnter()
    assert.equal([gate.taken, gate.waiting, gate.limit], [1, 0, 2])
    leave?.()
    assert.is(gate.taken, 0)
  })

  test('one asks again after all that waited were admitted :: it is admitted in the next turn too', async () => {
    const gate = createGate(3)
    for (const name of ['a', 'b', 'c']) {
      const { entered } = queue(gate, [name])
      await Promise.resolve()
      assert.equal(entered, [name])
    }
  })

  test('more places are free than one turn gives :: each turn gives its share, in the order of asking', async () => {
    const gate = createGate(6, 2)
    const own = gate.tryEnter()
    const { entered } = queue(gate, ['b', 'c', 'd'])
    await Promise.resolve()
    assert.equal([entered, gate.tryEnter()], [['b'], undefined])
    own?.()
    assert.equal(entered, ['b'], 'a place that is given back in the same turn')
    await setTimeout()
    assert.equal([entered, gate.waiting], [['b', 'c', 'd'], 0])
    await setTimeout()
    assert.ok(gate.tryEnter() && gate.tryEnter())
    assert.is(gate.tryEnter(), undefined)
  })

  test('a turn gave less than its share :: the next one gives all of its own', async () => {
    const gate = createGate(6, 2)
    gate.tryEnter()
    await setTimeout()
    assert.ok(gate.tryEnter() && gate.tryEnter())
  })

  test('a turn gives any number :: no timer is set', () =>
    inOwnTime(async ({ timers }) => {
      assert.ok(createGate(1).tryEnter())
      assert.is(timers.size, 0)
    }))

  test('many ask in one turn :: one microtask admits them all', async () => {
    const gate = createGate(3)
    const { queueMicrotask } = globalThis
    let tasks = 0
    globalThis.queueMicrotask = (task) => {
      tasks++
      queueMicrotask(task)
    }
    try {
      const { entered } = queue(gate, ['a', 'b', 'c'])
      await Promise.resolve()
      assert.equal([entered, tasks], [['a', 'b', 'c'], 1])
    } finally {
      globalThis.queueMicrotask = queueMicrotask
    }
  })

  test('a place is given back twice :: it counts once', () => {
    const gate = createGate(1)
    const leave = gate.tryEnter()
    leave?.()
    leave?.()
    assert.ok(gate.tryEnter())
    assert.is(gate.tryEnter(), undefined)
  })

  test('one that waits withdraws :: the next one is admitted in its place', () => {
    const gate = createGate(1)
    const leave = gate.tryEnter()
    const { entered, withdraws } = queue(gate, ['a', 'b'])
    withdraws.get('a')?.()
    leave?.()
    assert.equal(entered, ['b'])
  })

  test('one asks to be first :: it comes before all that wait, and after those that asked so before it', () => {
    const gate = createGate(1)
    const leave = gate.tryEnter()
    const late = queue(gate, ['late'])
    const first = queue(gate, ['first', 'second'], true)
    leave?.()
    first.leaves.get('first')?.()
    assert.equal([first.entered, late.entered], [['first', 'second'], []])
    first.leaves.get('second')?.()
    assert.equal(late.entered, ['late'])
  })

  test('something waits :: a place that is asked for in passing is not taken from it', () => {
    const gate = createGate(1)
    queue(gate, ['a'])
    assert.is(gate.tryEnter(), undefined)
  })

  test('the limit is raised and lowered :: as many more are admitted, and none is thrown out', () => {
    const gate = createGate(1)
    const leave = gate.tryEnter()
    const { entered, leaves } = queue(gate, ['a', 'b', 'c'])
    gate.limit = 3
    assert.equal(entered, ['a', 'b'])
    gate.limit = 1
    leave?.()
    leaves.get('a')?.()
    assert.equal(entered, ['a', 'b'])
    leaves.get('b')?.()
    assert.equal(entered, ['a', 'b', 'c'])
  })
})
