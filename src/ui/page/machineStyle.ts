/** How the page of a machine looks, besides what it has of the element's style. */
export const machineStyle: string = `
.machine { display: grid; gap: 14px; align-items: start }
.machine > * { min-width: 0 }
.machine { --height: max(320px, 100dvh - 66px) }
.canvas { height: var(--height); border: 1px solid var(--edge); border-radius: 12px; background: var(--back) }
.picture .inside { font: 12px system-ui, sans-serif; fill: var(--soft) }
.region > .box { stroke-dasharray: 6 4 }
.history > .box { rx: 18px }
.state.active:not(.compound) .inside { fill: var(--on-accent) }
.state { cursor: pointer }
.state.selected > .box { stroke: var(--accent); stroke-width: 3 }
.outline input { width: 100%; margin-bottom: 8px }
.outline .fold { float: right }
.state:is(.compound, .parallel).active > .box { stroke: var(--accent); stroke-width: 3; fill: none; filter: none }
.state:is(.compound, .parallel).active > text { fill: var(--text) }
.state:is(.compound, .parallel).active > .inside { fill: var(--soft) }
.minimap { position: absolute; left: 10px; bottom: 10px; cursor: pointer; background: var(--back); border: 1px solid var(--edge); border-radius: 6px }
.minimap.whole { display: none }
.minimap rect { fill: var(--soft); fill-opacity: 0.35 }
.minimap .part { fill: var(--accent); fill-opacity: 0.15; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke }
.side { display: grid; gap: 14px; max-height: var(--height); grid-template-rows: auto minmax(200px, 1fr) }
.side:not(:has(.live)) { grid-template-rows: auto }
.outline { overflow: auto }
.live ol { list-style: none; margin: 0; padding: 0; max-height: 30dvh; overflow: auto; font: 12px var(--mono) }
.live pre { max-height: 20dvh; overflow: auto; font: 12px var(--mono) }
.live button { justify-self: start }
.live li { overflow-wrap: anywhere }
.live time, .live .ignored { color: var(--soft) }
.outline ul { list-style: none; padding: 0; display: grid; gap: 8px }
.outline ul ul { padding: 2px 8px 0; gap: 2px; font: 12px var(--mono) }
.outline button { display: inline; text-align: left; overflow-wrap: anywhere; min-height: 28px; padding: 2px 8px; font-size: 13px }
.outline [aria-current] { background: var(--accent-back); border-color: var(--accent); color: var(--accent) }
.outline p { padding: 0 8px; font-size: 13px; color: var(--soft) }
.outline li { overflow-wrap: anywhere }
.kind { font-size: 12px; color: var(--soft) }
@container (min-width: 900px) {
  .machine { grid-template-columns: minmax(0, 1fr) 340px }
}
`
