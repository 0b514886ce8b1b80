import * as assert from 'uvu/assert'
import { item } from '../../../machines/plugin-upgrade/effect.ts'
import { lostOnReturn, planUpgrade } from '../../../machines/plugin-upgrade/planUpgrade.ts'
import { type ConfigSketch, definePlugin } from '../../../src/embedded.ts'
import { parsed } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { observed } from '../../support/upgradeChart.ts'

const settable = ['value']
const of = (config: ConfigSketch) => observed(definePlugin({ config }).config)

suite('lostOnReturn', (test) => {
  const env = (Settable: string[] | null, Value: string | null = '1') => ({
    Env: [{ Name: 'A', Value, Settable }],
  })
  const lost = (
    from: ReturnType<typeof of>,
    to: ConfigSketch,
    asked: string[],
    mode: 'inPlace' | 'replace' = 'inPlace',
  ) => lostOnReturn(from, planUpgrade(from, of(to), parsed(...asked), mode))

  test('in place :: what is set, and the old version has fixed, or without a value', () => {
    assert.equal(lost(of(env(null)), env(settable, '2'), []), ['A'])
    assert.equal(lost(of(env(null)), env(settable), ['A=2']), ['A'])
    assert.equal(lost(of(env(settable, null)), env(settable), ['A=2']), ['A'])
    assert.equal(lost(of(env(settable)), env(settable), ['A=2']), [])
    assert.equal(lost(of({}), env(settable), ['A=2']), [])
    assert.equal(lost(of(env(null)), env(null, '2'), []), [])
    const args = (Settable: string[] | null, Value: string[]) => ({
      Args: { Name: 'a', Settable, Value },
    })
    assert.equal(lost(of(args(null, ['x'])), args(settable, ['y']), []), ['a'])
    const mounts = (Source: string) => ({ Mounts: [{ Name: 'm', Source, Settable: ['source'] }] })
    assert.equal(lost(of(mounts('/a')), mounts('/b'), []), [])
  })

  test('replaced :: what a new install of the old version has not', () => {
    const stale = { ...of(env(null)), effect: [item('args', '', ''), item('env', 'B', 'x')] }
    assert.equal(lost(stale, env(null), [], 'replace'), ['A'])
    assert.equal(lost(of(env(null)), env(settable, '2'), [], 'replace'), [])
  })
})
