import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import {
  type ActorLogic,
  type AnyTransitionDefinition,
  createActor,
  fromPromise,
  type InspectionEvent,
  SimulatedClock,
} from 'xstate'
import { adjacencyMapToArray, getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import { makeFailure } from '../../../machines/failure.ts'
import type { InstallEvent } from '../../../machines/plugin-install/events.ts'
import { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import type { InstallInput } from '../../../machines/plugin-install/types.ts'
import { statePath } from '../../../machines/statePath.ts'
import { chartEdge } from '../../../src/chart/chart.ts'
import { after, done, failed, lookUp, type Snapshot } from '../../support/chart.ts'
import { listEdges } from '../../support/edges.ts'
import { label } from '../../support/edgeTests.ts'
import {
  agreed,
  digest,
  otherDigest,
  parsed,
  sampleConfig,
  sampleInput,
  samplePlugin,
  withMount,
} from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const account = { registry: 'docker.io' }
const refused = { status: 500 }

/** What people and engines may do, whatever the state. */
const events: InstallEvent[] = [
  { type: 'install.cancel' },
  { type: 'consent.grant' },
  { type: 'consent.deny' },
  { type: 'credentials.submit', account },
  done('lookUpPlugin', lookUp()),
  done('lookUpPlugin', lookUp({ present: { plugin: samplePlugin(), asWanted: true, own: false } })),
  done(
    'lookUpPlugin',
    lookUp({ present: { plugin: samplePlugin(), asWanted: false, own: false } }),
  ),
  failed('lookUpPlugin', 'unauthorized'),
  failed('lookUpPlugin', 'not-found'),
  done('requestCredentials', account),
  done('requestCredentials', undefined),
  failed('requestCredentials', 'unauthorized'),
  done('decideConsent', { granted: true }),
  done('decideConsent', { granted: false }),
  done('decideConsent', undefined),
  failed('decideConsent', 'host-failed'),
  done('pluginPull', { digest }),
  done('pluginPull', { digest: otherDigest }),
  failed('pluginPull', 'unauthorized', refused),
  failed('pluginPull', 'privileges-changed', { status: 200, inStream: true }),
  failed('lookUpPlugin', 'changed-by-others'),
  failed('pluginPull', 'pull-interrupted'),
  done('pluginInspect', samplePlugin()),
  done('pluginInspect', samplePlugin({ Config: sampleConfig({ IpcHost: true }) })),
  done('pluginInspect', samplePlugin({ Config: withMount })),
  done('pluginInspect', undefined),
  failed('pluginInspect', 'engine-unreachable'),
  done('pluginSet', samplePlugin()),
  failed('pluginSet', 'set-failed', refused),
  done('pluginEnable'),
  failed('pluginEnable', 'enable-failed', refused),
  failed('pluginEnable', 'changed-by-others'),
  done('takeBack', { result: 'nothingToRemove' }),
  failed('takeBack', 'engine-unreachable'),
  ...(['checkPrivileges', 'reauth', 'awaitConsent', 'pulling'] as const).map(timeout),
  ...(['configuring', 'enabling', 'rollingBack'] as const).map(timeout),
]

const inputs: Partial<InstallInput>[] = [
  {},
  { settings: parsed('DEBUG=1'), alias: 'mine' },
  { settings: parsed('state=relative'), grantAllPermissions: true },
  { disabled: true, credentialsAttempts: 1 },
  { settings: parsed('DEBUG=1'), disabled: true, credentialsAttempts: 1 },
  { grantAllPermissions: true, credentialsAttempts: 1 },
  { resumed: { ownership: 'created', enableRequested: false, consent: agreed } },
  {
    resumed: {
      ownership: 'created',
      enableRequested: true,
      failure: makeFailure('cancelled', 'enabling'),
    },
  },
]

suite('paths', (test) => {
  test('a real actor goes every way through the chart', async () => {
    const hit = new Set<string>()
    let walked = 0
    for (const input of inputs.map(sampleInput)) {
      for (const way of waysThrough(input)) {
        const actual = await walk(input, way.events, (transition) =>
          hit.add(label(chartEdge(transition))),
        )
        assert.is(actual, way.end, way.events.map(({ type }) => type).join(', '))
        walked++
      }
    }
    assert.equal([...hit].sort(), listEdges().sort(), `${walked} ways walked`)
    assert.ok(walked > 100, `${walked} ways walked`)
  })
})

/** The types of `getAdjacencyMap` know no machine that emits. */
const logic = pluginInstallMachine as unknown as ActorLogic<Snapshot, InstallEvent, InstallInput>

/** For each step that is possible anywhere: the shortest way to where it starts, and the step. */
function waysThrough(input: InstallInput): { events: InstallEvent[]; end: string }[] {
  const options = {
    input,
    events: (snapshot: Snapshot) => events.filter((event) => isPossible(snapshot, event)),
    serializeState: (snapshot: Snapshot) => JSON.stringify(identity(snapshot)),
  }
  const paths = getShortestPaths(pluginInstallMachine, options)
  const wayTo = new Map(
    paths.map(({ state, steps }) => [
      JSON.stringify(identity(state)),
      steps.map(({ event }) => event).filter(({ type }) => !/^xstate\.(init|stop)/.test(type)),
    ]),
  )
  return adjacencyMapToArray(getAdjacencyMap(logic, options)).map(
    ({ state, event, nextState }) => ({
      events: [...(wayTo.get(JSON.stringify(identity(state))) ?? []), event],
      end: statePath(nextState.value),
    }),
  )
}

function isPossible(snapshot: Snapshot, event: InstallEvent): boolean {
  // A source or a policy that has answered already does not answer again.
  const answered = snapshot.context.asksPerson && 'actorId' in event
  return !answered && pluginInstallMachine.getTransitionData(snapshot, event).length > 0
}

/** What makes two situations different for the flow. */
function identity({ value, context }: Snapshot): unknown {
  const { asksPerson, credentialsAttempt, changes, ownership, consent, pulledDigest } = context
  const present = context.lookUp?.present?.asWanted
  const counts = [credentialsAttempt, changes]
  return [value, asksPerson, counts, ownership, consent?.by, pulledDigest, present]
}

async function walk(
  input: InstallInput,
  way: readonly InstallEvent[],
  onTransition: (transition: AnyTransitionDefinition) => void,
): Promise<string> {
  const clock = new SimulatedClock()
  const { actors, settle } = deferredActors()
  const actor = createActor(pluginInstallMachine.provide({ actors }), {
    input,
    clock,
    inspect: (inspected) => transitionsOf(inspected).forEach(onTransition),
  })
  actor.start()
  for (const event of way) {
    if (event.type.startsWith('xstate.after.')) clock.increment(1000)
    else if (event.type.startsWith('xstate.')) settle(event)
    else actor.send(event)
    await setImmediate()
  }
  const end = statePath(actor.getSnapshot().value)
  actor.stop()
  return end
}

function transitionsOf(inspected: InspectionEvent): AnyTransitionDefinition[] {
  return inspected.type === '@xstate.microstep' ? inspected._transitions : []
}

/** Actors that end when, and as, the test says. */
function deferredActors() {
  const running = new Map<string, PromiseWithResolvers>()
  const deferred = (id: string) =>
    fromPromise<never, never>(
      () => new Promise((resolve, reject) => running.set(id, { resolve, reject })),
    )
  const actors: unknown = {
    lookUpPlugin: deferred('lookUpPlugin'),
    requestCredentials: deferred('requestCredentials'),
    decideConsent: deferred('decideConsent'),
    pluginPull: deferred('pluginPull'),
    pluginInspect: deferred('pluginInspect'),
    pluginSet: deferred('pluginSet'),
    pluginEnable: deferred('pluginEnable'),
    takeBack: deferred('takeBack'),
  }
  const settle = (event: InstallEvent) => {
    const actor = running.get(event.type.split('.').at(-1) ?? '')
    if ('error' in event) actor?.reject(event.error)
    else if ('output' in event) actor?.resolve(event.output as never)
  }
  return { actors: actors as ProvidedActors, settle }
}

type ProvidedActors = NonNullable<Parameters<typeof pluginInstallMachine.provide>[0]['actors']>

interface PromiseWithResolvers {
  resolve(output: never): void
  reject(error: unknown): void
}

function timeout(state: string): InstallEvent {
  return after(`${state}Timeout`, state)
}
