import { Observable, type Subscriber } from 'rxjs'

const NO_SUBSCRIBERS: readonly never[] = []

/**
 * Something of a flow that changes. Subscribers get every change until it is complete, and never an error. Thousands
 * of flows wait at once, and most of what can be subscribed to never is: until then there is no more than the value.
 */
export class Observed<T> {
  readonly #replays: boolean
  #latest: T | undefined
  #isComplete = false
  /** Never changed in its place: a subscriber may leave while it is called. */
  #subscribers: readonly Subscriber<T>[] = NO_SUBSCRIBERS
  #value$: Observable<T> | undefined

  /** @param replays whether a late subscriber starts with the latest value */
  constructor(replays = true) {
    this.#replays = replays
  }

  get latest(): T | undefined {
    return this.#latest
  }

  /** Something new. After the end there is nothing. */
  next(value: T): void {
    if (this.#isComplete) return
    if (this.#replays) this.#latest = value
    for (const subscriber of this.#subscribers) subscriber.next(value)
  }

  /** Shows something that is there for a while: once if it stays the same, and to no late subscriber after it has gone. */
  show(value: T | undefined): void {
    if (value === this.#latest || JSON.stringify(value) === JSON.stringify(this.#latest)) return
    if (value === undefined) this.#latest = undefined
    else this.next(value)
  }

  complete(): void {
    this.#isComplete = true
    for (const subscriber of this.#subscribers) subscriber.complete()
    this.#subscribers = NO_SUBSCRIBERS
  }

  get value$(): Observable<T> {
    this.#value$ ??= new Observable((subscriber) => {
      if (this.#latest !== undefined) subscriber.next(this.#latest)
      if (this.#isComplete) return subscriber.complete()
      // A spread would make room for 17.
      this.#subscribers = this.#subscribers.concat(subscriber)
      return () => {
        this.#subscribers = this.#subscribers.filter((other) => other !== subscriber)
      }
    })
    return this.#value$
  }
}
