/** The calls of the Engine API that are made here, by Docker's `operationId`. */
export const operations = [
  'systemPing',
  'systemVersion',
  'getPluginPrivileges',
  'distributionInspect',
  'pluginInspect',
  'pluginPull',
  'pluginSet',
  'pluginEnable',
  'pluginDelete',
  'pluginList',
  'pluginDisable',
] as const

export type Operation = (typeof operations)[number]

/** What a call is about, as far as a message for a person needs it. */
export interface Concern {
  operation: Operation
  /** The reference or the plugin; for a call about the engine itself, its host. */
  subject: string
  /** The plugin's name on the engine, where `subject` is a reference at a registry. */
  localName?: string
  host: string
}
