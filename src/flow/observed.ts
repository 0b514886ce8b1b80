import { Observable, type Subscriber } from 'rxjs'

/**
 * Something of a flow that changes. Subscribers get every change until it is complete, and never an error. Thousands
 * of flows wait at once, and most of what can be subscribed to never is: until then there is no more than the value.
 */
export class Observed<T> {
  readonly #replays: boolean
  #latest: T | undefined
  #isComplete = false
  #subscribers: Set<Subscriber<T>> | undefined
  #value$: Observable<T> | undefined

  /** @param replays whether a late subscriber starts with the latest value */
  constructor(replays = true) {
    this.#replays = replays
  }

  get latest(): T | undefined {
    return this.#latest
  }

  next(value: T): void {
    if (this.#replays) this.#latest = value
    for (const subscriber of [...(this.#subscribers ?? [])]) subscriber.next(value)
  }

  /** Shows something that is there for a while: once if it stays the same, and to no late subscriber after it has gone. */
  show(value: T | undefined): void {
    if (value === this.#latest || JSON.stringify(value) === JSON.stringify(this.#latest)) return
    if (value === undefined) this.#latest = undefined
    else this.next(value)
  }

  complete(): void {
    this.#isComplete = true
    for (const subscriber of this.#subscribers ?? []) subscriber.complete()
    this.#subscribers = undefined
  }

  get value$(): Observable<T> {
    this.#value$ ??= new Observable((subscriber) => {
      if (this.#latest !== undefined) subscriber.next(this.#latest)
      if (this.#isComplete) return subscriber.complete()
      this.#subscribers ??= new Set()
      this.#subscribers.add(subscriber)
      return () => this.#subscribers?.delete(subscriber)
    })
    return this.#value$
  }
}
