import * as assert from 'uvu/assert'
import { type AnyStateMachine, createMachine } from 'xstate'
import { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import { allLayouts as layouts } from '../../../src/chart/allLayouts.generated.ts'
import { chartEdges, toMermaid } from '../../../src/chart/chart.ts'
import { machines } from '../../../src/chart/machines.ts'
import { toScxml } from '../../../src/chart/toScxml.ts'
import { suite } from '../../support/suite.ts'
import { onStage } from './stage.ts'

suite('plugin-flow machine', (test) => {
  test('json :: XState makes the same chart of it', () =>
    onStage(async ({ command }) => {
      const { code, stdout } = await command('machine')
      assert.is(code, 0)
      const machine: AnyStateMachine = createMachine(JSON.parse(stdout))
      assert.equal(chartEdges(machine), chartEdges(pluginInstallMachine))
      assert.is(machine.id, 'pluginInstall')
    }))

  test('each machine by its id in kebab case, and no other', () =>
    onStage(async ({ command }) => {
      const ids = [...machines.keys()]
      const names = ids.map((id) => id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
      const printed = await Promise.all(names.map((name) => command('machine', name)))
      assert.equal(
        printed.map(({ stdout }) => JSON.parse(stdout).id),
        ids,
      )
      const { stderr } = await command('machine', 'x')
      assert.match(stderr, `only ${names.join(', ')};`)
    }))

  test('a machine by its id', () =>
    onStage(async ({ command }) => {
      const { code, stdout } = await command('machine', 'pluginInstall', '-f', 'mermaid')
      assert.equal([code, stdout], [0, toMermaid(pluginInstallMachine)])
    }))

  for (const [id, machine] of machines) {
    test(`${id} :: json, mermaid and scxml`, () =>
      onStage(async ({ command }) => {
        const json = await command('machine', id)
        assert.equal(chartEdges(createMachine(JSON.parse(json.stdout))), chartEdges(machine))
        const mermaid = await command('machine', id, '--format', 'mermaid')
        assert.equal([mermaid.code, mermaid.stdout], [0, toMermaid(machine)])
        const scxml = await command('machine', id, '--format', 'scxml')
        assert.equal([scxml.code, scxml.stdout], [0, toScxml(machine)])
      }))

    test(`${id} :: svg :: every state and every arrow, in a file that loads nothing`, () =>
      onStage(async ({ command }) => {
        const { code, stdout } = await command('machine', id, '-f', 'svg')
        assert.is(code, 0)
        assert.match(stdout, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="/)
        assert.match(stdout, /<\/svg>\n$/)
        const layout = layouts.get(id)
        assert.ok(layout)
        for (const { path } of layout.states) assert.match(stdout, `data-state="${path}"`)
        assert.is(stdout.split('class="arrow').length - 1, layout.arrows.length)
        assert.not.match(stdout, /href|<script|url\(/)
      }))
  }

  test('wrong usage', () =>
    onStage(async ({ command }) => {
      const bad = await command('machine', '--format', 'png')
      assert.equal([bad.code, /takes json, mermaid, scxml, svg/.test(bad.stderr)], [2, true])
      const unknown = await command('machine', 'x')
      assert.equal(
        [unknown.code, /only plugin-install, plugin-upgrade, rollout/.test(unknown.stderr)],
        [2, true],
      )
      assert.is((await command('machine', 'pluginInstall', 'x')).code, 2)
    }))
})
