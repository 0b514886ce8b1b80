import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Plugin } from '../../../machines/plugin.ts'
import { defaultsOf, differences, observe } from '../../../machines/plugin-upgrade/effect.ts'
import { planUpgrade } from '../../../machines/plugin-upgrade/planUpgrade.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { upgradePlugin } from '../../../src/upgrade.ts'
import { recordedBody } from '../../adapters/embedded/recordings.ts'
import { onStage } from '../../support/embedded.ts'
import { suite } from '../../support/suite.ts'

const settable = ['value']

suite('a plan beside what real engines did', (test) => {
  const inspected = (scenario: string) => JSON.parse(recordedBody(scenario)) as Plugin

  for (const scenario of [
    'env-renamed',
    'device-added',
    'device-removed',
    'mount-renamed',
    'mount-added',
  ]) {
    test(`upgrade.inspect-${scenario} :: what was in effect is what a plan in place starts from`, () => {
      const now = observe(inspected(`upgrade.inspect-${scenario}`))
      const fresh = { ...now, effect: defaultsOf(now.config) }
      // The engine has upgraded it in place: the same again changes nothing more, but for what is set.
      const { expected, settings, entries } = planUpgrade(now, fresh, [], 'inPlace')
      const set = entries.filter(({ fate }) => fate === 'newDefault').map(({ name }) => name)
      assert.equal(
        settings.map(({ name }) => name),
        set,
      )
      assert.equal(
        differences(expected, now.effect).filter(({ name }) => !set.includes(name)),
        [],
      )
    })
  }
})

suite('a plan beside the embedded engine', (test) => {
  const letter = fc.constantFrom('A', 'B', 'C')
  const value = fc.constantFrom('1', '2', '')
  const unique = { selector: ({ Name }: { Name: string }) => Name, maxLength: 3 }
  const config = fc.record({
    Env: fc.uniqueArray(
      fc.record({
        Name: letter,
        Value: fc.option(value, { nil: null }),
        Settable: fc.constantFrom<string[] | null>(null, settable),
      }),
      unique,
    ),
    Mounts: fc.uniqueArray(
      fc.record({
        Name: fc.constantFrom('m', 'n'),
        Source: fc.constantFrom('/1', '/2'),
        Settable: fc.constantFrom<string[] | null>(null, ['source']),
      }),
      unique,
    ),
    Args: fc.record({
      Name: fc.constant('args'),
      Value: fc.constantFrom<string[]>(['x'], ['y', 'z'], []),
      Settable: fc.constantFrom<string[] | null>(null, settable),
    }),
    Linux: fc.record({
      Devices: fc.uniqueArray(
        fc.record({
          Name: fc.constantFrom('d', 'e'),
          Path: fc.constantFrom('/dev/1', '/dev/2'),
          Settable: fc.constantFrom<string[] | null>(null, ['path']),
        }),
        unique,
      ),
    }),
  })

  for (const mode of ['inPlace', 'replace'] as const) {
    test(`any two versions, ${mode} :: in effect is what was planned`, () =>
      onStage(
        async ({ embedded, install, engine }) => {
          await fc.assert(
            fc.asyncProperty(config, config, async (one, two) => {
              const name = 'acme/any:1'
              embedded.publish(name, definePlugin({ config: one }))
              embedded.publish('acme/any:2', definePlugin({ config: two }))
              await install({ reference: name, grantAllPermissions: true }).result
              const options = {
                name,
                reference: 'acme/any:2',
                mode,
                grantAllPermissions: true,
                noWayBack: 'accept',
              } as const
              const flow = upgradePlugin(engine, options)
              const { id } = await flow.result
              const [plugin] = embedded.plugins()
              const { plan } = flow.snapshot().run
              assert.ok(plugin && plan)
              assert.equal(differences(plan.expected, observe(plugin).effect), [])
              await engine.call(
                'pluginDelete',
                { name: id, force: true },
                { signal: new AbortController().signal },
              )
            }),
            { numRuns: 25, endOnFailure: true },
          )
        },
        { registries: { 'docker.io': { repositories: {} } } },
      ))
  }
})
