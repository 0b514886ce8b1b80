import * as assert from 'uvu/assert'
import { computePrivileges } from '../../../machines/privileges.ts'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { type Answer, call } from './call.ts'
import { whenAsked } from './engines.ts'
import { timeless } from './likeness.ts'
import { recordedAuth } from './recordedAuth.ts'
import { recordedRegistries } from './recordedWorld.ts'
import { type Recording, recordings } from './recordings.ts'
import { type Step, stepsBefore, stepsMeanwhile } from './startingStates.ts'

/** Not claimed, and why. */
const leftOut: [scenarios: RegExp, reason: string][] = [
  [/^create\./, 'the embedded engine takes no upload of a plugin'],
  [/^push\./, 'the embedded engine uploads nothing to a registry'],
  [/^version\.(version|info)$/, 'describes the machine; its fields are compared in system.test.ts'],
]

/** Headers that decide how a client reads an answer. */
const HEADERS = [
  'api-version',
  'cache-control',
  'content-type',
  'docker-experimental',
  'docker-plugin-name',
  'ostype',
  'pragma',
  'transfer-encoding',
  'x-content-type-options',
]

/** Slow enough that something can be caught while it is going on. */
const OBSERVABLE_PACE = 0.02

suite('conformance', (test) => {
  let matches = 0
  const claimed = [...recordings.values()].filter(({ scenario }) => !reasonToLeaveOut(scenario))

  for (const recording of claimed) {
    test(recording.scenario, async () => {
      const engine = await startEmbeddedEngine({
        registries: recordedRegistries,
        experimental: headerOf(recording, 'docker-experimental') === 'true',
        pace: paceOf(recording),
        newId: recordedIds(recording),
      })
      try {
        await takeAll(engine, stepsBefore(recording))
        assertAnswer(await replay(engine, recording), recording)
        if (recording.pluginsAfter !== '(engine gone)') {
          assert.equal(pluginsOn(engine), recording.pluginsAfter.split(', ').sort())
        }
      } finally {
        await engine.close()
      }
      matches++
    })
  }

  test('every recording is claimed or left out for one reason', () => {
    for (const scenario of recordings.keys()) {
      const reasons = leftOut.filter(([scenarios]) => scenarios.test(scenario))
      assert.ok(reasons.length <= 1, scenario)
    }
    for (const [scenarios] of leftOut) {
      assert.ok(
        [...recordings.keys()].some((scenario) => scenarios.test(scenario)),
        `${scenarios}`,
      )
    }
  })

  test('every claimed recording matches', () => {
    console.log(`\n${matches} of ${recordings.size} recorded scenarios match`)
    assert.is(matches, claimed.length)
  })
})

function reasonToLeaveOut(scenario: string): string | undefined {
  return leftOut.find(([scenarios]) => scenarios.test(scenario))?.[1]
}

/** Slower where the scenario is about something that is caught while it goes on. */
function paceOf({ scenario }: Recording): number {
  // Two seconds in which others must happen.
  if (/right-after/.test(scenario)) return 0.25
  return /while|second-call|two-at-once|client-gone|killed/.test(scenario) ? OBSERVABLE_PACE : 0
}

/** The ids that the plugins had, in the order in which they are pulled here. */
function recordedIds({ scenario, request, response }: Recording): () => string {
  const body = response.chunks.map(({ data }) => data).join('')
  const inBody = [...body.matchAll(/"Id":"([0-9a-f]{64})"/g)].map(([, id]) => id as string)
  const others = `${request.path} ${body}`.match(/(?<=plugins\/)[0-9a-f]{64}/g) ?? []
  const ids = scenario === 'inspect.id-prefix-ambiguous' ? ['f0', 'f1', '0', '1'] : inBody
  // A list that shows only one of the two plugins shows the second one when it asks for disabled ones.
  const first = scenario === 'list.enabled-false' ? ['1'] : []
  const all = [...first, ...ids, ...others]
  let next = 0
  return () => (all[next++] ?? `${next}`).padEnd(64, '0')
}

async function take(engine: EmbeddedEngine, step: Step): Promise<void> {
  const { host } = engine
  if (step.do === 'restart') return engine.restart()
  if (step.do === 'use') return engine.use(step.name, { volumes: ['data'] })
  if (step.do === 'publish') return engine.publish(step.remote, step.plugin)
  if (step.do === 'change disk') return engine.changeDisk(step.changes)
  if (step.do === 'change registry') return engine.changeRegistry(step.host, step.changes)
  const path = `/plugins/${'name' in step && step.do !== 'pull' ? step.name : 'pull'}`
  if (step.do === 'pull') {
    const body = JSON.stringify(step.grant ? [] : privilegesOf(step.remote))
    const query = new URLSearchParams({ remote: step.remote, name: step.name ?? '' })
    await call(host, { method: 'POST', path: `${path}?${query}`, body })
  } else if (step.do === 'upgrade') {
    const body = JSON.stringify(step.grant ? [] : privilegesOf(step.remote))
    await call(host, { method: 'POST', path: `${path}/upgrade?remote=${step.remote}`, body })
  } else if (step.do === 'set') {
    await call(host, { method: 'POST', path: `${path}/set`, body: JSON.stringify(step.pairs) })
  } else if (step.do === 'enable') {
    await call(host, { method: 'POST', path: `${path}/enable?timeout=0` })
  } else if (step.do === 'disable') {
    await call(host, { method: 'POST', path: `${path}/disable?force=1` })
  } else if (step.do === 'remove') {
    await call(host, { method: 'DELETE', path })
  } else await begin(engine, step, path)
}

/** Leaves the call running; it ends when the engine closes. */
async function begin(engine: EmbeddedEngine, step: Step, path: string): Promise<void> {
  const { host } = engine
  if (step.do === 'begin enable') {
    void call(host, { method: 'POST', path: `${path}/enable?timeout=0` })
    await whenAsked(engine, 'enable')
  } else if (step.do === 'begin pull') {
    await new Promise<void>((halfway) => {
      const query = new URLSearchParams({ remote: step.remote })
      const onData = (body: string) => {
        if (/"current":2\d{7}/.test(body)) halfway()
        return false
      }
      void call(host, { method: 'POST', path: `${path}?${query}`, body: 'null', onData })
    })
  } else if (step.do === 'begin upgrade') {
    await new Promise<void>((begun) => {
      const onData = (answer: string) => {
        if (answer.includes('"Downloading"')) begun()
        return false
      }
      const upgrade = `${path}/upgrade?remote=${step.remote}`
      const body = JSON.stringify(privilegesOf(step.remote))
      void call(host, { method: 'POST', path: upgrade, body, onData })
    })
  }
}

function privilegesOf(remote: string) {
  const [, host = '', path = '', tag = ''] = /^(.*?)\/(.*):(.*)$/.exec(remote) ?? []
  const content = recordedRegistries[host]?.repositories[path]?.[tag]
  if (!content) throw new Error(`no ${remote} in the world of the recordings`)
  return computePrivileges(content.config)
}

async function replay(engine: EmbeddedEngine, recording: Recording): Promise<Answer> {
  const { request, response, note } = recording
  const headers = request.headers.flatMap(([name, value]) => [
    name,
    value === '<redacted>' ? recordedAuth(note) : value,
  ])
  const seenLast = response.chunks.at(-1)?.data.match(/"current":(\d+)/)?.[1]
  const others = stepsMeanwhile(recording)
  let done: Promise<void> | undefined
  const onData = (body: string) => {
    if (body.includes('"Downloading"')) done ??= takeAll(engine, others)
    const waited = body.includes(seenLast ? `"current":${seenLast}` : '"Waiting"')
    return response.aborted === true && recording.engineDied !== true && waited
  }
  const answer = await call(engine.host, { ...request, headers, onData })
  await done
  return answer
}

async function takeAll(engine: EmbeddedEngine, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await take(engine, step)
}

function assertAnswer(answer: Answer, recording: Recording): void {
  const { engineDied, response } = recording
  assert.is(answer.status, response.status)
  assert.is(answer.error, response.error)
  if (engineDied) return
  const expected = response.chunks.map(({ data }) => data).join('')
  assert.equal(timeless(answer.body), timeless(expected))
  for (const name of HEADERS) assert.is(answer.headers[name], headerOf(recording, name), name)
  // Where the body may differ, so may its length; whether it is sent, and right, may not.
  const isTold = headerOf(recording, 'content-length') !== undefined
  const length = isTold ? String(Buffer.byteLength(answer.body)) : undefined
  assert.is(answer.headers['content-length'], length)
}

function headerOf({ response }: Recording, wanted: string): string | undefined {
  return response.headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
}

function pluginsOn(engine: EmbeddedEngine): string[] {
  const names = engine.plugins().map(({ Name, Enabled }) => `${Name}${Enabled ? ' (enabled)' : ''}`)
  return names.length === 0 ? ['(no plugin)'] : names.sort()
}
