import * as assert from 'uvu/assert'
import type { UpgradeOutput } from '../../../../machines/plugin-upgrade/types.ts'
import {
  shownUpgradeContext,
  shownUpgradeOutput,
} from '../../../../src/flow/inspection/shownUpgrade.ts'
import { suite } from '../../../support/suite.ts'
import {
  at,
  begin,
  cancel,
  copy,
  done,
  failed,
  old,
  send,
  type UpgradeChart,
} from '../../../support/upgradeChart.ts'

const shown = (chart: UpgradeChart) => shownUpgradeContext(chart.context)
const plugin = { id: old.id, name: old.name }

suite('snapshot of an upgrade for an inspector', (test) => {
  test('at its start :: what was asked for, and nothing else', () => {
    const { input, ...rest } = shown(begin())
    assert.equal(rest, {
      phase: 'untouched',
      enable: 'none',
      swap: 'none',
      asksPerson: false,
      credentialsAttempt: 0,
    })
    assert.is(input.mode, 'inPlace')
  })

  test('in the middle :: the plugin, its copy, the plan and the consent, without settings', () => {
    const { before, copy: staged, now, plan, consent, resolved } = shown(at('proving'))
    assert.equal(before, { ...plugin, enabled: true })
    assert.equal(staged, { id: copy.id, name: copy.name, enabled: false })
    assert.equal(now, { ...plugin, enabled: false })
    assert.equal(plan, { mode: 'inPlace', fates: ['newDefault', 'stays', 'stays'] })
    assert.equal(consent?.request, { id: 2 })
    assert.is(resolved?.hasWayBack, true)
  })

  test('a plugin that is gone, or was not to be seen, by that word', () => {
    const looking = at('rollingBack.looking')
    const gone = send(looking, done('lookAround', { hasCopy: true }))
    assert.is(shown(gone).now, 'gone')
    assert.equal(shown(gone).leftover, { name: copy.name })
    const unseen = send(looking, failed('lookAround', 'engine-unreachable'))
    assert.is(shown(unseen).now, 'unknown')
    assert.is(shown(unseen).failure?.code, 'set-failed')
  })

  const output = (chart: UpgradeChart) => shownUpgradeOutput(chart.output as UpgradeOutput)

  test('its end :: which version is there, and what is left, without the words of anyone', () => {
    assert.is(shownUpgradeOutput(undefined), undefined)
    const ended = output(send(at('cleaning'), done('removeCopy')))
    assert.ok(ended?.state === 'done')
    const back = output(send(at('resolving'), cancel))
    assert.ok(back && 'changed' in back && back.changed === false && !('leftover' in back))
    const gone = send(at('rollingBack.looking'), done('lookAround', { hasCopy: true }))
    const stranded = output(gone)
    assert.ok(stranded && 'version' in stranded && 'leftover' in stranded)
    assert.equal([stranded.version, stranded.leftover], ['gone', { name: copy.name }])
    assert.not.match(JSON.stringify(stranded), /sample of|reason|commands/)
  })
})
