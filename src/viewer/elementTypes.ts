import type { ObservableLike, RequestHeaders } from './followSource.ts'

/** The events that `<plugin-flow>` dispatches, by name: the answers of a person. */
export interface PluginFlowEventMap {
  /** The privileges that were shown are granted. */
  'flow-grant': CustomEvent<{ request: { id: number } }>
  /** They are denied. */
  'flow-deny': CustomEvent<{ request: { id: number } }>
  /** Credentials for the registry. */
  'flow-authenticate': CustomEvent<{ username: string; password: string }>
  /** The flow is to be cancelled. */
  'flow-cancel': CustomEvent<undefined>
}

/** Other words for those that the element shows: by its own, or by a function of them. */
export type PluginFlowTexts = Readonly<Record<string, string>> | ((text: string) => string)

/** The attributes and properties that a template gives to `<plugin-flow>`. */
export interface PluginFlowAttributes {
  /** Address of a stream of Server-Sent Events, each with a `FlowEvent` as its data. */
  src?: string | undefined
  /** Overrides the color scheme of the page. */
  theme?: 'light' | 'dark' | undefined
  /** Leaves out the chart and the timeline. */
  compact?: boolean | undefined
  /** An observable of events, such as that of `flowEvents()`. */
  events?: ObservableLike | undefined
  /** Headers for `src`. */
  headers?: RequestHeaders | undefined
  texts?: PluginFlowTexts | undefined
}

/** The events as a template's properties: `onflow-grant`. */
export type PluginFlowListeners = {
  [Name in keyof PluginFlowEventMap as `on${Name}`]?:
    | ((event: PluginFlowEventMap[Name]) => void)
    | undefined
}
