// Types of <plugin-flow> in Vue's templates: `import type {} from 'docker-plugin-flow/viewer/vue'`.
import type { PluginFlowAttributes, PluginFlowEventMap } from 'docker-plugin-flow/viewer'

/** The events as Vue names them in its own templates: `@flow-grant`. */
type Emits = {
  [Name in keyof PluginFlowEventMap as `on${Capitalize<Camel<Name>>}`]?: (
    event: PluginFlowEventMap[Name],
  ) => void
}
type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Rest>}`
  : Name

declare module 'vue' {
  interface GlobalComponents {
    'plugin-flow': new () => { $props: PluginFlowAttributes & Emits }
  }
}
