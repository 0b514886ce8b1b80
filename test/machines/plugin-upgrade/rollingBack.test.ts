import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import {
  after,
  always,
  at,
  begin,
  cancel,
  copy,
  done,
  edge,
  failed,
  old,
  oldDisabled,
  other,
  resolved,
  send,
  swapped,
} from '../../support/upgradeChart.ts'

suite('rollingBack', (test) => {
  const leftover = {
    name: 'plugin-flow/upgrade-00000000000a:latest',
    command: 'plugin-flow rm --force plugin-flow/upgrade-00000000000a:latest',
  }
  const back = { ...old, enabled: false }

  always(
    test,
    'rollingBack.deciding · always [isToBeKept] → rollingBack.looking',
    at('enabling', { onFailure: 'keep' }),
    failed('enablePlugin', 'enable-failed'),
    ({ context }) => assert.is(context.stranded, 'the new version was to be kept'),
  )

  test('rollingBack :: a cancelled upgrade goes back even where a failed one is kept', () => {
    const { value } = send(at('enabling', { onFailure: 'keep' }), cancel)
    assert.equal(value, { rollingBack: 'quiescing' })
    const early = send(at('disabling', { onFailure: 'keep' }), failed('disablePlugin', 'in-use'))
    assert.equal(early.value, { rollingBack: 'enabling' })
  })

  always(
    test,
    'rollingBack.deciding · always [isLeftToOthers] → rollingBack.looking',
    at('upgrading'),
    failed('swapPlugin', 'changed-by-others'),
    ({ context, value }) => {
      assert.equal(value, { rollingBack: 'looking' })
      assert.match(context.stranded ?? '', 'nothing is rolled over that')
    },
  )

  test('rollingBack :: a removal by others is left to them, too, once the plugin is being changed', () => {
    const { value } = send(at('disabling'), failed('disablePlugin', 'plugin-gone'))
    assert.equal(value, { rollingBack: 'looking' })
    const resumed = { phase: 'swapping', before: old, resolved, copy } as const
    const claimed = send(begin({ resumed }), failed('readPlugin', 'upgrade-under-way'))
    assert.equal(claimed.value, { rollingBack: 'looking' })
    const early = send(at('trying'), failed('tryCopy', 'plugin-gone'))
    assert.equal(early.value, { rollingBack: 'cleaning' })
  })

  always(
    test,
    'rollingBack.deciding · always [mayBeSwapped] → rollingBack.quiescing',
    at('verifying'),
    cancel,
    ({ value }) => assert.equal(value, { rollingBack: 'quiescing' }),
  )

  always(
    test,
    'rollingBack.deciding · always [mayBeDisabled] → rollingBack.enabling',
    at('disabling'),
    cancel,
    ({ value }) => assert.equal(value, { rollingBack: 'enabling' }),
  )

  always(
    test,
    'rollingBack.deciding · always [mayHaveCopy] → rollingBack.cleaning',
    at('staging'),
    cancel,
    ({ value }) => assert.equal(value, { rollingBack: 'cleaning' }),
  )

  always(
    test,
    'rollingBack.deciding · always → rolledBack',
    at('resolving'),
    cancel,
    ({ output }) => {
      const { failure, ...rest } = Object(output)
      assert.is(failure.code, 'cancelled')
      assert.equal(rest, { state: 'rolledBack', changed: false, remnants: [] })
    },
  )

  edge(
    test,
    'rollingBack.quiescing · done(quiescePlugin) → rollingBack.returning',
    at('rollingBack.quiescing'),
    done('quiescePlugin'),
  )

  edge(
    test,
    'rollingBack.returning · done(returnPlugin) → rollingBack.restoring',
    at('rollingBack.returning'),
    done('returnPlugin', back),
    ({ context }) => assert.equal(context.now, back),
  )

  edge(
    test,
    'rollingBack.restoring · done(restorePlugin) [wasEnabled] → rollingBack.enabling',
    at('rollingBack.restoring'),
    done('restorePlugin', { ...back, id: 'restored' }),
    ({ context }) => assert.is(Object(context.now).id, 'restored'),
  )

  edge(
    test,
    'rollingBack.restoring · done(restorePlugin) → rollingBack.proving',
    at('rollingBack.restoring', {}, oldDisabled),
    done('restorePlugin', { ...back, id: 'restored' }),
    ({ context }) => assert.is(Object(context.now).id, 'restored'),
  )

  edge(
    test,
    'rollingBack.enabling · done(enablePlugin) → rollingBack.proving',
    at('rollingBack.enabling'),
    done('enablePlugin'),
  )

  const remnant = { kind: 'env', name: 'LEVEL', value: 'info', mark: 'x' } as const
  const proven = { ...old, effect: [...old.effect, remnant] }

  edge(
    test,
    'rollingBack.proving · done(inspectPlugin) [isAsBefore] → rollingBack.cleaning',
    at('rollingBack.proving'),
    done('inspectPlugin', proven),
    ({ context }) => assert.equal(context.now, proven),
  )

  edge(
    test,
    'rollingBack.proving · done(inspectPlugin) → stranded',
    at('rollingBack.proving'),
    done('inspectPlugin', { ...old, effect: [] }),
    ({ context }) => {
      assert.is(context.stranded, 'what is in effect is not what was in effect before')
      assert.equal(context.now, { ...old, effect: [] })
    },
  )

  test('rollingBack.proving :: content and whether it runs count, too', () => {
    for (const unlike of [{ enabled: false }, { config: other.config }]) {
      const { value } = send(
        at('rollingBack.proving'),
        done('inspectPlugin', { ...old, ...unlike }),
      )
      assert.is(value, 'stranded')
    }
  })

  edge(
    test,
    'rollingBack.cleaning · done(removeCopy) → rolledBack',
    at('rollingBack.cleaning'),
    done('removeCopy'),
    ({ output }) => {
      const { failure, ...rest } = Object(output)
      assert.is(failure.code, 'set-failed')
      assert.equal(rest, { state: 'rolledBack', changed: true, remnants: [] })
    },
  )

  test('rollingBack.cleaning :: settings left by the new version are reported', () => {
    const { output } = send(
      at('rollingBack.proving'),
      done('inspectPlugin', proven),
      done('removeCopy'),
    )
    assert.equal(output?.state === 'rolledBack' && output.remnants, ['LEVEL'])
    const lost = { ...old, effect: [...old.effect, remnant] }
    const cleaned = send(at('rollingBack.proving', {}, lost), done('inspectPlugin', old))
    const end = send(cleaned, done('removeCopy')).output
    assert.equal(end?.state === 'rolledBack' && end.remnants, [])
  })

  edge(
    test,
    'rollingBack.cleaning · error(removeCopy) → rolledBack',
    at('rollingBack.cleaning'),
    failed('removeCopy', 'engine-failed'),
    ({ output }) => assert.equal(output?.state === 'rolledBack' && output.leftover, leftover),
  )

  edge(
    test,
    'rollingBack.cleaning · after(cleaningTimeout) → rolledBack',
    at('rollingBack.cleaning'),
    after('cleaningTimeout', 'rollingBack.cleaning'),
    ({ output }) => assert.equal(output?.state === 'rolledBack' && output.leftover, leftover),
  )

  const upgrade = 'plugin-flow upgrade acme/probe:1.0 docker.io/acme/probe:1.0'
  const enable = 'plugin-flow enable acme/probe:1.0'
  const install = 'plugin-flow install --alias acme/probe:1.0'

  edge(
    test,
    'rollingBack.looking · done(lookAround) → stranded',
    at('rollingBack.looking'),
    done('lookAround', { plugin: swapped, hasCopy: true }),
    ({ output }) => {
      const { failure, ...rest } = Object(output)
      assert.is(failure.code, 'set-failed')
      assert.equal(rest, {
        state: 'stranded',
        reason: 'the sample of registry-unreachable',
        name: 'acme/probe:1.0',
        version: 'new',
        commands: [upgrade, enable],
        leftover,
      })
    },
  )

  for (const [version, plugin, before, commands] of [
    ['old', oldDisabled, old, [enable]],
    ['old', old, old, []],
    ['old', oldDisabled, oldDisabled, []],
    ['new', { ...swapped, enabled: true }, old, [upgrade]],
    ['new', swapped, oldDisabled, [upgrade]],
    ['other', other, old, ['plugin-flow inspect acme/probe:1.0']],
    ['gone', undefined, old, [`${install} docker.io/acme/probe:1.0`]],
    ['gone', undefined, oldDisabled, [`${install} --disable docker.io/acme/probe:1.0`]],
  ] as const) {
    const what = plugin ? `${version}, ${plugin.enabled ? 'enabled' : 'disabled'}` : version
    test(`rollingBack.looking :: ${what}, before ${before.enabled ? 'enabled' : 'disabled'} :: the commands that mend it`, () => {
      const found = { ...(plugin && { plugin }), hasCopy: false }
      const { output } = send(at('rollingBack.looking', {}, before), done('lookAround', found))
      assert.is(output?.state, 'stranded')
      if (output?.state !== 'stranded') return
      assert.equal([output.version, output.commands], [version, commands])
      assert.not('leftover' in output)
    })
  }

  edge(
    test,
    'rollingBack.looking · error(lookAround) → stranded',
    at('rollingBack.looking'),
    failed('lookAround', 'engine-unreachable'),
    ({ output }) => {
      const { version, commands, leftover: left } = Object(output)
      assert.equal([version, commands], ['unknown', ['plugin-flow inspect acme/probe:1.0']])
      assert.equal(left, leftover)
    },
  )

  edge(
    test,
    'rollingBack · after(rollingBackTimeout) → stranded',
    at('rollingBack.returning'),
    after('rollingBackTimeout', 'rollingBack'),
    ({ output }) => {
      const { version, reason, leftover: left } = Object(output)
      assert.equal([version, reason], ['unknown', 'the way back took too long'])
      assert.equal(left, leftover)
    },
  )

  edge(
    test,
    'rollingBack.quiescing · error(quiescePlugin) → rollingBack.looking',
    at('rollingBack.quiescing'),
    failed('quiescePlugin', 'engine-failed'),
    ({ context }) => assert.is(context.stranded, 'the sample of engine-failed'),
  )

  edge(
    test,
    'rollingBack.returning · error(returnPlugin) → rollingBack.looking',
    at('rollingBack.returning'),
    failed('returnPlugin', 'engine-failed'),
    ({ context }) => assert.is(context.stranded, 'the sample of engine-failed'),
  )

  edge(
    test,
    'rollingBack.restoring · error(restorePlugin) → rollingBack.looking',
    at('rollingBack.restoring'),
    failed('restorePlugin', 'engine-failed'),
    ({ context }) => assert.is(context.stranded, 'the sample of engine-failed'),
  )

  edge(
    test,
    'rollingBack.enabling · error(enablePlugin) → rollingBack.looking',
    at('rollingBack.enabling'),
    failed('enablePlugin', 'engine-failed'),
    ({ context }) => assert.is(context.stranded, 'the sample of engine-failed'),
  )

  edge(
    test,
    'rollingBack.proving · error(inspectPlugin) → rollingBack.looking',
    at('rollingBack.proving'),
    failed('inspectPlugin', 'engine-failed'),
    ({ context }) => assert.is(context.stranded, 'the sample of engine-failed'),
  )
})
