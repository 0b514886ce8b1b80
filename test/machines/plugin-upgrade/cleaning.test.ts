import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import {
  after,
  at,
  copy,
  done,
  edge,
  failed,
  old,
  resolved,
  send,
} from '../../support/upgradeChart.ts'

suite('cleaning', (test) => {
  const leftover = {
    name: 'plugin-flow/upgrade-00000000000a:latest',
    command: 'plugin-flow rm --force plugin-flow/upgrade-00000000000a:latest',
  }

  edge(
    test,
    'cleaning · done(removeCopy) → done',
    at('cleaning'),
    done('removeCopy'),
    ({ output }) => {
      assert.is(output?.state, 'done')
      if (output?.state !== 'done') return
      const { consent, entries, ...plugin } = output.plugin
      assert.equal([consent.by, consent.request.id], ['person', 2])
      assert.equal(
        entries.map(({ fate }) => fate),
        ['newDefault', 'stays', 'stays'],
      )
      assert.equal(plugin, {
        id: old.id,
        name: 'acme/probe:1.0',
        from: 'docker.io/acme/probe:1.0',
        reference: 'acme/probe:2.0',
        digest: resolved.digest,
        enabled: true,
        changed: true,
        mode: 'inPlace',
      })
    },
  )

  test('cleaning :: an unchanged plugin has no entries', () => {
    const same = { ...old, config: copy.config, effect: copy.effect }
    const { output } = send(
      at('staging', { reference: 'acme/probe:1.0' }, same),
      done('stageCopy', { copy, digest: resolved.digest }),
      done('removeCopy'),
    )
    assert.is(output?.state, 'done')
    if (output?.state !== 'done') return
    const { changed, entries, id } = output.plugin
    assert.equal([changed, entries, id], [false, [], old.id])
  })

  test('cleaning :: a replaced plugin has its new id, and an unknown digest is not made up', () => {
    const { digest: _, ...untold } = resolved
    const id = '9'.repeat(64)
    const { output } = send(
      at('resolving', { grantAllPermissions: true, mode: 'replace' }),
      done('resolveVersions', untold),
      done('stageCopy', { copy }),
      done('disablePlugin'),
      done('swapPlugin'),
      done('inspectPlugin', { ...copy, id }),
      done('configurePlugin', { ...copy, id }),
      done('enablePlugin'),
      done('inspectPlugin', { ...copy, id, enabled: true }),
      done('removeCopy'),
    )
    assert.is(output?.state === 'done' && output.plugin.id, id)
    assert.not(output?.state === 'done' && 'digest' in output.plugin)
  })

  edge(
    test,
    'cleaning · error(removeCopy) → done',
    at('cleaning'),
    failed('removeCopy', 'engine-unreachable'),
    ({ output }) => assert.equal(output?.state === 'done' && output.plugin.leftover, leftover),
  )

  edge(
    test,
    'cleaning · after(cleaningTimeout) → done',
    at('cleaning'),
    after('cleaningTimeout', 'cleaning'),
    ({ output }) => assert.equal(output?.state === 'done' && output.plugin.leftover, leftover),
  )
})
