/** The page's style: light and dark, for phones and for paper. Nothing is loaded from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark; --back: #fbfbfa; --card: #fff; --text: #1c2024; --dim: #5b6470; --line: #d9dde2;
  --ok: #18794e; --relay: #ad5700; --fault: #c6252b; --accent: #2257c4; }
@media screen and (prefers-color-scheme: dark) { :root { --back: #14171a; --card: #1c2024; --text: #e8eaed; --dim: #9aa4b0;
  --line: #353b43; --ok: #4cc38a; --relay: #f1a10d; --fault: #ff7b7e; --accent: #8fb3ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem; max-width: 70rem; background: var(--back); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.35rem; margin: 0 0 .2rem; } h2 { font-size: 1.05rem; margin: 0 0 .6rem; }
h1.good { color: var(--ok); } h1.bad { color: var(--fault); }
header p { margin: 0; color: var(--dim); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 1rem 0; }
ul.numbers { display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; list-style: none; margin: .8rem 0 0; padding: 0; }
ul.numbers b { font-size: 1.15rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; color: var(--dim); font-size: .87rem; margin: .4rem 0 0; }
.legend i { display: inline-block; width: 1.7rem; margin-right: .35rem; vertical-align: middle; border-top: 3px solid var(--ok); }
.legend i.relay { border-top: 3px dashed var(--relay); } .legend i.none { border-top: 3px dotted var(--fault); }
svg { display: block; width: 100%; max-height: 27rem; }
svg text { fill: var(--text); font-size: 14px; font-weight: 600; }
svg .address, svg .latency { fill: var(--dim); font-size: 12px; font-weight: 400; }
svg .latency { text-anchor: middle; paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
.link line { stroke: var(--line); stroke-width: 1.5; } .link.direct line { stroke: var(--ok); stroke-width: 2.5; }
.link.relay line { stroke: var(--relay); stroke-width: 2.5; stroke-dasharray: 8 5; }
.link.none line { stroke: var(--fault); stroke-width: 2; stroke-dasharray: 2 5; }
.node { cursor: pointer; } .node circle { fill: var(--card); stroke: var(--ok); stroke-width: 4; }
.node.fault circle { stroke: var(--fault); } .node.warn circle { stroke: var(--relay); } .node.unknown circle { stroke: var(--dim); }
.node:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; border-radius: 4px; }
.node.chosen circle { fill: var(--accent); } svg.choosing .link:not(.chosen) { opacity: .12; }
tr.chosen > * { background: color-mix(in srgb, var(--accent) 14%, transparent); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-top: 1px solid var(--line); }
thead th { color: var(--dim); font-weight: 500; border-top: 0; } #matrix { width: auto; } #matrix td { white-space: nowrap; }
#hosts td, #hosts th, #findings li { overflow-wrap: break-word; } #hosts thead th { white-space: nowrap; }
#findings li, header { overflow-wrap: anywhere; }
.value { display: inline-block; } small { color: var(--dim); }
td.direct, td.ok { color: var(--ok); } td.relay, td.warn { color: var(--relay); } td.none, td.fault { color: var(--fault); }
td.unknown { color: var(--dim); } td.self { background: var(--back); }
#findings { list-style: none; margin: 0; padding: 0; } #findings li { border-left: 4px solid var(--relay); padding: .1rem .7rem; margin: .5rem 0; }
#findings li.fault { border-color: var(--fault); } .remedy { margin: .15rem 0 0; color: var(--dim); }
footer { color: var(--dim); font-size: .85rem; }
@media screen and (min-width: 58.01rem) { #hosts th, #hosts td:nth-child(3) { white-space: nowrap; } }
@media (max-width: 58rem) {
  table.cards, table.cards tr, table.cards th { display: block; } table.cards thead { display: none; }
  table.cards tbody { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 0 1.4rem; }
  table.cards tr { border-top: 2px solid var(--line); padding: .4rem 0; }
  table.cards th, table.cards td { display: flex; gap: .2rem .6rem; border: 0; padding: .12rem 0; }
  table.cards td > span { overflow-wrap: anywhere; }
  table.cards [data-label]::before { content: attr(data-label); flex: 0 0 6.2rem; color: var(--dim); font-weight: 400; }
}
@media (max-width: 44rem) { body { padding: .7rem; } section { padding: .7rem; } }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; background: none; } section { break-inside: avoid; border: 0; padding: 0; }
  .scroll { overflow: visible; } .hint { display: none; } * { print-color-adjust: exact; } }
`;
