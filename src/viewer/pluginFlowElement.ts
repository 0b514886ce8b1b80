import { createEventLog, type EventLog } from '../events/eventLog.ts'
import type { FlowEvent, RecordedRun } from '../events/flowEvent.ts'
import { isFlowEvent, readRun, recordRun } from '../events/readRun.ts'
import { inWords, saveFile } from './element.ts'
import type { PluginFlowTexts } from './elementTypes.ts'
import { createFlowPanel, type Shown } from './flowPanel.ts'
import { followUrl, type ObservableLike, type RequestHeaders } from './followSource.ts'
import type { Answers } from './questions.ts'
import { createRedraw } from './redraw.ts'
import { countAtStep, runAt, visitsOf } from './runAt.ts'
import { style } from './style.ts'
import { createPlayback } from './timelineView.ts'

/** A server, which has no HTMLElement, may import the element too. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

/**
 * `<plugin-flow>`: one flow, live or recorded. It is fed by `events` (an observable), by `src` (the address
 * of Server-Sent Events) or by `push()`. A person's answers are events that bubble: `flow-grant` and
 * `flow-deny` with `detail.request`, `flow-authenticate` with the credentials as its `detail`, and
 * `flow-cancel`. The host carries them out.
 */
export class PluginFlowElement extends Base {
  static readonly observedAttributes = ['src']
  #log: EventLog = createEventLog()
  /** How many events are shown; `undefined` for all, and those to come. */
  #count: number | undefined
  #notice = ''
  #isRecorded = false
  #clock: ReturnType<typeof setInterval> | undefined
  #unfollow: (() => void) | undefined
  #panel: ReturnType<typeof createFlowPanel> | undefined
  readonly #redraw = createRedraw(() => this.#update(), {
    request: (call) => requestAnimationFrame(call),
    cancel: (frame) => cancelAnimationFrame(frame),
  })
  readonly #playback = createPlayback({
    events: () => this.#log.events,
    show: (count) => this.#show(count),
  })

  connectedCallback(): void {
    this.#open()
    this.#clock = setInterval(() => this.#draw(), 1_000)
    if (!this.#unfollow) this.#followSource()
    this.#draw()
  }

  disconnectedCallback(): void {
    clearInterval(this.#clock)
    this.#redraw.stop()
    this.#playback.stop()
    this.#stopFollowing()
  }

  attributeChangedCallback(): void {
    if (!this.isConnected) return
    this.clear()
    this.#followSource()
  }

  /** Address of a stream of Server-Sent Events, each with a `FlowEvent` as its data. */
  get src(): string {
    return this.getAttribute('src') ?? ''
  }

  set src(url: string) {
    this.setAttribute('src', url)
  }

  /** Headers for `src`, such as `Authorization`. Set them first: they are for the next stream that is opened. */
  headers: RequestHeaders = {}

  #texts: PluginFlowTexts = {}

  /** Other words for those that the element shows. */
  get texts(): PluginFlowTexts {
    return this.#texts
  }

  set texts(texts: PluginFlowTexts) {
    this.#texts = texts
    this.#panel = undefined
    if (this.isConnected) this.#open()
    this.#draw()
  }

  /** Leaves out the chart and the timeline. */
  get compact(): boolean {
    return this.hasAttribute('compact')
  }

  set compact(isCompact: boolean) {
    this.toggleAttribute('compact', isCompact)
  }

  #events: ObservableLike | undefined

  /** An observable of events, such as that of `flowEvents()`. */
  get events(): ObservableLike | undefined {
    return this.#events
  }

  set events(events: ObservableLike | undefined) {
    this.clear()
    this.#events = events
    if (this.isConnected) this.#followSource()
  }

  /** Adds one event. Anything that is not an event, and an event added before, is ignored. */
  push(event: FlowEvent): void {
    if (!isFlowEvent(event) || !this.#log.add(event)) return
    if (event.type !== 'progress') this.#draw()
    else if (this.isConnected) this.#redraw.soon()
  }

  /** Removes the run. */
  clear(): void {
    this.#stopFollowing()
    this.#playback.stop()
    this.#log = createEventLog()
    this.#count = undefined
    this.#notice = ''
    this.#isRecorded = false
    this.#events = undefined
    this.#draw()
  }

  /** The run so far, as plain JSON. */
  get run(): RecordedRun {
    return recordRun(this.#log.events)
  }

  /**
   * Shows a recorded run, in which nothing can be answered.
   *
   * @throws RangeError when the value is not a recorded run, or a damaged one
   */
  load(run: unknown): void {
    const events = readRun(run)
    this.clear()
    for (const event of events) this.#log.add(event)
    this.#isRecorded = true
    this.#draw()
  }

  #open(): void {
    if (this.#panel) return
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    root.adoptedStyleSheets = [sheet]
    inWords(this.#texts, () => {
      this.#panel = this.#build()
      root.replaceChildren(this.#panel.node)
    })
  }

  #build() {
    const dispatch = (name: string, detail?: unknown) => {
      this.dispatchEvent(new CustomEvent(`flow-${name}`, { bubbles: true, detail }))
    }
    const answers: Answers = {
      grant: (request) => dispatch('grant', { request }),
      deny: (request) => dispatch('deny', { request }),
      authenticate: (credentials) => dispatch('authenticate', credentials),
      cancel: () => dispatch('cancel'),
    }
    return createFlowPanel(answers, {
      go: (step) => {
        this.#playback.stop()
        const count = countAtStep(this.#log.events, Math.max(0, step))
        this.#show(count === this.#log.events.length ? undefined : count)
      },
      follow: () => {
        this.#playback.stop()
        this.#show(undefined)
      },
      play: () => {
        if (this.#playback.isPlaying()) this.#playback.stop()
        else this.#playback.start(this.#count ?? 0)
        this.#draw()
      },
      save: () => saveFile('plugin-flow-run.json', JSON.stringify(this.run)),
      load: (file) => void this.#loadFile(file),
    })
  }

  #show(count: number | undefined): void {
    this.#count = count
    this.#draw()
  }

  async #loadFile(file: File): Promise<void> {
    try {
      this.load(JSON.parse(await file.text()))
    } catch (error) {
      const reason = error instanceof RangeError ? error.message : 'it is not JSON'
      this.#notify(`The run was not loaded: ${reason}.`)
    }
  }

  #followSource(): void {
    const event = (next: FlowEvent) => this.push(next)
    if (this.#events) {
      const subscription = this.#events.subscribe(event)
      this.#unfollow = () => subscription.unsubscribe()
    } else if (this.src !== '') {
      const connected = (isConnected: boolean | undefined) =>
        this.#notify(isConnected === false ? 'The connection was lost; trying again.' : '')
      this.#unfollow = followUrl(this.src, this.headers, { event, connected })
    }
  }

  #stopFollowing(): void {
    this.#unfollow?.()
    this.#unfollow = undefined
  }

  #notify(notice: string): void {
    this.#notice = notice
    this.#draw()
  }

  #draw(): void {
    if (this.#panel && this.isConnected) this.#redraw.now()
  }

  #update(): void {
    const { events } = this.#log
    const latest = runAt(events, events.length)
    const shown: Shown = {
      run: this.#count === undefined ? latest : runAt(events, this.#count),
      latest,
      visits: visitsOf(events),
      isFollowing: this.#count === undefined,
      isPlaying: this.#playback.isPlaying(),
      isRecorded: this.#isRecorded,
      notice: this.#notice,
      now: Date.now(),
    }
    inWords(this.#texts, () => this.#panel?.update(shown))
  }
}
