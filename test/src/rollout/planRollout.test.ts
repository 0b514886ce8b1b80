import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { simulateEngine } from '../../../adapters/simulation/simulateEngine.ts'
import type { CallOptions, Engine, InputOf, OperationId } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { PlannedTarget } from '../../../machines/rollout/plan.ts'
import { createAnswers } from '../../../src/rollout/createAnswers.ts'
import type { FleetTarget } from '../../../src/rollout/fleetFile.ts'
import { hashPlan } from '../../../src/rollout/hash.ts'
import { checkPlanAge, parsePlan } from '../../../src/rollout/planFile.ts'
import { type PlanRolloutOptions, planRollout } from '../../../src/rollout/planRollout.ts'
import type { Ask } from '../../../src/rollout/questions.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { type Schema, violations } from '../../support/jsonSchema.ts'
import { suite } from '../../support/suite.ts'

const schema: Schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/rollout-plan.schema.json'), 'utf8'),
)
const SSHFS = 'vieux/sshfs:latest'
const never = { signal: new AbortController().signal }

const target = (id: string, more: Partial<FleetTarget> = {}): FleetTarget => ({
  id,
  labels: {},
  access: { host: `tcp://${id}:2375` },
  ...more,
})

/** Simulated engines, by the id of their target; what each was asked, apart from looks, fails the test. */
function fleetOf(engines: Readonly<Record<string, Engine>>, zones: Record<string, string> = {}) {
  const calls: string[] = []
  const connect: PlanRolloutOptions['connect'] = (access) => {
    const id = 'host' in access ? access.host.slice(6, -5) : access.context
    const engine = engines[id]
    if (!engine) throw new EngineError('engine-unreachable', `no engine at ${id}`)
    return {
      call(operation, input, options) {
        calls.push(`${id} ${operation}`)
        return engine.call(operation, input, options)
      },
    }
  }
  const targets = Object.keys(engines).map((id) =>
    target(id, zones[id] === undefined ? {} : { zone: zones[id] }),
  )
  return { fleet: { targets }, connect, calls }
}

async function engineWith(reference?: string, ...settings: string[]) {
  const { engine } = simulateEngine({ pace: 0 })
  if (reference === undefined) return engine
  const { privileges } = await engine.call('getPluginPrivileges', { remote: reference }, never)
  await engine.call(
    'pluginPull',
    { remote: reference, name: reference.replace('docker.io/', ''), privileges },
    never,
  )
  const name = reference.replace('docker.io/', '')
  if (settings.length > 0) await engine.call('pluginSet', { name, settings }, never)
  await engine.call('pluginEnable', { name, timeout: 0 }, never)
  return engine
}

const doing = (targets: readonly PlannedTarget[]) =>
  Object.fromEntries(
    targets.map(({ id, does }) => [id, 'why' in does ? `skip: ${does.why}` : does.action]),
  )

/** Of an engine that never answers. */
const silent: Engine = {
  call: (_, __, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new EngineError('cancelled', 'cancelled')))
    }),
}

const LOOKS = [
  'systemPing',
  'systemInfo',
  'systemVersion',
  'pluginInspect',
  'getPluginPrivileges',
  'distributionInspect',
  'volumeList',
  'networkList',
  'containerList',
]

suite('planRollout :: what would be done where', (test) => {
  test('an install', async () => {
    const { fleet, connect, calls } = fleetOf({
      absent: await engineWith(),
      same: await engineWith(`docker.io/${SSHFS}`, 'DEBUG=1'),
      otherSettings: await engineWith(`docker.io/${SSHFS}`),
      silent,
    })
    fleet.targets.push(target('gone'))
    const looked: string[] = []
    const plan = await planRollout({
      fleet,
      connect,
      reference: 'vieux/sshfs',
      settings: [{ name: 'DEBUG', value: '1' }],
      deadline: 200,
      onLook: (count, of) => looked.push(`${count}/${of}`),
    })
    assert.equal(doing(plan.targets), {
      absent: 'install',
      same: 'nothing',
      otherSettings: 'skip: the plugin is there with other settings: plan an upgrade',
      silent: 'install',
      gone: 'install',
    })
    const founds = Object.fromEntries(plan.targets.map(({ id, found }) => [id, found]))
    assert.equal(founds.absent, { state: 'absent', takesDigests: false })
    assert.equal(founds.same, {
      state: 'present',
      digest: 'unknown',
      reference: `docker.io/${SSHFS}`,
      enabled: true,
      inUse: false,
      takesDigests: false,
    })
    assert.equal(founds.silent, {
      state: 'unreachable',
      why: 'it has not answered within 0.2 s',
    })
    assert.equal(founds.gone, { state: 'unreachable', why: 'no engine at gone' })
    assert.match(String(plan.plugin.digest), /^sha256:[0-9a-f]{64}$/)
    assert.is(plan.plugin.name, SSHFS)
    assert.ok(plan.privileges.some(({ Name }) => Name === 'mount'))
    assert.is(looked.at(-1), '5/5')
    assert.equal(
      calls.filter((call) => !LOOKS.includes(call.split(' ')[1] ?? '')),
      [],
    )
    assert.equal(violations(schema, plan), [])
    assert.equal(parsePlan(JSON.stringify(plan), 'the plan'), plan)
  })

  test('an install where the plugin is disabled, or from elsewhere', async () => {
    const disabled = await engineWith(`docker.io/${SSHFS}`)
    await disabled.call('pluginDisable', { name: SSHFS }, never)
    const other = await engineWith()
    await other.call(
      'pluginPull',
      { remote: 'docker.io/acme/plain:latest', name: SSHFS, privileges: [] },
      never,
    )
    const { targets } = await planRollout({ ...fleetOf({ disabled, other }), reference: SSHFS })
    assert.equal(doing(targets), {
      disabled: 'skip: the plugin is there and disabled: enable or remove it',
      other: 'skip: a plugin of this name is there with other content: plan an upgrade',
    })
  })

  test('an upgrade', async () => {
    const { targets, plugin } = await planRollout({
      ...fleetOf({ old: await engineWith('docker.io/acme/notes:1.0'), absent: await engineWith() }),
      kind: 'upgrade',
      reference: 'acme/notes:2.0',
      name: 'acme/notes:1.0',
    })
    assert.equal(doing(targets), {
      old: 'upgrade',
      absent: 'skip: there is no plugin of this name',
    })
    assert.equal([plugin.reference, plugin.name], ['acme/notes:2.0', 'acme/notes:1.0'])
  })

  test('content of the reference is recognized by its digest, on engines that take one', async () => {
    const first = simulateEngine({ pace: 0 }).engine
    const look = await first.call('distributionInspect', { remote: SSHFS }, never)
    const pinned = `vieux/sshfs@${look.digest}`
    const other = `vieux/sshfs@sha256:${'0'.repeat(64)}`
    const crashing = await engineWith(`docker.io/${SSHFS}`)
    /** A newer engine, with the plugin as it was pulled by this reference. */
    const pulledBy = (PluginReference: string): Engine =>
      ({
        async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
          const given = 'remote' in input ? { ...input, remote: SSHFS } : input
          const answer = await crashing.call(id, given, options)
          const shown: Partial<Record<OperationId, object>> = {
            systemPing: { version: '26.1.5' },
            systemInfo: { id: PluginReference },
            pluginInspect: { PluginReference },
          }
          return shown[id] ? { ...(answer as object), ...shown[id] } : answer
        },
      }) as Engine
    const engines = {
      same: pulledBy(`docker.io/${pinned}`),
      other: pulledBy(`docker.io/${other}`),
      tagged: pulledBy(`docker.io/${SSHFS}`),
      crashing,
    }
    const plan = (kind: 'install' | 'upgrade') =>
      planRollout({ ...fleetOf(engines), kind, reference: pinned, name: SSHFS })
    const upgrade = await plan('upgrade')
    assert.equal(doing(upgrade.targets), {
      same: 'nothing',
      other: 'upgrade',
      tagged: 'upgrade',
      crashing: 'skip: the engine would crash on a reference with a digest',
    })
    const digests = upgrade.targets.map(({ found }) => 'digest' in found && found.digest)
    assert.equal(digests, ['same', 'other', 'unknown', 'unknown'])
    const installed = doing((await plan('install')).targets)
    assert.is(installed.same, 'nothing')
    assert.match(String(installed.other), 'with other content')
  })

  test('through workers of two zones, which are asked for secrets first, and of which each reaches its own engines', async () => {
    const engines = {
      a: await engineWith(),
      b: await engineWith(`docker.io/${SSHFS}`, 'DEBUG=1'),
      c: await engineWith(),
    }
    const zones = { a: 'eu', b: 'us', c: 'eu' }
    const { fleet, connect } = fleetOf(engines, zones)
    const questions: string[] = []
    const workers = new Map<string | undefined, ReturnType<typeof createAnswers>>(
      Object.keys(zones).map((id) => [
        zones[id as keyof typeof zones],
        createAnswers({
          connect: ({ access }) => (connect as NonNullable<typeof connect>)(access),
          secret: async () => 'x',
        }),
      ]),
    )
    const ask: Ask = async (zone, question, signal) => {
      const on = 'target' in question ? question.target.id : ''
      questions.push(`${zone} ${question.about} ${on}`)
      if (on === 'c') throw new EngineError('engine-unreachable', `no worker of ${zone}`)
      const worker = workers.get(zone)
      assert.ok(worker)
      return worker(JSON.parse(JSON.stringify(question)) as typeof question, signal)
    }
    const plan = await planRollout({
      fleet,
      ask,
      connect() {
        throw new Error('no engine is reached from here')
      },
      reference: SSHFS,
      env: {},
      settings: [
        { name: 'DEBUG', value: '1' },
        { name: 'TOKEN', from: 'env', variable: 'NOT_HERE' },
      ],
    })
    assert.equal(doing(plan.targets), { a: 'install', b: 'nothing', c: 'install' })
    const { found } = plan.targets.find(({ id }) => id === 'c') ?? {}
    assert.equal(found, { state: 'unreachable', why: 'no worker of eu' })
    assert.match(String(plan.plugin.digest), /^sha256:/)
    assert.equal(questions, [
      'eu secrets ',
      'us secrets ',
      'eu target a',
      'us target b',
      'eu target c',
      'eu content a',
    ])
  })

  test('a removal asks no registry', async () => {
    const { fleet, connect, calls } = fleetOf({
      there: await engineWith(`docker.io/${SSHFS}`),
      absent: await engineWith(),
    })
    const plan = await planRollout({ fleet, connect, kind: 'remove', reference: 'vieux/sshfs' })
    assert.equal(doing(plan.targets), { there: 'remove', absent: 'nothing' })
    assert.equal(plan.plugin, { reference: SSHFS, name: SSHFS, settings: [] })
    assert.equal(plan.privileges, [])
    assert.not.ok(calls.some((call) => /getPluginPrivileges|distributionInspect/.test(call)))
    assert.equal(violations(schema, plan), [])
  })

  test('a removal of what is in use is left out', async () => {
    const engine = await engineWith('docker.io/acme/notes:1.0')
    const used: Engine = {
      async call(id, input, options) {
        const answer = await engine.call(id, input, options)
        return id === 'volumeList' ? ([{ Name: 'v' }] as typeof answer) : answer
      },
    }
    const { targets } = await planRollout({
      ...fleetOf({ used: withVolumes(used) }),
      kind: 'remove',
      reference: 'acme/notes:1.0',
    })
    assert.equal(doing(targets), { used: 'skip: the plugin is in use' })
  })

  test('a reference with a digest, which this engine would crash on', async () => {
    const { fleet, connect } = fleetOf({ old: await engineWith() })
    await refusedWith(
      'engine-unsupported',
      () => planRollout({ fleet, connect, reference: `acme/plain@sha256:${'0'.repeat(64)}` }),
      /^no engine of the fleet takes a reference with a digest/,
    )
  })

  test('targets of a zone are spread', async () => {
    const engines = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']
    const { fleet, connect } = fleetOf(
      Object.fromEntries(await Promise.all(engines.map(async (id) => [id, await engineWith()]))),
      Object.fromEntries(engines.map((id) => [id, id.slice(0, 1)])),
    )
    const { targets } = await planRollout({ fleet, connect, reference: SSHFS })
    assert.equal(
      targets.map(({ id }) => id),
      ['a1', 'b1', 'a2', 'c1', 'a3', 'b2', 'a4'],
    )
  })
})

/** An engine whose plugins are volume drivers. */
function withVolumes(engine: Engine): Engine {
  return {
    async call(id, input, options) {
      const answer = await engine.call(id, input, options)
      if (id !== 'pluginInspect' || !answer) return answer
      const plugin = structuredClone(answer) as { Config: { Interface: { Types: string[] } } }
      plugin.Config.Interface.Types = ['docker.volumedriver/1.0']
      return plugin as unknown as typeof answer
    },
  }
}

suite('planRollout :: refused', (test) => {
  test('two targets that are one engine', async () => {
    const engine = await engineWith()
    const { fleet, connect } = fleetOf({ one: engine, other: engine })
    await refusedWith(
      'invalid-configuration',
      () => planRollout({ fleet, connect, reference: SSHFS }),
      /^the targets "one" and "other" are one engine \(ID [0-9a-f]+\): leave one of them out$/,
    )
  })

  test('no engine that answers', async () => {
    await refusedWith(
      'engine-unreachable',
      () =>
        planRollout({
          fleet: { targets: [target('a'), target('b')] },
          connect: fleetOf({}).connect,
          reference: SSHFS,
        }),
      /^no engine of the fleet answers \(a: no engine at a and 1 more\)$/,
    )
  })

  test('a reference that names nothing :: the engine that told', async () => {
    const { fleet, connect } = fleetOf({ one: await engineWith() })
    const error = await planRollout({ fleet, connect, reference: 'acme/nosuch' }).catch(
      (reason) => reason,
    )
    assert.match(error.message, /^"one": /)
  })

  test('another digest than the expected one', async () => {
    const { fleet, connect } = fleetOf({ one: await engineWith() })
    await refusedWith('digest-changed', () =>
      planRollout({ fleet, connect, reference: SSHFS, digest: `sha256:${'0'.repeat(64)}` }),
    )
  })

  const wrong: [options: Partial<PlanRolloutOptions>, code: 'invalid-reference', words: RegExp][] =
    [
      [{ reference: 'A/B' }, 'invalid-reference', /lower case/],
      [{ digest: 'x' }, 'invalid-option' as 'invalid-reference', /is not a digest/],
      [
        { settings: [{ name: 'a', field: 'source', value: 'x' }] },
        'invalid-setting' as 'invalid-reference',
        /absolute path/,
      ],
      [
        { strategy: { parallel: 0 } },
        'invalid-option' as 'invalid-reference',
        /^strategy.parallel: it must be a whole number from 1 to 1000$/,
      ],
      [
        { strategy: { maxFailures: '101%' } },
        'invalid-option' as 'invalid-reference',
        /^strategy.maxFailures: it must be a whole number of targets, or a percentage/,
      ],
      [
        { strategy: { hold: -1 } },
        'invalid-option' as 'invalid-reference',
        /^strategy.hold: it must be whole milliseconds up to 86400000$/,
      ],
      [
        { strategy: { paralel: 1 } as object },
        'invalid-option' as 'invalid-reference',
        /^strategy.paralel: there is no such name$/,
      ],
    ]
  for (const [options, code, words] of wrong) {
    test(String(words), async () => {
      const fleet = { targets: [target('a')] }
      await refusedWith(code, () => planRollout({ fleet, reference: SSHFS, ...options }), words)
    })
  }

  test('cancelled', async () => {
    const cancel = new AbortController()
    const planning = planRollout({
      ...fleetOf({ silent }),
      reference: SSHFS,
      signal: cancel.signal,
    })
    cancel.abort()
    await refusedWith('cancelled', () => planning)
  })
})

suite('planRollout :: secret settings', (test) => {
  test('words of an engine that quote the value of a plugin are no part of a plan', async () => {
    const quoting: Engine = {
      call(id) {
        const engineMessage = `${id} failed with DEBUG=hunter2hunter2`
        throw new EngineError('engine-failed', engineMessage, { engineMessage, status: 500 })
      },
    }
    const { fleet, connect } = fleetOf({ quoting, absent: await engineWith() })
    const settings = [{ name: 'DEBUG', from: 'env' as const, variable: 'PLANTED' }]
    const env = { PLANTED: 'other' }
    const plan = await planRollout({ fleet, connect, reference: SSHFS, settings, env })
    const { found } = plan.targets.find(({ id }) => id === 'quoting') ?? {}
    assert.is(found?.state, 'unreachable')
    assert.not.match(JSON.stringify(plan), 'hunter2')
  })

  const PLANTED = 'planted-Value-77aa'

  test('their values are in no plan, and by default checked on this machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plan-'))
    const path = join(folder, 'password')
    writeFileSync(path, `${PLANTED}\n`)
    try {
      const plan = await planRollout({
        ...fleetOf({ a: await engineWith(`docker.io/${SSHFS}`) }),
        reference: SSHFS,
        env: { TOKEN: PLANTED },
        settings: [
          { name: 'DEBUG', from: 'env', variable: 'TOKEN' },
          { name: 'sshkey', from: 'file', path },
        ],
      })
      assert.not.match(JSON.stringify(plan), PLANTED)
      assert.equal(plan.plugin.settings, [
        { name: 'DEBUG', from: 'env', variable: 'TOKEN' },
        { name: 'sshkey', from: 'file', path },
      ])
      assert.equal(violations(schema, plan), [])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  const missing: [setting: PlannedSettingGiven, words: RegExp][] = [
    [{ name: 'A', from: 'env', variable: 'B' }, /a setting needs the variable B, which is not set/],
    [{ name: 'A', from: 'env', variable: 'EMPTY' }, /which is not set on this machine/],
    [{ name: 'A', from: 'file', path: '/nowhere/x' }, /cannot be read \(ENOENT\)/],
    [{ name: 'A', from: 'file', path: '/dev/null' }, /which is empty/],
    [{ name: 'A', from: 'file', path: process.execPath }, /cannot be read \(it has more than/],
    [{ name: 'm', field: 'source', from: 'env', variable: 'X' }, /"m.source" cannot be secret/],
  ]
  for (const [setting, words] of missing) {
    test(String(words), async () => {
      await refusedWith(
        'invalid-setting',
        () =>
          planRollout({
            fleet: { targets: [target('a')] },
            reference: SSHFS,
            env: { EMPTY: '', X: '/x' },
            settings: [setting],
          }),
        words,
      )
    })
  }

  test('a file that is not text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plan-'))
    writeFileSync(join(folder, 'x'), Buffer.from([0xff, 0xfe, 0x00]))
    await refusedWith(
      'invalid-setting',
      () =>
        planRollout({
          fleet: { targets: [target('a')] },
          reference: SSHFS,
          settings: [{ name: 'A', from: 'file', path: join(folder, 'x') }],
        }),
      /which is not text$/,
    )
    rmSync(folder, { recursive: true })
  })

  test('one that is given twice', async () => {
    await refusedWith(
      'invalid-setting',
      () =>
        planRollout({
          fleet: { targets: [target('a')] },
          reference: SSHFS,
          settings: [{ name: 'A', value: '1' }, { name: 'A' }],
        }),
      /"A" is given twice/,
    )
  })
})

type PlannedSettingGiven = NonNullable<PlanRolloutOptions['settings']>[number]

suite('planRollout :: many engines', (test) => {
  test('10,000 targets leave room for others in the event loop', async () => {
    const engine: Engine = {
      async call(id, input) {
        await new Promise(setImmediate)
        if (id === 'systemInfo') return { id: `${count++}` } as never
        if (id === 'systemPing') return { apiVersion: '1.41', version: '28.0.0' } as never
        if (id === 'pluginInspect') return undefined as never
        if (id === 'distributionInspect') return { digest: `sha256:${'a'.repeat(64)}` } as never
        return { privileges: [], hidden: false, input } as never
      },
    }
    let count = 0
    let turns = 0
    let [open, most] = [0, 0]
    const turning = setInterval(() => turns++, 1)
    const targets = Array.from({ length: 10_000 }, (_, index) => target(`t${index}`))
    const plan = await planRollout({
      fleet: { targets },
      reference: SSHFS,
      connect() {
        most = Math.max(most, ++open)
        return { call: engine.call, close: () => open-- }
      },
    })
    clearInterval(turning)
    assert.is(plan.targets.length, 10_000)
    assert.is(open, 0)
    assert.is(most, 256)
    assert.ok(turns > 10, `${turns} turns for others`)
  })
})

suite('parsePlan', (test) => {
  const planned = async () =>
    planRollout({ ...fleetOf({ a: await engineWith() }), reference: SSHFS })
  const parse = (plan: unknown) => parsePlan(JSON.stringify(plan), 'the plan p.json')

  test('fields in another order, and a byte order mark, do not count', async () => {
    const { hash, targets, ...rest } = await planned()
    const text = `\ufeff${JSON.stringify({ targets, hash, ...rest }, null, 4)}`
    assert.is(parsePlan(text, 'the plan').hash, hash)
  })

  test('a plan that was edited', async () => {
    const plan = await planned()
    const edited = { ...plan, plugin: { ...plan.plugin, reference: 'evil/sshfs:latest' } }
    await refusedWith(
      'invalid-configuration',
      async () => parse(edited),
      /^the plan p.json was changed after it was made: its hash does not match/,
    )
    assert.is.not(hashPlan(edited), plan.hash)
  })

  const damages: [damage: (plan: object) => unknown, words: RegExp][] = [
    [() => [], /is not a plan of plugin-flow rollout plan/],
    [(plan) => ({ ...plan, version: 2 }), /: version is invalid/],
    [(plan) => ({ ...plan, more: 1 }), /: more is invalid/],
    [(plan) => ({ ...plan, targets: [{ id: 'a' }] }), /: targets\.0\./],
    [(plan) => ({ ...plan, plugin: { reference: 'A', name: 'a', settings: [] } }), /plugin\.ref/],
  ]
  for (const [damage, words] of damages) {
    test(String(words), async () => {
      const plan = await planned()
      await refusedWith('invalid-configuration', async () => parse(damage(plan)), words)
    })
  }

  for (const [text, words] of [
    ['{', /is not valid JSON/],
    ['{} {}', /has more after its end/],
    ['{"at":1,"at":2}', /has "at" twice/],
  ] as const) {
    test(text, async () => {
      await refusedWith('invalid-configuration', async () => parsePlan(text, 'the plan'), words)
    })
  }

  test('checkPlanAge', async () => {
    const hour = 3_600_000
    const at = (ms: number) => ({ at: new Date(Date.now() - ms).toISOString() })
    checkPlanAge(at(0), 'the plan', hour)
    checkPlanAge(at(-60_000), 'the plan', hour)
    const refused = (ms: number, most: number, words: RegExp) =>
      refusedWith(
        'invalid-configuration',
        async () => checkPlanAge(at(ms), 'the plan', most),
        words,
      )
    await refused(2 * hour, hour, /^the plan is older than an hour/)
    await refused(30 * hour, 24 * hour, /^the plan is older than 24 hours/)
    await refused(-hour, hour, /^the plan is from the future by the clock of this machine/)
  })
})
