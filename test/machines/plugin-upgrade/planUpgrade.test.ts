import * as assert from 'uvu/assert'
import { item } from '../../../machines/plugin-upgrade/effect.ts'
import {
  entriesToAgreeTo,
  entriesToReplaceFor,
  planUpgrade,
} from '../../../machines/plugin-upgrade/planUpgrade.ts'
import { type ConfigSketch, definePlugin } from '../../../src/embedded.ts'
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
      'a mount that is gone, or that is not settable',
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
      assert.is(entriesToReplaceFor(planUpgrade(from, to, [], 'inPlace')).length > 0, needs)
    })
  }

  test('a setting that is asked for :: is set, whatever it was; a device only by replacing', () => {
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

  test('a setting that is carried over :: is the value of a mount or a device, and else only its mark', () => {
    const from = withOwn({ Env: [env('A', '1', settable)], Mounts: [mount('m', '/own')] }, 'A=own')
    const to = of({ Env: [env('A', '1', settable)], Mounts: [mount('m', '/new')] })
    assert.equal(planUpgrade(from, to, [], 'replace').settings, [
      { name: 'm', field: 'source', value: '/own' },
      { name: 'A', carried: item('env', 'A', 'own').mark },
    ])
  })

  test('a device that is set again :: by its path', () => {
    const at = (path: string) => of({ Linux: { Devices: [device('d', path)] } })
    assert.equal(planUpgrade(at('/dev/own'), at('/dev/new'), [], 'replace').settings, [
      { name: 'd', field: 'path', value: '/dev/own' },
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
    const toAgree = entriesToAgreeTo({ entries })
    assert.equal(
      toAgree.map(({ fate }) => fate),
      ['reverts', 'lost', 'onlyByReplacing', 'stays'],
    )
  })
})
