/** How the element looks. Colours come in pairs: for light, for dark. */
export const style: string = `
:host {
  --back: light-dark(#fff, #10141b);
  --raised: light-dark(#f7f8fa, #181d27);
  --edge: light-dark(#dce0e7, #2d3544);
  --text: light-dark(#171b23, #e8ecf3);
  --soft: light-dark(#58606e, #9ba6b7);
  --accent: light-dark(#2b55d4, #86a6ff);
  --accent-back: light-dark(#e9effe, #1d2b52);
  --on-accent: light-dark(#fff, #0d1426);
  --good: light-dark(#0f6b38, #62d391);
  --good-back: light-dark(#e4f6eb, #12311f);
  --warn: light-dark(#7d4c00, #f1bb66);
  --warn-back: light-dark(#fff2d9, #38290f);
  --bad: light-dark(#b0241c, #ff958d);
  --bad-back: light-dark(#fdebea, #3d1817);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace;
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
  display: grid; gap: 14px; padding: 14px;
  background: var(--back); border: 1px solid var(--edge); border-radius: 16px;
}
.flow > * { min-width: 0 }
header { display: grid; gap: 8px }
.engine, .doing, .rest { color: var(--soft); font-size: 13px }
.engine:empty, .doing:empty, .rest:empty { display: none }
.state-line { display: flex; flex-wrap: wrap; gap: 10px; align-items: center }
.state-line button { margin-left: auto }
.status {
  display: inline-flex; align-items: center; gap: 8px; padding: 3px 12px; border-radius: 99px;
  font-weight: 600; background: var(--accent-back); color: var(--accent);
}
.status::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: currentColor }
.status[data-kind='working']::before { animation: pulse 1.4s ease-in-out infinite }
[data-kind='asking'] { background: var(--warn-back); color: var(--warn) }
[data-kind='good'] { background: var(--good-back); color: var(--good) }
[data-kind='bad'] { background: var(--bad-back); color: var(--bad) }
.clock { color: var(--soft); font-size: 13px }
.notice { padding: 8px 12px; border-radius: 10px; background: var(--warn-back); color: var(--warn) }
.now, .asked { display: grid; gap: 14px; align-content: start }
.now:not(:has(> .panel:not([hidden]), .asked > *)) { display: none }
.asked:empty { display: none }
.panel { display: grid; gap: 10px; padding: 14px; border-radius: 12px; background: var(--raised); border: 1px solid var(--edge) }

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
.controls { display: flex; flex-wrap: wrap; gap: 6px }
.files { padding-top: 10px; border-top: 1px solid var(--edge) }

.ask { border-color: var(--warn); box-shadow: 0 0 0 3px var(--warn-back) }
.past .ask { border-color: var(--edge); box-shadow: none }
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
.outcome .facts { color: var(--text); display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; padding: 0 }
dt { font-weight: 600 }
.difference { gap: 4px; font-size: 13px }
.difference .added code { color: var(--bad) }
.difference .removed code { color: var(--soft) }
.outcome.good h3 { color: var(--good) }
.outcome.bad h3 { color: var(--bad) }
.left, .message { font-weight: 600 }
.command { display: block; padding: 8px 10px; border-radius: 8px; background: var(--back); border: 1px solid var(--edge) }

.steps { gap: 2px; counter-reset: step }
.steps button {
  display: grid; grid-template-columns: 4.6em 1fr; gap: 0 10px; width: 100%; text-align: left;
  padding: 5px 8px; border: 1px solid transparent; background: none; font-weight: 500;
}
.steps button:hover { background: var(--back) }
.steps .time { font-size: 12px; color: var(--soft); line-height: 21px }
.steps .event { grid-column: 2; font-size: 11.5px; color: var(--soft) }
.steps .later > span { color: var(--soft) }
.steps [aria-current] { background: var(--accent-back); border-color: var(--accent) }
.steps [aria-current] > span { color: var(--accent) }

.chart { display: grid; justify-items: center; gap: 8px; padding: 12px; border: 1px solid var(--edge); border-radius: 12px;
  background: radial-gradient(circle, light-dark(#e9ecf1, #1c222d) 1px, transparent 1.2px) 0 0 / 18px 18px, var(--back) }
.picture { width: 100%; height: auto; display: block }
.picture.wide { display: none }
.picture.narrow { max-width: 400px }
figcaption { font: 12px var(--mono); color: var(--soft); text-align: center; min-height: 1.5em; overflow-wrap: anywhere; background: var(--back) }
.picture text { font: 600 13px system-ui, sans-serif; fill: var(--text) }
.box { fill: var(--raised); stroke: light-dark(#aeb6c4, #475267); stroke-width: 1.2 }
.compound .box, .parallel .box { fill: color-mix(in srgb, var(--raised) 55%, transparent) }
.inner { fill: none; stroke: light-dark(#aeb6c4, #475267) }
.start circle { fill: var(--soft) }
.picture .line { display: inline; fill: none; stroke: light-dark(#b9c0cc, #465064); stroke-width: 1.3 }
.head { fill: light-dark(#a2abba, #566177) }
.picture .label { font: 10px var(--mono); fill: var(--soft); stroke: var(--back); stroke-width: 4px; paint-order: stroke; stroke-linejoin: round }
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
.state.active:is(.good, .bad) text { fill: light-dark(#fff, #0c1310) }
.arrow.last .line { stroke-width: 2.6; opacity: 1; stroke-dasharray: 7 5; animation: march .7s linear infinite }
.label.last { font-weight: 700 !important }

@container (min-width: 620px) {
  .picture.wide { display: block }
  .picture.narrow { display: none }
  .flow { padding: 18px }
  header { grid-template-columns: 1fr auto; align-items: start }
  .doing, .notice { grid-column: 1 / -1 }
}
@container (min-width: 1040px) {
  .flow { grid-template-columns: minmax(0, 1fr) 370px; grid-template-rows: auto auto 1fr; padding: 22px; gap: 16px }
  header { grid-column: 1 / -1 }
  .chart { grid-column: 1; grid-row: 2 / span 2; align-self: start; position: sticky; top: 10px }
  .now { grid-column: 2; grid-row: 2 }
  .timeline { grid-column: 2; grid-row: 3; align-self: start }
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
