/**
 * The Rényi dial's picture: P and Q on top, and below D_α(P‖Q) over the order α, on an axis on which ∞ has a place.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select } from "../shared/d3.js";
import { number, spoken, spokenAmount } from "../shared/format.js";
import { lawBars, lawHandles, lawNames, probabilityReach } from "../shared/laws.js";
import { linear } from "../shared/scale.js";
import { axis, axisRoom, curve, describeHandles, each, handles, layers, magnified, put, reach, titles } from "../shared/stage.js";
import { NAMED, disjoint, impossible, orderOf, place } from "./math.js";
import { written } from "./words.js";

const FLOOR = { nats: 0.5, bits: 0.75 };
const OVER = 12; // how far what is infinite leaves its frame
const TICKS = [0, 0.5, 1, 2, 4, Infinity];

/** How far each panel's axis must reach for this state: to the largest value, or where that is infinite, to some of the rise. */
export function extents({ p, q, unit }, { there, back, places }) {
  const half = places.indexOf(place(0.5));
  const end = (values) => (values.at(-1) < Infinity ? values.at(-1) : values[half] < Infinity ? 3 * values[half] : 0);
  return {
    probability: probabilityReach(p, q),
    value: reach(Math.max(0, ...[there, back].filter((values) => values.length).map(end)), FLOOR[unit]),
  };
}

function layout(width, count, reached) {
  const narrow = width < 440;
  const [h1, h2] = narrow ? [110, 200] : [116, 216];
  const top1 = 44;
  const top2 = top1 + h1 + 84;
  const p = linear([0, reached.probability], [top1 + h1, top1]);
  const v = linear([0, reached.value], [top2 + h2, top2]);
  const left = Math.max(axisRoom([p, v]), 30);
  const right = width - 18;
  const pitch = (right - left) / count;
  return { narrow, width, left, right, pitch, top1, top2, p, v, t: linear([0, 1], [left + 10, right]), base: top2 + h2, height: top2 + h2 + 52, thick: Math.min(pitch * 0.34, 54), middle: (i) => left + (i + 0.5) * pitch };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const clip = svg.append("defs").append("clipPath").attr("id", `${uid}-orders`).append("rect");
  const layer = layers(svg, ["lens", "axes", "bars", "titles", "words", "handles"]);
  const lines = layer.bars.append("g").attr("clip-path", `url(#${uid}-orders)`);
  const points = layer.bars.append("g");
  let framed = "";

  function draw(state, measured, { width, chosen, reached }) {
    const at = layout(width, state.p.length, reached);
    const frame = JSON.stringify([width, state.labels, state.unit, state.both, reached]);
    if (frame !== framed) furniture(layer, svg, clip, state, at, reached);
    framed = frame;
    put(each(layer.lens, "rect", "kl-lens-band", [0]), { x: at.middle(chosen) - at.pitch / 2 + 1, width: at.pitch - 2, y: at.top1 - 18, height: at.p(0) - at.top1 + 46, rx: 8 });

    const outcomes = state.labels.map((label, i) => ({ i, label, p: state.p[i], q: state.q[i], x: at.middle(i) }));
    lawBars(layer, outcomes, at);
    curves(layer, lines, points, state, measured, at);
    dial(layer, points, state, measured, at);
    const { numbers } = measured;
    const order = orderOf(state);
    const said = `Rényi divergence ${spokenAmount(numbers.renyi, state.unit)}`;
    handles(layer.handles, [
      ...lawHandles(outcomes, state, at, said),
      {
        id: "alpha", kind: "kl-handle-alpha", orientation: "horizontal", x: at.t(place(order)), y: at.base, width: 16, height: 16,
        label: "Order α", least: 0, most: 1, now: place(order),
        text: `order ${spoken(order)}, ${said}`,
      },
    ]);
    return { probability: 1 / (at.p(0) - at.p(1)), place: 1 / (at.t(1) - at.t(0)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** The height of a value; what is beyond the frame just leaves it. */
const height = (at, value) => Math.max(at.top2 - OVER, at.v(Math.min(value, 1e9)));

/** The curves, the points at the orders with a name, and where the divergence is infinite. */
function curves(layer, lines, points, state, { places, there, back }, at) {
  const x = places.map((t) => Math.round(10 * at.t(t)) / 10);
  const line = (values) => {
    const finite = values.filter(Number.isFinite).length;
    if (finite === 0) return "";
    const drawn = values.slice(0, finite).map(at.v);
    return finite < values.length ? curve(x.slice(0, finite + 1), [...drawn, at.top2 - 4 * OVER]) : curve(x, drawn);
  };
  put(each(lines, "path", "kl-curve kl-dial-back", [0]), { d: back.length ? line(back) : "" });
  put(each(lines, "path", "kl-curve kl-dial-there", [0]), { d: line(there) });

  const from = disjoint(state) ? 0 : impossible(state).length ? place(1) : 1;
  const endless = from < 1;
  put(each(layer.lens, "rect", "kl-dial-endless", [0]), { x: at.t(from), width: at.t(1) - at.t(from), y: at.top2, height: at.base - at.top2, visibility: endless ? null : "hidden" });
  put(each(layer.words, "text", "kl-note kl-dial-said", [0]), { x: (at.t(from) + at.right) / 2, y: (at.top2 + at.base) / 2, "text-anchor": "middle" },
    !endless ? "" : from === 0 ? "infinite at every order" : at.narrow ? "∞ from α = 1" : "infinite from α = 1 on");
  const marks = NAMED.map(({ order }) => ({ order, value: there[places.indexOf(place(order))] }));
  put(each(points, "circle", "kl-dial-point", marks), { cx: ({ order }) => at.t(place(order)), cy: ({ value }) => height(at, value), r: 4.5, visibility: ({ value }) => (at.v(value) >= at.top2 - 1 ? null : "hidden") });
  put(each(layer.words, "text", "kl-net-label kl-dial-infinite", marks.filter(({ value }) => value === Infinity)), { x: ({ order }) => at.t(place(order)), y: at.top2 + 14, "text-anchor": "middle" }, "∞");
  // An arrow where the curve leaves its frame, and where the other one does.
  const leaving = [["there", there], ["back", back]].flatMap(([name, values]) => {
    const k = values.findIndex((value) => at.v(value) < at.top2 - 1);
    return k > 0 && values.at(-1) === Infinity ? [{ name, x: x[k] }] : [];
  });
  put(each(points, "path", "kl-dial-arrow", leaving, ({ name }) => name), { class: ({ name }) => `kl-dial-${name}-arrow kl-dial-arrow`, d: "M-5,0l5,-9l5,9Z", transform: (d) => `translate(${d.x},${at.top2 - 4})` });
}

/** The line up from the dial, the point on the curve, and the value there. */
function dial(layer, points, state, { numbers, mirrored }, at) {
  const order = orderOf(state);
  const x = at.t(place(order));
  const inside = numbers.renyi < Infinity;
  const y = inside ? height(at, numbers.renyi) : at.top2 + 20; // below its ∞
  put(each(layer.axes, "line", "kl-dial-line", [0]), { x1: x, x2: x, y1: at.base, y2: y });
  put(each(points, "circle", "kl-dial-here", inside ? [0] : []), { cx: x, cy: y, r: 5.5 });
  const other = state.both && mirrored < Infinity && at.v(mirrored) > at.top2 - 1 ? [0] : [];
  put(each(points, "rect", "kl-dial-mirror", other), { x: at.t(place(1 - order)) - 4.5, y: at.v(mirrored) - 4.5, width: 9, height: 9 });
  const left = x - at.left > 64;
  put(each(layer.words, "text", "kl-net-label kl-ink-gain kl-dial-value", [0]), {
    x: inside ? x + (left ? -10 : 4) : x, y: inside ? Math.max(at.top2 + 4, y - (left ? 9 : 16)) : at.top2 + 14, "text-anchor": !inside ? "middle" : left ? "end" : "start",
  }, number(numbers.renyi));
}

/** What stays while the dial turns: axes, titles, names. */
function furniture(layer, svg, clip, { labels, unit, both }, at, reached) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  put(clip, { x: at.left - 4, width: at.right - at.left + 8, y: at.top2 - 4, height: at.base - at.top2 + 8 });
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "p", at.p, { ...sides, count: 2 });
  axis(layer.axes, "v", at.v, { ...sides, count: 4 });
  const row = each(layer.axes, "g", "kl-axis kl-axis-x", [0]);
  const x = (order) => Math.round(at.t(place(order))) + 0.5;
  put(row.selectAll("line").data(TICKS).join("line"), { x1: x, x2: x, y1: at.top2, y2: at.base });
  put(row.selectAll("text").data([...TICKS.map((order) => ({ order, text: written(order), dy: 26 })), ...NAMED.map(({ order, name }) => ({ order, text: name, dy: 44 }))]).join("text"), {
    x: ({ order }) => at.t(place(order)), y: ({ dy }) => at.base + dy, "text-anchor": "middle",
  }, ({ text }) => text);
  put(each(layer.titles, "text", "kl-note kl-dial-axis", [0]), { x: 0, y: at.base + 26 }, "α");
  lawNames(layer, labels, at);
  const note = magnified(reached.value, FLOOR[unit], at.narrow);
  titles(layer.titles, [
    [at.top1 - 28, [["probability under "], ["P", "kl-ink-p"], [" (solid) and "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 26, [
      [at.narrow && both ? "Rényi, " : "Rényi divergence "], ["of P from Q", "kl-ink-gain"], ...(both ? [[at.narrow ? ", " : " (solid), "], ["of Q from P", "kl-note"], [" (dashed)"]] : []),
      [both ? (at.narrow ? "" : `, in ${unit}`) : at.narrow ? " over α" : ` over its order α, in ${unit}`], [note, "kl-note"],
    ]],
  ]);
}
