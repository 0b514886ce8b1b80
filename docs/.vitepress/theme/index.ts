import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import './site.css'

export default {
  extends: DefaultTheme,
  enhanceApp() {
    // The pages are also rendered in Node.js, which has no elements.
    if (typeof document === 'undefined') return
    void import('./playground.ts')
    void import('./statechart.ts')
  },
} satisfies Theme
