// An install in React, where the flow runs in the process that renders: a desktop app, or a server.
// To a page in a browser a back end tells of it (expressBackEnd.ts).
import { useSelector } from '@xstate/react'
import type { PluginInstall } from 'docker-plugin-flow'
import { type FormEvent, useEffect, useState } from 'react'

/** What is true now, as XState's own hook tells it, and what a person is asked. */
export function Install({ flow }: { flow: PluginInstall }) {
  const isWorking = useSelector(flow.actor, (snapshot) => snapshot.hasTag('working'))
  const isCancellable = useSelector(flow.actor, (snapshot) => snapshot.hasTag('cancellable'))
  const failure = useSelector(flow.actor, (snapshot) => snapshot.context.failure)
  const state = useLatest(flow.transition$)?.to
  const progress = useLatest(flow.progress$)
  return (
    <section aria-busy={isWorking}>
      <h2>{state}</h2>
      {progress && <progress aria-label="Download" max={100} value={progress.percent} />}
      {state === 'awaitConsent' && <Consent flow={flow} />}
      {failure && <p role="alert">{`${failure.message} ${failure.next}`}</p>}
      {isCancellable && (
        <button type="button" onClick={() => flow.cancel()}>
          Cancel
        </button>
      )}
    </section>
  )
}

function Consent({ flow }: { flow: PluginInstall }) {
  const request = useLatest(flow.consent$)
  if (!request) return null
  const { name, privileges, settings } = request
  // A set: two mounts of one directory are one privilege twice.
  const asked = new Set([
    ...privileges.map(({ Name, Value }) => `${Name}: ${Value.join(', ')}`),
    ...settings
      .filter(({ widens }) => widens)
      .map(({ name, field, value }) => `setting: ${field ? `${name}.${field}` : name}=${value}`),
  ])
  const grant = (event: FormEvent) => {
    event.preventDefault()
    // Only what is shown here: meanwhile something else may be asked.
    flow.grant(request)
  }
  return (
    <form onSubmit={grant}>
      <p>{`${name} asks for:`}</p>
      <ul>
        {[...asked].map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <button type="submit">Grant</button>
      <button type="button" onClick={() => flow.deny(undefined, request)}>
        Deny
      </button>
    </form>
  )
}

interface Source<T> {
  subscribe(next: (value: T) => void): { unsubscribe(): void }
}

/** The newest value of an observable of a flow: who comes late is told the latest at once. */
function useLatest<T>(source: Source<T>): T | undefined {
  const [told, setTold] = useState<{ source: Source<T>; value: T }>()
  useEffect(() => {
    const subscription = source.subscribe((value) => setTold({ source, value }))
    return () => subscription.unsubscribe()
  }, [source])
  // What another flow has told, before this one was shown, is nothing of this one.
  return told?.source === source ? told.value : peek(source)
}

function peek<T>(source: Source<T>): T | undefined {
  let latest: T | undefined
  source.subscribe((value) => (latest = value)).unsubscribe()
  return latest
}
