// Generated from the machines by `npm run layout`.
import type { ChartLayout } from './chartLayout.ts'
import { rolloutLayout } from './layouts/rollout.generated.ts'
import { layouts } from './layouts.generated.ts'

/** Where everything of every statechart stands, by the id of its machine. */
export const allLayouts: ReadonlyMap<string, ChartLayout> = new Map([
  ...layouts,
  ['rollout', rolloutLayout],
])
