import { BehaviorSubject, filter, ReplaySubject, Subject } from 'rxjs'
import type { InspectionEvent, StateValue } from 'xstate'
import type { RetryNotice } from '../../machines/retry.ts'
import { statePath } from '../../machines/statePath.ts'
import type { Progress } from './progress.ts'
import type { Retry, Transition } from './types.ts'

/** The snapshots of a root actor, and the events it got, become its transitions. */
export function observeTransitions(now: () => number) {
  const subject = new ReplaySubject<Transition>(1)
  let event = { type: '' }
  let from: string | undefined
  return {
    value$: subject.asObservable(),
    /** An event is inspected before it is taken; a snapshot does not tell which one it was. */
    inspect(inspected: InspectionEvent) {
      const { type, actorRef, rootId } = inspected
      if (type === '@xstate.event' && actorRef.sessionId === rootId) {
        event = { type: inspected.event.type }
      }
    },
    show(value: StateValue) {
      const to = statePath(value)
      if (to === from) return
      subject.next({ ...(from === undefined ? {} : { from }), to, event, at: now() })
      from = to
    },
    complete: () => subject.complete(),
  }
}

/**
 * Something that is there for a while: shown to whoever comes while it is, and to nobody later.
 */
export function observePending<T>() {
  const subject = new BehaviorSubject<T | undefined>(undefined)
  return {
    value$: subject.pipe(filter((value) => value !== undefined)),
    show(value: T | undefined) {
      const same = JSON.stringify(value) === JSON.stringify(subject.value)
      if (!same) subject.next(value)
    },
    current: () => subject.value,
    /** An answer to a request that is no longer the one shown is no answer to this one. */
    isCurrent: (request: T | undefined) => request === undefined || request === subject.value,
    complete: () => subject.complete(),
  }
}

/** What is known of a pull: the newest only, once a turn of the loop. */
export function observeProgress() {
  const subject = new ReplaySubject<Progress>(1)
  let due: (() => Progress) | undefined
  const emit = () => {
    const progress = due
    due = undefined
    if (progress) subject.next(progress())
  }
  return {
    value$: subject.asObservable(),
    show(progress: () => Progress) {
      if (!due) queueMicrotask(emit)
      due = progress
    },
    complete() {
      emit()
      subject.complete()
    },
  }
}

/** What is tried again, with the state in which it is. */
export function observeRetries(state: () => string, now: () => number) {
  const subject = new Subject<Retry>()
  return {
    value$: subject.asObservable(),
    tell: (notice: RetryNotice) => subject.next({ ...notice, state: state(), at: now() }),
    complete: () => subject.complete(),
  }
}
