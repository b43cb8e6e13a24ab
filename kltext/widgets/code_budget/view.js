/**
 * The code budget's picture: strips as high as p and as wide as −log q, and below what the sampled symbols cost in all.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select, ticks } from "../shared/d3.js";
import { spoken, spokenAmount, total } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, curve, describeHandles, each, handles, hatch, layers, put, titles } from "../shared/stage.js";
import { NATS } from "../shared/divergence.js";
import { DRAWS, LONGEST, length } from "./math.js";

const LEAST = 4; // bits that the axis of lengths shows at least

/** How far each axis must reach for this state. */
export function extents({ p, q, unit }, { numbers, costs }) {
  const widths = [...p.filter((value) => value > 0), ...q].map((value) => length(value, unit)).filter(Number.isFinite);
  const ends = [costs.at(-1).paid, costs.at(-1).needed, DRAWS * numbers.cross_entropy_pq, DRAWS * numbers.entropy_p].filter(Number.isFinite);
  const bits = 1 / NATS[unit] * Math.LN2;
  return { width: Math.min(1.12 * Math.max(LEAST * bits, ...widths), 1.1 * LONGEST * bits), cost: 1.08 * Math.max(60 * bits, ...ends) };
}

function layout(width, reached) {
  const narrow = width < 440;
  const [h1, h2] = narrow ? [230, 130] : [250, 150];
  const top1 = 40;
  const top2 = top1 + h1 + 74;
  const left = narrow ? 62 : 78;
  const right = width - 14;
  return {
    narrow, width, left, right, top1, top2, bottom1: top1 + h1, height: top2 + h2 + 44,
    y: linear([0, 1], [top1, top1 + h1]), x: linear([0, reached.width], [left, right]),
    draws: linear([0, DRAWS], [left, right - (narrow ? 66 : 84)]), cost: linear([0, reached.cost], [top2 + h2, top2]),
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const layer = layers(svg, ["lens", "axes", "bars", "titles", "words", "handles"]);
  let framed = "";

  function draw(state, { numbers, costs }, { width, chosen, reached }) {
    const at = layout(width, reached);
    let level = 0;
    const strips = state.labels.map((label, i) => {
      const [p, q] = [state.p[i], state.q[i]];
      const top = level;
      level += p;
      return { i, label, p, q, top, bottom: level, wp: p > 0 ? length(p, state.unit) : 0, wq: length(q, state.unit) };
    });
    const frame = JSON.stringify([width, state.unit, reached]);
    if (frame !== framed) furniture(layer, svg, state, at);
    framed = frame;

    const edge = (w) => at.x(Math.min(w, at.x.domain[1]));
    const rows = strips.filter(({ p }) => p > 0);
    const box = (name, data, from, to, more = {}) => put(each(layer.bars, "rect", name, data, ({ i }) => i), {
      x: (d) => edge(from(d)), width: (d) => Math.max(0, edge(to(d)) - edge(from(d))), y: ({ top }) => at.y(top) + 0.5, height: ({ p }) => Math.max(0, at.y(p) - at.y(0) - 1), ...more,
    });
    put(each(layer.lens, "rect", "kl-lens-band", [strips[chosen]]), { x: 0, width: at.width, y: ({ top }) => at.y(top) - 2, height: ({ p }) => at.y(p) - at.y(0) + 4, rx: 6 });
    box("kl-strip-need", rows, () => 0, ({ wp, wq }) => Math.min(wp, wq));
    box("kl-gain kl-strip-more", rows.filter(({ wp, wq }) => wq > wp && Number.isFinite(wq)), ({ wp }) => wp, ({ wq }) => wq);
    box("kl-loss kl-strip-less", rows.filter(({ wp, wq }) => wq < wp), ({ wq }) => wq, ({ wp }) => wp, { fill: hatching });
    put(each(layer.bars, "path", "kl-gain kl-strip-endless", rows.filter(({ wq }) => wq === Infinity), ({ i }) => i), {
      d: ({ top, bottom, wp }) => endless(edge(wp), at.right + 8, at.y(top) + 0.5, at.y(bottom) - 0.5),
    });
    put(each(layer.bars, "line", "kl-strip-edge", strips.filter(({ p, wq }) => p > 0 && Number.isFinite(wq)), ({ i }) => i), {
      x1: ({ wq }) => edge(wq), x2: ({ wq }) => edge(wq), y1: ({ top }) => at.y(top), y2: ({ bottom }) => at.y(bottom),
    });

    const room = at.narrow ? 7 : 9;
    const names = crowded(strips, at);
    put(each(layer.words, "text", "kl-name", names, ({ i }) => i), { x: 0, y: ({ shown }) => shown }, ({ label }) => (label.length > room ? `${label.slice(0, room - 1)}…` : label));

    lines(layer, state, numbers, costs, at);
    grips(layer, state, strips, at, numbers, edge);
    return { probability: 1 / (at.y(1) - at.y(0)), length: 1 / (at.x(1) - at.x(0)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** The names of the strips, each at the middle of its strip; those that would overlap move down, and what no longer fits is left out. */
function crowded(strips, at) {
  let free = at.top1 + 2;
  return strips.map((strip) => ({ ...strip, shown: at.y((strip.top + strip.bottom) / 2) + 4 })).map((strip) => {
    const shown = Math.max(strip.shown, free + 10);
    free = shown + 3;
    return { ...strip, shown };
  }).filter(({ shown }) => shown <= at.bottom1 + 12);
}

const TEETH = 4; // flanks of a torn end
/** Outline of a strip that never ends, torn off at the right. */
function endless(x0, x1, y0, y1) {
  const step = (y1 - y0) / TEETH;
  const torn = Array.from({ length: TEETH + 1 }, (_, k) => `L${k % 2 ? x1 - 6 : x1},${(y0 + k * step).toFixed(1)}`).join("");
  return `M${x0.toFixed(1)},${y0.toFixed(1)}${torn}L${x0.toFixed(1)},${y1.toFixed(1)}Z`;
}

/** What the symbols have cost: as sampled, and as it must be on average. */
function lines(layer, state, numbers, costs, at) {
  const across = costs.map((_, n) => Math.round(10 * at.draws(n)) / 10);
  const rows = [["q", "paid", numbers.cross_entropy_pq], ["p", "needed", numbers.entropy_p]];
  const finite = rows.filter(([, key]) => Number.isFinite(costs.at(-1)[key]));
  put(each(layer.bars, "path", "kl-run", finite, ([which]) => which), {
    class: ([which]) => `kl-run kl-curve kl-curve-${which}`, d: ([, key]) => curve(across, costs.map((cost) => at.cost(cost[key]))),
  });
  put(each(layer.bars, "line", "kl-mean", rows.filter(([, , slope]) => Number.isFinite(slope)), ([which]) => which), {
    class: ([which]) => `kl-mean kl-mean-${which}`, x1: at.draws(0), x2: at.draws(DRAWS), y1: at.cost(0), y2: ([, , slope]) => at.cost(DRAWS * slope),
  });
  // The two ends are named one below the other, however close they are.
  const ends = rows.map(([which, key, slope]) => ({ which, slope, y: Number.isFinite(slope) ? at.cost(DRAWS * slope) + 4 : at.top2 + 8, name: which === "q" ? "H(P,Q)" : "H(P)", key }));
  const [upper, lower] = ends;
  const gap = Math.max(0, 30 - (lower.y - upper.y));
  upper.y = Math.max(at.top2 + 8, upper.y - gap / 2);
  lower.y = Math.min(at.cost(0) + 4, Math.max(lower.y + gap / 2, upper.y + 30));
  const label = (name, text, dy) => put(each(layer.words, "text", name, ends, ({ which }) => which), { class: ({ which }) => `kl-ink-${which} ${name}`, x: at.draws(DRAWS) + 8, y: ({ y }) => y + dy }, text);
  label("kl-slope-name", ({ name }) => name, -3);
  label("kl-slope", ({ slope }) => total(slope), 11);
}

/** P's heights are moved at the strips' upper edges, Q's lengths at their right ends. */
function grips(layer, state, strips, at, numbers, edge) {
  const outcome = `H(P,Q) ${spokenAmount(numbers.cross_entropy_pq, state.unit)}, D(P‖Q) ${spokenAmount(numbers.kl_pq, state.unit)}`;
  const long = LONGEST * Math.LN2 / NATS[state.unit];
  const lengths = strips.map(({ i, label, q, top, bottom, wq }) => ({
    id: `q:${i}`, kind: "kl-handle-q", orientation: "horizontal", x: Number.isFinite(wq) ? edge(wq) : at.right, y: at.y((top + bottom) / 2), width: 8, height: Math.min(20, Math.max(8, 0.5 * (at.y(bottom) - at.y(top)))),
    label: `Code length of ${label}`, least: 0, most: Math.max(long, Number.isFinite(wq) ? wq : 0), now: Number(Math.min(wq, 2 * long).toFixed(6)), text: `length ${spokenAmount(wq, state.unit)}, ${outcome}`,
  }));
  const heights = strips.slice(1).map(({ i, label, p, top }) => ({
    id: `p:${i}`, kind: "kl-handle-p", orientation: "vertical", x: at.left - 1, y: at.y(top), width: 20, height: 8,
    label: `P of ${label}, taken from ${strips[i - 1].label}`, least: 0, most: Number((p + strips[i - 1].p).toFixed(12)), now: p, text: `probability ${spoken(p)}, ${outcome}`,
  }));
  handles(layer.handles, [...heights, ...lengths]);
}

/** What stays while an edge moves: axes and titles. */
function furniture(layer, svg, state, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  axis(layer.axes, "cost", at.cost, { left: at.left, right: at.draws(DRAWS), count: 3 });
  const across = (name, scale, count, top, bottom) => {
    const row = each(layer.axes, "g", `kl-axis kl-axis-${name}`, [0]);
    const data = ticks(...scale.domain, count);
    put(row.selectAll("line").data(data).join("line"), { x1: scale, x2: scale, y1: top, y2: bottom });
    put(row.selectAll("text").data(data).join("text"), { x: scale, y: bottom + 16, "text-anchor": "middle" }, String);
  };
  across("lengths", at.x, at.narrow ? 4 : 7, at.top1, at.bottom1);
  across("draws", at.draws, at.narrow ? 3 : 6, at.cost(0), at.cost(0) + 4);
  titles(layer.titles, [
    [at.top1 - 18, [["height "], ["p", "kl-ink-p"], [", width "], [state.unit === "bits" ? "−log₂ q" : "−log q", "kl-ink-q"], [at.narrow ? ": area H(P,Q)" : ": the area is the cost, H(P,Q)"]]],
    [at.top2 - 14, [[at.narrow ? "cost of symbols with " : "cost of sampled symbols with "], ["Q’s", "kl-ink-q"], [" and "], ["P’s", "kl-ink-p"], [" code"]]],
  ]);
  const hints = [[at.right, at.bottom1 + 32, `length of a code word (${state.unit})`], [at.draws(DRAWS), at.cost(0) + 34, "symbols sent"]];
  put(each(layer.titles, "text", "kl-hint", hints), { x: ([x]) => x, y: ([, y]) => y, "text-anchor": "end" }, ([, , text]) => text);
}
