/** The last events of an engine's present run. A real one remembers as many. */
export class EventLog {
  static readonly LENGTH = 256
  #events: { action: string; id: string; name: string; at: number }[] = []

  /** @param id of the plugin; of a pull, its reference */
  add(action: string, id: string, name: string): void {
    this.#events.push({ action, id, name, at: Date.now() })
    this.#events.splice(0, this.#events.length - EventLog.LENGTH)
  }

  clear(): void {
    this.#events = []
  }

  /** Both in milliseconds since the epoch, and included. */
  between(since: number, until: number) {
    return this.#events.filter(({ at }) => since <= at && at <= until)
  }
}
