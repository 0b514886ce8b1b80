// Types of <plugin-flow> in TSX: `import type {} from 'docker-plugin-flow/viewer/react'`.

import type {
  PluginFlowAttributes,
  PluginFlowElement,
  PluginFlowListeners,
} from 'docker-plugin-flow/viewer'
import type { DetailedHTMLProps, HTMLAttributes } from 'react'

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'plugin-flow': DetailedHTMLProps<HTMLAttributes<PluginFlowElement>, PluginFlowElement> &
        PluginFlowAttributes &
        PluginFlowListeners
    }
  }
}
