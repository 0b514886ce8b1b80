import * as assert from 'uvu/assert'
import type { Plugin } from '../../../../machines/plugin.ts'
import { observe } from '../../../../machines/plugin-upgrade/effect.ts'
import { returnPlugin, swapPlugin } from '../../../../machines/plugin-upgrade/steps/swapPlugin.ts'
import { rejection } from '../../../support/fakePorts.ts'
import { pluginId as id } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'
import { another, name, newVersion, off, on, ports } from '../../../support/upgradePorts.ts'

const { signal } = new AbortController()

suite('swapPlugin', (test) => {
  const request = { before: observe(on), remote: 'r', privileges: [] }

  test('in place :: by name, after the record and the look', async () => {
    const { ports: of, log } = ports([off])
    await swapPlugin(of, { ...request, mode: 'inPlace' }, signal)
    assert.equal(log, ['record', `pluginUpgrade ${name} r`])
  })

  test('replaced :: removed by its id, never with force, and pulled under its name', async () => {
    const { ports: of, log } = ports([off])
    await swapPlugin(of, { ...request, mode: 'replace' }, signal)
    assert.equal(log, ['record', `pluginDelete ${id} false`, `pluginPull ${name} r`])
  })

  test('swapped late, as an earlier process had asked :: is there already', async () => {
    const late = observe(newVersion)
    const swap = async (looks: Plugin[], more: object) => {
      const { ports: of, log } = ports(looks)
      const error = await swapPlugin(of, { ...request, mode: 'inPlace', ...more }, signal).catch(
        (thrown) => thrown,
      )
      return [error?.code, log]
    }
    const looks = [newVersion, newVersion, newVersion]
    assert.equal(await swap(looks, { late }), [undefined, ['record']])
    assert.equal(await swap(looks, {}), ['changed-by-others', ['record']])
    const others = [another, another, another]
    assert.equal(await swap(others, { late }), ['changed-by-others', ['record']])
  })

  test('enabled meanwhile, or gone :: is left alone', async () => {
    for (const [look, code] of [
      [on, 'changed-by-others'],
      [undefined, 'plugin-gone'],
    ] as const) {
      const { ports: of, log } = ports([look])
      const error = await rejection(swapPlugin(of, { ...request, mode: 'inPlace' }, signal))
      assert.equal([error.code, log], [code, ['record']])
    }
  })
})

suite('returnPlugin', (test) => {
  const back = { remote: 'old', privileges: [] }
  const request = {
    mode: 'inPlace',
    before: observe(on),
    copy: observe(newVersion),
    back,
    swap: 'ended',
  } as const
  const run = async (looks: (Plugin | undefined)[], more: object = {}) => {
    const { ports: of, log } = ports(looks)
    const end = await returnPlugin(of, { ...request, ...more }, signal).catch((error) => error)
    return { log, end }
  }
  const upgraded = ['record', `pluginUpgrade ${name} old`]

  test('the new version :: gives way to the old', async () => {
    assert.equal(await run([newVersion, off]), { log: upgraded, end: observe(off) })
  })

  test('the old version :: is there already', async () => {
    assert.equal(await run([off]), { log: [], end: observe(off) })
  })

  test('replaced :: the new one is removed first, where it is there', async () => {
    const mode = 'replace'
    const pulled = `pluginPull ${name} old`
    assert.equal((await run([newVersion, off], { mode })).log, [
      'record',
      `pluginDelete ${id} false`,
      pulled,
    ])
    for (const swap of ['ended', 'refused']) {
      assert.equal((await run([undefined, off], { mode, swap })).log, ['record', pulled])
    }
  })

  test('gone, or of neither content :: is another client’s work', async () => {
    const gone = await run([undefined])
    assert.match(gone.end.message, /during the upgrade: it is gone$/)
    for (const swap of ['unknown', 'refused']) {
      const other = await run([another], { swap })
      assert.match(other.end.message, 'it is neither the old version nor the new one')
      assert.equal(other.log, [])
    }
    const unseen = await run([another], { swap: 'refused', copy: undefined })
    assert.is(unseen.end.code, 'changed-by-others')
    assert.equal((await run([another, off])).log, upgraded)
    assert.equal((await run([newVersion, off], { swap: 'unknown' })).log, upgraded)
  })

  test('a swap that was cut :: is waited for, while the engine may have all of it', async () => {
    const swap = 'unknown'
    const twice = ['pause 500', 'pause 500']
    assert.equal((await run([off, off, newVersion, off], { swap })).log, [...twice, ...upgraded])
    assert.is((await run([off], { swap })).log.length, 20)
    const pulled = ['record', `pluginDelete ${id} false`, `pluginPull ${name} old`]
    const replaced = await run([undefined, undefined, newVersion, off], { swap, mode: 'replace' })
    assert.equal(replaced.log, [...twice, ...pulled])
    assert.equal((await run([undefined], { swap })).log, [])
    assert.equal((await run([{ ...off, Id: 'x' }], { swap })).log, [])
  })

  test('without a way back, or one to other content :: says so', async () => {
    const none = await run([newVersion], { back: { none: 'the tag has moved' } })
    assert.equal(
      [none.end.code, none.end.message, none.log],
      ['no-way-back', 'the tag has moved', []],
    )
    const moved = await run([newVersion, another])
    assert.equal(
      [moved.end.code, moved.end.message],
      ['digest-changed', 'old names other content by now'],
    )
  })
})
