/** How the element looks. Colours come in pairs: for light, for dark. */
export const style: string = `
:host {
  --back: light-dark(#fff, #10141b); /* behind everything */
  --raised: light-dark(#f7f8fa, #181d27); /* behind panels and states */
  --edge: light-dark(#dce0e7, #2d3544); /* borders */
  --text: light-dark(#171b23, #e8ecf3); /* texts */
  --soft: light-dark(#58606e, #9ba6b7); /* texts that matter less */
  --accent: light-dark(#2b55d4, #86a6ff); /* what is active, and the first button */
  --accent-back: light-dark(#e9effe, #1d2b52); /* behind what is active */
  --on-accent: light-dark(#fff, #0d1426); /* texts on the accent */
  --good: light-dark(#0f6b38, #62d391); /* what ended well */
  --good-back: light-dark(#e4f6eb, #12311f); /* behind that */
  --warn: light-dark(#7d4c00, #f1bb66); /* what is asked */
  --warn-back: light-dark(#fff2d9, #38290f); /* behind that */
  --bad: light-dark(#b0241c, #ff958d); /* what failed, and the dangerous button */
  --bad-back: light-dark(#fdebea, #3d1817); /* behind that */
  --mono: ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace; /* the font of values */
  color-scheme: light dark;
  display: block;
  container-type: inline-size;
  color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
:host([theme='light']) { color-scheme: light }
:host([theme='dark']) { color-scheme: dark }
:host([hidden]) { display: none }
* { box-sizing: border-box; margin: 0 }
[hidden] { display: none !important }
h2, h3, li, code, dd, p, .event, .to { overflow-wrap: anywhere }
h2 { font-size: 18px; line-height: 1.3; letter-spacing: -.01em }
h3 { font-size: 15px; line-height: 1.35 }
h4 { font-size: 13px }
.fates { padding-left: 18px; font-size: 13px }
code, .time, .event, .clock, .amount { font-family: var(--mono) }
code { font-size: 12.5px; white-space: pre-wrap }
code, strong, .event, .to { direction: ltr; unicode-bidi: isolate }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }

.flow {
  --room: max(600px, var(--plugin-flow-max-height, 100dvh));
  display: flex; flex-direction: column; gap: 10px; padding: 10px; max-height: var(--room);
  background: var(--back); border: 1px solid var(--edge); border-radius: 16px;
}
:host([compact]) .flow { --room: var(--plugin-flow-max-height, 100dvh); display: flex }
:host([compact]) :is(.chart, .timeline) { display: none }
.flow > * { min-width: 0 }
header { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; flex: none }
.names { flex: 1 1 190px; min-width: 0 }
.engine, .doing, .rest { color: var(--soft); font-size: 13px }
.engine, .names h2 { white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.doing, .notice { flex: 1 0 100% }
.engine:empty, .doing:empty, .rest:empty { display: none }
.state-line { display: flex; flex-wrap: wrap; gap: 10px; align-items: center }
.status {
  display: inline-flex; align-items: center; gap: 8px; padding: 3px 12px; border-radius: 99px;
  font-weight: 600; background: var(--accent-back); color: var(--accent);
}
.status::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: currentColor }
.status[data-kind='working']::before { animation: pulse 1.4s ease-in-out infinite }
[data-kind='asking'] { background: var(--warn-back); color: var(--warn) }
[data-kind='good'] { background: var(--good-back); color: var(--good) }
[data-kind='bad'] { background: var(--bad-back); color: var(--bad) }
[data-kind='stopped'] { background: var(--edge); color: var(--text) }
.clock { color: var(--soft); font-size: 13px }
.notice { padding: 8px 12px; border-radius: 10px; background: var(--warn-back); color: var(--warn) }
.now, .asked { display: grid; gap: 10px; align-content: start }
.now { flex: 0 1 auto; min-height: 96px; overflow: auto; border-radius: 12px }
.now:has(.ask) { min-height: 225px }
.now:not(:has(> .panel:not([hidden]), .asked > *)) { display: none }
.asked:empty { display: none }
.panel { display: grid; gap: 8px; padding: 12px; border-radius: 12px; background: var(--raised); border: 1px solid var(--edge) }

button {
  font: inherit; font-weight: 600; color: var(--text); cursor: pointer;
  min-height: 36px; padding: 6px 14px; border-radius: 9px; border: 1px solid var(--edge); background: var(--back);
}
button:hover:not(:disabled) { border-color: var(--soft) }
button:disabled { opacity: .5; cursor: default }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent) }
button.danger { background: var(--bad); border-color: var(--bad); color: light-dark(#fff, #2a0c0b) }
button.small { min-height: 30px; padding: 3px 10px; font-size: 13px }
.buttons { display: flex; flex-wrap: wrap; gap: 10px; justify-content: flex-end }
.ask .buttons { position: sticky; bottom: -1px; margin: 0 -12px -12px; padding: 8px 12px 12px; background: var(--raised); border-top: 1px solid var(--edge); border-radius: 0 0 12px 12px }
.ask .buttons { flex-wrap: nowrap; gap: 8px }
.ask .buttons button { padding: 4px 10px; font-size: 13px }
.controls { display: flex; flex-wrap: wrap; gap: 6px }
.files { padding: 8px 0 0 }

.ask { border-color: var(--warn) }
.past .ask { border-color: var(--edge) }
.ask h3:focus, .status:focus { outline: none }
.changed, .refused p { color: var(--bad) }
.privileges, .layers, .steps { list-style: none; padding: 0; display: grid; gap: 8px }
.privilege { --tone: var(--soft); display: grid; gap: 3px; padding: 9px 12px; border-radius: 9px; background: var(--back); border: 1px solid var(--edge); border-left: 4px solid var(--tone) }
.privilege p { font-size: 13px; color: var(--soft) }
.privilege.critical { --tone: var(--bad) }
.privilege.high { --tone: var(--warn) }
.privilege.medium { --tone: var(--accent) }
.line { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 10px; align-items: baseline }
.badge { font-size: 11px; font-weight: 700; letter-spacing: .05em; text-transform: uppercase; color: var(--tone) }
.facts { font-size: 13px; color: var(--soft) }
label { font-weight: 600; font-size: 13px }
input:not([type='file']) {
  font: inherit; color: inherit; width: 100%; min-height: 38px; padding: 6px 10px; border-radius: 9px;
  border: 1px solid var(--soft); background: var(--back);
}
form { display: grid; gap: 10px }
form label + input { margin-top: -6px }

.amount { font-size: 12px; color: var(--soft); font-variant-numeric: tabular-nums }
.name { font-weight: 600; font-size: 13px }
.layers .name { font-family: var(--mono); font-weight: 400; font-size: 12px }
.track { height: 8px; margin-top: 4px; border-radius: 99px; overflow: hidden; background: var(--edge) }
.layers .track { height: 5px }
.fill { height: 100%; border-radius: inherit; background: var(--accent); transform-origin: 0 0; transition: transform .2s linear }
.track[data-phase='complete'] .fill { background: var(--good) }
.track.unknown .fill { transform: scaleX(.3) !important; animation: slide 1.2s ease-in-out infinite alternate }

.outcome.good { border-color: var(--good); background: var(--good-back) }
.outcome.bad { border-color: var(--bad); background: var(--bad-back) }
.outcome.stopped { border-color: var(--soft) }
.outcome .facts { color: var(--text); display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; padding: 0 }
dt { font-weight: 600 }
.difference { gap: 4px; font-size: 13px }
.difference .added code { color: var(--bad) }
.difference .removed code { color: var(--soft) }
.outcome.good h3 { color: var(--good) }
.outcome.bad h3 { color: var(--bad) }
.left, .message { font-weight: 600 }
.command { display: block; padding: 8px 10px; border-radius: 8px; background: var(--back); border: 1px solid var(--edge) }

.timeline { display: flex; flex-direction: column; flex: 0 1 auto; min-height: 132px }
.timeline > .line { align-items: center; flex: none }
.list { overflow: auto; min-height: 0 }
.steps { gap: 2px }
.steps button {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 10px; width: 100%; text-align: left; min-height: 0;
  padding: 3px 8px 6px; border: 1px solid transparent; background: none; font-weight: 500; line-height: 19px;
}
.steps :is(.time, .event, .retries) { font: 12px/17px system-ui, sans-serif; color: var(--soft) }
.steps .event { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.steps code { margin-left: 6px; font-size: 11px; white-space: nowrap }
.steps .took { font: 12px/19px var(--mono); text-align: right }
.steps .retries { grid-column: 1 / -1; color: var(--warn) }
.steps .track { grid-column: 1 / -1; position: relative; height: 4px }
.steps .fill { position: absolute; min-width: 3px; transition: none }
.steps .later > span { color: var(--soft) }
.steps [aria-current] { background: var(--accent-back); border-color: var(--accent) }

.chart { display: flex; flex-direction: column; flex: 0 1 auto; min-height: 150px; overflow: hidden; border: 1px solid var(--edge); border-radius: 12px;
  background: radial-gradient(circle, light-dark(#e9ecf1, #1c222d) 1px, transparent 1.2px) 0 0 / 18px 18px, var(--back) }
.canvas { position: relative; flex: 0 1 var(--natural); min-height: 0 }
.scroll { position: absolute; inset: 0; display: grid; overflow: auto; touch-action: pan-x pan-y }
.zoom { position: absolute; right: 8px; bottom: 8px }
.zoom button { min-width: 30px }
.picture { display: block; margin: auto; overflow: visible }
figcaption { flex: none; padding: 2px 8px; font-size: 12px; color: var(--soft); text-align: center; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; background: var(--back) }
.picture text { font: 600 13px system-ui, sans-serif; fill: var(--text) }
.box { fill: var(--raised); stroke: light-dark(#aeb6c4, #475267); stroke-width: 1.2 }
.compound .box, .parallel .box { fill: color-mix(in srgb, var(--raised) 55%, transparent) }
.inner { fill: none; stroke: light-dark(#aeb6c4, #475267) }
.start circle { fill: var(--soft) }
.picture .line { display: inline; fill: none; stroke: light-dark(#b9c0cc, #465064); stroke-width: 1.3 }
.head { fill: light-dark(#a2abba, #566177) }
.picture .label { font: var(--label, 12px) system-ui, sans-serif; fill: var(--soft); stroke: var(--back); stroke-width: 4px; paint-order: stroke; stroke-linejoin: round }
.picture.small .label:not(.visited) { display: none }
.arrow:not(.visited).unnamed .line { stroke-dasharray: 3 4 }
.state.visited .box { fill: var(--accent-back); stroke: var(--accent) }
.state.compound.visited .box { fill: color-mix(in srgb, var(--accent-back) 40%, transparent) }
.arrow.visited .line { stroke: var(--accent); stroke-width: 1.6; opacity: .75 }
.arrow.visited .head { fill: var(--accent) }
.label.visited { fill: var(--accent) !important }
.state.active:not(.compound) .box { fill: var(--accent); stroke: var(--accent); filter: drop-shadow(0 0 7px color-mix(in srgb, var(--accent) 55%, transparent)) }
.state.active:not(.compound) text { fill: var(--on-accent) }
.state.compound.active .box { stroke-width: 2 }
.state.active .inner { stroke: var(--on-accent) }
.state.active.good .box { fill: var(--good); stroke: var(--good); filter: none }
.state.active.bad .box { fill: var(--bad); stroke: var(--bad); filter: none }
.state.active.stopped .box { fill: var(--soft); stroke: var(--soft); filter: none }
.state.active:is(.good, .bad, .stopped) text { fill: light-dark(#fff, #0c1310) }
.arrow.last .line { stroke-width: 2.6; opacity: 1; stroke-dasharray: 7 5; animation: march .7s linear infinite }
.label.last { font-weight: 700 !important }

@container (max-width: 420px) {
  .timeline h3, figcaption { display: none }
}
@container (min-width: 620px) {
  .flow { padding: 14px; gap: 12px }
}
@container (min-width: 880px) {
  .flow {
    display: grid; grid-template-columns: minmax(0, 1fr) clamp(340px, 29cqi, 440px);
    grid-template-rows: auto minmax(0, auto) minmax(150px, 1fr);
  }
  header { grid-column: 1 / -1 }
  .chart { grid-column: 1; grid-row: 2 / span 2 }
  .canvas { flex-grow: 1 }
  .now { grid-column: 2; grid-row: 2; min-height: 0 }
  .timeline { grid-column: 2; grid-row: 3 }
  .now:not(:has(> .panel:not([hidden]), .asked > *)) + .chart + .timeline { grid-row: 2 / span 2 }
}
@keyframes pulse { 50% { opacity: .25 } }
@keyframes march { to { stroke-dashoffset: -12 } }
@keyframes slide { from { translate: 0 } to { translate: 70cqi } }
@media (prefers-reduced-motion: reduce) {
  *, *::before { animation: none !important; transition: none !important }
}
@media (forced-colors: active) {
  .state.active .box { stroke: Highlight; stroke-width: 4 }
  .arrow.last .line { stroke: Highlight }
}
`
