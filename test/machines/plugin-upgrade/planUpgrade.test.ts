import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Plugin } from '../../../machines/plugin.ts'
import { defaultsOf, differences, item, observe } from '../../../machines/plugin-upgrade/effect.ts'
import {
  entriesToAgreeTo,
  lostOnReturn,
  needsReplacing,
  planUpgrade,
} from '../../../machines/plugin-upgrade/planUpgrade.ts'
import { type ConfigSketch, definePlugin } from '../../../src/embedded.ts'
import { upgradePlugin } from '../../../src/upgrade.ts'
import { recordedBody } from '../../adapters/embedded/recordings.ts'
import { onStage } from '../../support/embedded.ts'
import { parsed } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { observed } from '../../support/upgradeChart.ts'

const settable = ['value']
const of = (config: ConfigSketch) => observed(definePlugin({ config }).config)

/** The fates in short: `env DEBUG stays 0→1`. */
function fates(...[from, to, asked, mode]: Parameters<typeof planUpgrade>): string[] {
  return planUpgrade(from, to, asked, mode).entries.map(
    ({ kind, name, fate, from: before = '', to: after = '' }) =>
      `${kind} ${name} ${fate} ${before}→${after}`,
  )
}

suite('planUpgrade', (test) => {
  const env = (Name: string, Value: string | null, Settable: string[] | null = null) => ({
    Name,
    Value,
    Settable,
  })
  const mount = (Name: string, Source: string, Settable: string[] | null = ['source']) => ({
    Name,
    Source,
    Settable,
  })
  const device = (Name: string, Path: string) => ({ Name, Path, Settable: ['path'] })
  const withOwn = (config: ConfigSketch, ...lines: string[]) => {
    const { effect, ...rest } = of(config)
    const own = lines.map((line) => {
      const [name = '', value = ''] = line.split('=')
      const { kind, mark } = item('env', name, value)
      return { kind, name, mark }
    })
    const others = effect.filter((one) => !own.some(({ name }) => name === one.name))
    return { ...rest, effect: [...others, ...own] }
  }

  for (const [what, from, to, inPlace, replaced] of [
    [
      'a variable with another default, that can be set',
      of({ Env: [env('A', '1', settable)] }),
      of({ Env: [env('A', '2', settable)] }),
      ['env A newDefault 1→2'],
      [],
    ],
    [
      'a variable with another default, that cannot',
      of({ Env: [env('A', '1')] }),
      of({ Env: [env('A', '2')] }),
      ['env A onlyByReplacing 1→2'],
      [],
    ],
    [
      'a new variable',
      of({}),
      of({ Env: [env('A', '2', settable), env('B', '3')] }),
      ['env A newDefault →2', 'env B onlyByReplacing →3'],
      [],
    ],
    [
      'a variable that is no longer there',
      of({ Env: [env('A', '1')] }),
      of({}),
      ['env A stays 1→1'],
      [],
    ],
    [
      'a value of the owner, that can still be set',
      withOwn({ Env: [env('A', '1', settable)] }, 'A=own'),
      of({ Env: [env('A', '2', settable)] }),
      ['env A kept →'],
      ['env A setAgain →'],
    ],
    [
      'a value of the owner, that cannot',
      withOwn({ Env: [env('A', '1', settable)] }, 'A=own'),
      of({ Env: [env('A', '2')] }),
      ['env A kept →'],
      ['env A reverts →2'],
    ],
    [
      'a value of the owner, that has no place',
      withOwn({ Env: [env('A', '1', settable)] }, 'A=own'),
      of({}),
      ['env A stays →'],
      ['env A lost →'],
    ],
    [
      'a mount that its owner may have pointed elsewhere',
      of({ Mounts: [mount('m', '/own')] }),
      of({ Mounts: [mount('m', '/new')] }),
      ['mount m setAgain /own→/own'],
      ['mount m setAgain /own→/own'],
    ],
    [
      'a mount that can no longer be set',
      of({ Mounts: [mount('m', '/own')] }),
      of({ Mounts: [mount('m', '/new', null)] }),
      ['mount m reverts /own→/new'],
      ['mount m reverts /own→/new'],
    ],
    [
      'a mount that is gone, or that nobody could set',
      of({ Mounts: [mount('m', '/own'), mount('n', '/fixed', null)] }),
      of({ Mounts: [mount('n', '/moved', null)] }),
      ['mount m lost /own→'],
      ['mount m lost /own→'],
    ],
    [
      'devices',
      of({ Linux: { Devices: [device('d', '/dev/a'), device('e', '/dev/e')] } }),
      of({ Linux: { Devices: [device('d', '/dev/b'), device('n', '/dev/n')] } }),
      [
        'device d kept /dev/a→/dev/a',
        'device n onlyByReplacing →/dev/n',
        'device e stays /dev/e→/dev/e',
      ],
      ['device d setAgain /dev/a→/dev/a', 'device e lost /dev/e→'],
    ],
    [
      'arguments, whatever they are called',
      of({ Args: { Name: 'a', Settable: settable, Value: ['x'] } }),
      of({ Args: { Name: 'b', Settable: settable, Value: ['y', 'z'] } }),
      ['args b newDefault x→y z'],
      [],
    ],
    ['nothing', of({ Env: [env('A', '1')] }), of({ Env: [env('A', '1')] }), [], []],
  ] as const) {
    test(`${what} :: in place ${JSON.stringify(inPlace)}, replaced ${JSON.stringify(replaced)}`, () => {
      assert.equal(fates(from, to, [], 'inPlace'), inPlace)
      assert.equal(fates(from, to, [], 'replace'), replaced)
      const needs = inPlace.some((fate) => /onlyByReplacing|stays/.test(fate))
      assert.is(needsReplacing(planUpgrade(from, to, [], 'inPlace')), needs)
    })
  }

  test('what is asked for :: is set, whatever it was; a device only by replacing', () => {
    const config = {
      Env: [env('A', '1', settable), env('N', null, settable)],
      Linux: { Devices: [device('d', '/dev/a')] },
    }
    const asked = [...parsed('A=x', 'A=2', 'N=3', 'd=/dev/b'), { name: 'A', secret: true as const }]
    const plan = planUpgrade(of({}), of(config), asked.slice(0, 4), 'inPlace')
    assert.equal(fates(of({}), of(config), asked.slice(0, 4), 'inPlace'), [
      'device d onlyByReplacing →/dev/b',
      'env A asked →2',
      'env N asked →3',
    ])
    assert.equal(plan.settings, parsed('A=2', 'N=3'))
    assert.equal(
      plan.expected.map(({ name, value }) => [name, value]),
      [
        ['A', '2'],
        ['', ''],
        ['N', '3'],
      ],
    )
    const replaced = planUpgrade(of({}), of(config), asked, 'replace')
    assert.equal(replaced.settings, [parsed('d=/dev/b')[0], asked[4], parsed('N=3')[0]])
    assert.not(replaced.expected.some(({ name }) => name === 'A'))
    const unknown = planUpgrade(of({}), of({}), parsed('UNKNOWN'), 'inPlace')
    assert.equal(unknown.entries, [{ kind: 'env', name: 'UNKNOWN', fate: 'asked' }])
    assert.is(unknown.expected.find(({ name }) => name === 'UNKNOWN')?.value, '')
  })

  test('what is carried over :: is the value of a mount or a device, and else only its mark', () => {
    const from = withOwn({ Env: [env('A', '1', settable)], Mounts: [mount('m', '/own')] }, 'A=own')
    const to = of({ Env: [env('A', '1', settable)], Mounts: [mount('m', '/new')] })
    assert.equal(planUpgrade(from, to, [], 'replace').settings, [
      { name: 'm', field: 'source', value: '/own' },
      { name: 'A', carried: item('env', 'A', 'own').mark },
    ])
  })

  test('agreement is asked for what is not as its owner, or the new version, wants it', () => {
    const entries = (
      [
        'asked',
        'kept',
        'setAgain',
        'newDefault',
        'reverts',
        'lost',
        'onlyByReplacing',
        'stays',
      ] as const
    ).map((fate) => ({ kind: 'env', name: 'A', fate }) as const)
    const plan = { mode: 'inPlace', entries, settings: [], expected: [] } as const
    const toAgree = entriesToAgreeTo({ ...plan, entries: [...entries], settings: [], expected: [] })
    assert.equal(
      toAgree.map(({ fate }) => fate),
      ['reverts', 'lost', 'onlyByReplacing', 'stays'],
    )
  })
})

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
