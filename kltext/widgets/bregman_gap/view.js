/**
 * The Bregman gap's picture: the log-partition function over θ with the tangent at P and the gap at Q; below, its conjugate
 * over the means with the tangent at Q and the gap at P. Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select, ticks } from "../shared/d3.js";
import { number, spoken, spokenAmount, total } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, axisRoom, bar, curve, describeHandles, each, handles, layers, put, titles } from "../shared/stage.js";
import { FAMILIES, dualTangent, tangent } from "./math.js";

const POINTS = 160;

/** The distance of about `count` ticks. */
const tickStep = (low, high, count) => {
  const [first, second] = ticks(low, high, count);
  return second - first;
};

/** The two panels of a state. A law stands at x on a curve; a tangent touches at one law, and its gap is at the other. */
function panels(state, { p, q }) {
  const { A, dual, reach } = FAMILIES[state.family];
  return [
    { kind: "natural", f: A, place: (law) => law.theta, height: (law) => law.A, line: tangent, slope: (law) => law.mean, touch: [["p", "q"], ["q", "p"]], limits: reach.natural },
    { kind: "mean", f: dual, place: (law) => law.mean, height: (law) => law.dual, line: dualTangent, slope: (law) => law.theta, touch: [["q", "p"], ["p", "q"]], limits: reach.mean },
  ].map((panel) => ({
    ...panel,
    gaps: panel.touch.slice(0, state.both ? 2 : 1).map(([touches, at], i) => {
      const [law, other] = [{ p, q }[touches], { p, q }[at]];
      return { i, touches, at, law, other, end: panel.line(law)(panel.place(other)) };
    }),
  }));
}

/** Some of an axis around these values: `least` of it at any rate, from a round number to a round number, inside where it ends. */
function around(values, [least, first, last]) {
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 0];
  const margin = Math.max(0.75 * (high - low), (least - (high - low)) / 2);
  const step = tickStep(low - margin, high + margin, 12);
  return [Math.max(first, step * Math.floor((low - margin) / step + 1e-9)), Math.min(last, step * Math.ceil((high + margin) / step - 1e-9))];
}

/** How far each axis must reach for this state: lows are negated, so that all extents grow upwards. */
export function extents(state, measured) {
  const found = {};
  for (const panel of panels(state, measured)) {
    const places = [measured.p, measured.q].map(panel.place);
    const [left, right] = around(places.filter(Number.isFinite), FAMILIES[state.family].window[panel.kind]);
    const seen = (x) => panel.f(Math.min(right, Math.max(left, x)));
    const ends = panel.gaps.map(({ end }) => end);
    const heights = [...places.map(seen), ...ends].filter(Number.isFinite);
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    const shown = [0.1, 0.5, 0.9].map((u) => seen(left + u * (right - left)));
    const size = Math.max(high - low, 0.4 * (Math.max(...shown) - Math.min(...shown)));
    const middle = (low + high) / 2;
    Object.assign(found, { [`${panel.kind}Low`]: -left, [`${panel.kind}High`]: right, [`${panel.kind}Bottom`]: -(middle - 0.82 * size), [`${panel.kind}Top`]: middle + 0.7 * size });
  }
  return found;
}

/** Both panels show nats in one scale, so that a gap has one length. */
function layout(width, reached) {
  const narrow = width < 440;
  const heights = narrow ? [210, 190] : [230, 210];
  const spans = ["natural", "mean"].map((kind) => ({ x: [-reached[`${kind}Low`], reached[`${kind}High`]], y: [-reached[`${kind}Bottom`], reached[`${kind}Top`]] }));
  const nat = Math.min(...spans.map(({ y }, i) => heights[i] / (y[1] - y[0])));
  const scales = spans.map(({ x, y }, i) => {
    const spare = (heights[i] / nat - (y[1] - y[0])) / 2;
    return { x, y: [y[0] - spare, y[1] + spare] };
  });
  const left = Math.max(40, axisRoom(scales.map(({ y }) => linear(y, [0, 1])), 4));
  const right = width - 12;
  let top = 52;
  const frames = scales.map(({ x, y }, i) => {
    const base = top + heights[i];
    const frame = { top, base, x: linear(x, [left + 8, right - 8]), y: linear(y, [base, top]) };
    top = base + 92;
    return frame;
  });
  return { narrow, width, left, right, frames, height: frames[1].base + 30 };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const clips = [0, 1].map((i) => svg.append("defs").append("clipPath").attr("id", `${uid}-side${i}`).append("rect"));
  const layer = layers(svg, ["axes", "bars", "titles", "words", "handles"]);
  const sides = clips.map((_, i) => ({ lines: layer.bars.append("g").attr("clip-path", `url(#${uid}-side${i})`), marks: layer.bars.append("g"), words: layer.words.append("g") }));
  let framed = "";

  function draw(state, measured, { width, reached }) {
    const at = layout(width, reached);
    const frame = JSON.stringify([width, state.family, state.both, reached]);
    if (frame !== framed) furniture(layer, sides, svg, clips, state, at);
    framed = frame;
    const both = panels(state, measured);
    both.forEach((panel, i) => side(sides[i], panel, at.frames[i], at, state, measured));
    slopes(layer.words, measured, at);
    handles(layer.handles, both.flatMap((panel, i) => ["p", "q"].map((which) => grip(panel, which, at.frames[i], measured))));
    return Object.fromEntries(both.map(({ kind }, i) => [kind, 1 / (at.frames[i].x(1) - at.frames[i].x(0))]));
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** A pixel of x inside the frame; where θ is infinite, its end. */
const across = ({ x }, value) => Math.min(x.range[1], Math.max(x.range[0], x(value)));

/** One panel: what stands at P and Q, the tangents, the gaps and their numbers. */
function side(layer, panel, frame, at, state, measured) {
  const laws = ["p", "q"].map((which) => ({ which, law: measured[which], left: across(frame, panel.place(measured[which])) }));
  const inside = laws.filter(({ law }) => Number.isFinite(panel.place(law)));
  const top = ({ law }) => frame.y(panel.height(law));
  put(each(layer.lines, "line", "kl-bregman-drop", inside, ({ which }) => which), {
    class: ({ which }) => `kl-bregman-${which} kl-bregman-drop`, x1: ({ left }) => left, x2: ({ left }) => left, y1: frame.base, y2: top,
  });
  const [low, high] = [frame.x.invert(at.left), frame.x.invert(at.right)];
  const ends = ({ law }) => {
    const line = panel.line(law);
    return Number.isFinite(line(low)) ? [at.left, frame.y(line(low)), at.right, frame.y(line(high))] : [across(frame, panel.place(law)), frame.base, across(frame, panel.place(law)), frame.top];
  };
  put(each(layer.lines, "path", "kl-bregman-tangent", panel.gaps, ({ touches }) => touches), {
    class: ({ touches }) => `kl-bregman-${touches} kl-bregman-tangent`, d: (gap) => { const [x1, y1, x2, y2] = ends(gap).map(pixel); return `M${x1},${y1}L${x2},${y2}`; },
  });
  const placed = panel.gaps.map((gap) => gapPlace(panel, frame, at, gap, measured));
  put(each(layer.marks, "path", "kl-bregman-gap", placed, ({ i }) => i), {
    class: ({ i }) => `${i ? "kl-bregman-other" : "kl-gain"} kl-bregman-gap`, d: ({ left, from, to, endless }) => bar(left - 3.5, 7, from, to, endless),
  });
  put(each(layer.marks, "path", "kl-bregman-point", inside, ({ which }) => which), {
    class: ({ which }) => `kl-bregman-${which} kl-bregman-point`,
    d: ({ which }) => (which === "p" ? "M-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0Z" : "M-4,-4h8v8h-8Z"), transform: (d) => `translate(${pixel(d.left)},${pixel(top(d))})`,
  });
  names(layer.words, laws, panel, frame, at, top);
  put(each(layer.words, "text", "kl-net-label", placed, ({ i }) => i), {
    class: ({ i }) => `${i ? "" : "kl-ink-gain "}kl-net-label`, x: ({ label }) => label.x, y: ({ label }) => label.y, "text-anchor": ({ label }) => label.anchor,
  }, ({ text }) => text);
}

const pixel = (value) => Math.round(10 * Math.max(-4000, Math.min(4000, value))) / 10;

/** Where a gap stands, and its number, where neither curve nor tangent is. */
function gapPlace(panel, frame, at, { i, touches, law, other, end }, { numbers }) {
  const value = touches === panel.touch[0][0] ? numbers.kl_pq : numbers.kl_qp;
  const left = across(frame, panel.place(other));
  const height = Number.isFinite(panel.place(other)) ? panel.height(other) : panel.f(frame.x.invert(left));
  const endless = value === Infinity;
  const from = Math.max(frame.top, frame.y(height));
  const to = endless ? frame.base - 16 : value === 0 ? from : Number.isFinite(end) ? frame.y(end) : frame.y(panel.line(law)(frame.x.invert(left)));
  const amount = total(value);
  // Under the tangent on the side on which it rises; where it falls away from the point of tangency, in the wedge above it.
  const rises = endless ? 2 * left < at.left + at.right : panel.slope(law) >= 0;
  const outward = panel.place(other) >= panel.place(law);
  const wedge = !endless && rises !== outward && to - from >= 24;
  const side = wedge ? outward : rises;
  const room = { right: at.right - left - 9, left: left - at.left - 9 };
  const need = { full: 7.8 * (amount.length + 7), short: 7.8 * amount.length };
  const full = room[side ? "right" : "left"] >= need.full && !(endless && at.narrow);
  const right = side === (full || room[side ? "right" : "left"] >= need.short);
  return {
    i, left, from, to: Number.isFinite(to) ? to : from, endless,
    text: `${full ? `D(${touches === "p" === (panel.kind === "natural") ? "P‖Q" : "Q‖P"}) ` : ""}${amount}`,
    label: { x: left + (right ? 9 : -9), y: endless ? frame.base - 12 : wedge && right === side ? to - 6 : Math.min(frame.base - 14, to + 16), anchor: right ? "start" : "end" },
  };
}

/** P and Q above their points, apart where these are close; a law at infinity with an arrow. */
function names(layer, laws, panel, frame, at, top) {
  const close = Math.abs(laws[0].left - laws[1].left) < 24;
  const first = laws[0].left <= laws[1].left ? "p" : "q";
  const data = laws.map((d) => {
    const value = panel.place(d.law);
    const away = Number.isFinite(value) ? 0 : Math.sign(value);
    const push = away ? -away : close ? (d.which === first ? -1 : 1) : 0;
    const name = d.which.toUpperCase();
    return { ...d, push, name: away > 0 ? `${name} →` : away < 0 ? `← ${name}` : name, y: Math.max(frame.top + 12, (away ? frame.y(panel.f(frame.x.invert(d.left))) : top(d)) - 10) };
  });
  put(each(layer, "text", "kl-curve-name", data, ({ which }) => which), {
    class: ({ which }) => `kl-ink-${which} kl-curve-name`, "text-anchor": ({ push }) => (push < 0 ? "end" : push > 0 ? "start" : "middle"),
    x: ({ left, push }) => left + 5 * push, y: ({ y }) => y,
  }, ({ name }) => name);
}

/** A slope of A is a mean; a slope of A* is a θ. */
function slopes(layer, { p, q }, at) {
  const lead = at.narrow ? ["slopes, the means: ", "slopes, the θ: "] : ["slopes of the curve, the means: ", "slopes of the curve, the θ: "];
  const values = [[p.mean, q.mean], [p.theta, q.theta]];
  titles(layer, at.frames.map(({ top }, i) => [top - 18, [[at.width < 330 ? "slopes: " : lead[i]], [`${number(values[i][0], 3)} at P`, "kl-ink-p"], [", "], [`${number(values[i][1], 3)} at Q`, "kl-ink-q"]]]));
}

/** Handles stand on their axis, where they hide neither a point nor a gap. */
function grip({ kind, place, limits: [least, most] }, which, frame, { numbers, ...laws }) {
  const law = laws[which];
  const value = place(law);
  const now = Number.isFinite(value) ? value : value < 0 ? least : most;
  return {
    id: `${which}:${kind}`, kind: `kl-handle-${which}`, orientation: "horizontal", x: across(frame, value), y: frame.base, width: 13, height: 13,
    label: `${kind === "mean" ? "Mean" : "Natural parameter"} of ${which.toUpperCase()}`, least: Math.min(least, now), most: Math.max(most, now), now,
    text: `θ ${spoken(law.theta, 2)}, mean ${spoken(law.mean)}, D(P‖Q) ${spokenAmount(numbers.kl_pq, "nats")}`,
  };
}

/** What stays while a law moves: axes, titles, the curves. */
function furniture(layer, sides, svg, clips, state, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  const { A, dual, formulas } = FAMILIES[state.family];
  at.frames.forEach((frame, i) => {
    put(clips[i], { x: at.left, width: at.right - at.left, y: frame.top - 2, height: frame.base - frame.top + 3 });
    axis(layer.axes, `y${i}`, frame.y, { left: at.left, right: at.right, count: 4 });
    const row = each(layer.axes, "g", `kl-axis kl-axis-x kl-axis-x${i}`, [0]);
    const data = ticks(...frame.x.domain, at.narrow ? 4 : 7);
    put(row.selectAll("line").data(data).join("line"), { x1: frame.x, x2: frame.x, y1: frame.top, y2: frame.base });
    put(row.selectAll("text").data(data).join("text"), { x: frame.x, y: frame.base + 22, "text-anchor": "middle" }, (t) => String(t).replace("-", "−"));
    const xs = Array.from({ length: POINTS + 1 }, (_, k) => frame.x.domain[0] + ((frame.x.domain[1] - frame.x.domain[0]) * (1 - Math.cos((Math.PI * k) / POINTS))) / 2);
    put(each(sides[i].lines, "path", "kl-curve-c kl-bregman-curve", [0]), { d: curve(xs.map((x) => pixel(frame.x(x))), xs.map((x) => frame.y([A, dual][i](x)))) });
  });
  put(each(layer.titles, "text", "kl-hint", [["θ", at.frames[0].base], ["μ", at.frames[1].base]]), { x: at.left - 14, y: ([, base]) => base + 22, "text-anchor": "end" }, ([name]) => name);
  const [P, Q] = [["P", "kl-ink-p"], ["Q", "kl-ink-q"]];
  const said = (touch, other) => (state.both ? [["both tangents, both gaps"]] : [["tangent at "], touch, [", gap at "], other]);
  titles(layer.titles, ["natural side, A(θ)", "mean side, A*(μ)"].map((side, i) => {
    const short = side.split(", ")[1];
    const lead = [`${side} = ${formulas[i]}: `, `${short} = ${formulas[i]}: `].find((text) => 6.8 * (text.length + 24) <= at.width) ?? `${short}: `;
    return [at.frames[i].top - 36, [[lead], ...(i ? said(Q, P) : said(P, Q))]];
  }));
}
