import { Observable } from 'rxjs'
import type { PluginInstall } from '../../../src/flow/types.ts'

export interface Counted {
  flow: PluginInstall
  /** How many observe it now, by what they observe. */
  open(): Record<string, number>
}

/** The flow, and who observes what of it. */
export function countObservers(flow: PluginInstall): Counted {
  const counts = new Map<string, number>()
  const count = (name: string, by: number) => counts.set(name, (counts.get(name) ?? 0) + by)
  const counted = <T>(name: string, source: Observable<T>) =>
    new Observable<T>((subscriber) => {
      count(name, 1)
      subscriber.add(source.subscribe(subscriber))
      subscriber.add(() => count(name, -1))
    })
  const subscribe = (...observers: unknown[]) => {
    const subscription = Reflect.apply(flow.actor.subscribe, undefined, observers)
    count('actor', 1)
    let isOpen = true
    const unsubscribe = () => {
      subscription.unsubscribe()
      if (isOpen) count('actor', -1)
      isOpen = false
    }
    return { unsubscribe }
  }
  return {
    flow: {
      ...flow,
      transition$: counted('transition$', flow.transition$),
      progress$: counted('progress$', flow.progress$),
      consent$: counted('consent$', flow.consent$),
      actor: { ...flow.actor, subscribe },
    },
    open: () => Object.fromEntries([...counts].filter(([, open]) => open !== 0)),
  }
}
