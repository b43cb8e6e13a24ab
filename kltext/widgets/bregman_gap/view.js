/**
 * The Bregman gap's picture: the log-partition function over θ with the tangent at P and the gap at Q; below, its conjugate
 * over the means with the tangent at Q and the gap at P. Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select, ticks } from "../shared/d3.js";
import { number, spoken, spokenAmount } from "../shared/format.js";
import { axis, bar, curve, describeHandles, each, handles, layers, put, titles } from "../shared/stage.js";
import { across, gapPlace, layout, panels } from "./geometry.js";
import { FAMILIES } from "./math.js";

const POINTS = 160;

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
