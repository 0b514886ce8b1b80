import type { PluginFlowEventMap } from './viewer/elementTypes.ts'
import { PluginFlowElement } from './viewer/pluginFlowElement.ts'

export type * from './events/flowEvent.ts'
export type * from './viewer/elementTypes.ts'
export type { ObservableLike, RequestHeaders } from './viewer/followSource.ts'
export { PluginFlowElement }

declare global {
  // They bubble: whatever is around the element may listen.
  interface GlobalEventHandlersEventMap extends PluginFlowEventMap {}
  interface HTMLElementTagNameMap {
    'plugin-flow': PluginFlowElement
  }
}

// A server has no registry of elements; a page that loads two copies keeps the first.
const registry = globalThis.customElements
if (registry && !registry.get('plugin-flow')) registry.define('plugin-flow', PluginFlowElement)
