/**
 * The picture of one sample under the clip, drawn from the state: the objective over the ratio for both signs of the advantage, its
 * slope, and below, over the same axis, what the sample adds to k1, k2 and k3. Nothing is remembered but the elements.
 */
import { select, ticks } from "../shared/d3.js";
import { number, spoken } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, bar, curve, describeHandles, each, handles, hatch, layers, put, titles } from "../shared/stage.js";
import { DEAD, ENDS, caseOf, estimators } from "./math.js";

const step = (needed, floor) => (needed <= floor ? floor : floor * Math.SQRT2 ** Math.ceil((2 * Math.log(needed / floor)) / Math.LN2 - 1e-9));
const shown = (x) => (Number.isFinite(x) ? Math.min(1000, x) : 0); // what is further out stands at the edge

/** How far each axis must reach for this state. */
export function extents({ ratio, advantage, epsilon }, { k1, k2, k3 }) {
  const size = Math.abs(advantage);
  return {
    ratio: step(1.08 * ratio, 2.5),
    size: step(1.12 * size * Math.max(Math.min(ratio, 4), 1 + epsilon), 2),
    slope: step(1.15 * size, 1.4),
    high: step(1.1 * Math.max(shown(k1), shown(k2), shown(k3)), 1.2), low: step(-1.1 * Math.min(0, shown(k1)), 1.2),
  };
}

function layout(given, { ratio, size, slope, high, low }) {
  const width = Math.max(given, 260);
  const narrow = width < 440;
  const [left, right] = [50, width - 44];
  const top = 62;
  const base = top + (narrow ? 210 : 236);
  const top2 = base + 54;
  const base2 = top2 + 52;
  const top3 = base2 + 38;
  const base3 = top3 + (narrow ? 88 : 96);
  return {
    width, narrow, left, right, top, base, top2, base2, top3, base3, height: base3 + 40, gauge: width - 18,
    x: linear([0, ratio], [left, right]), y: linear([-size, size], [base, top]), slope: linear([-slope, slope], [base2, top2]), k: linear([-low, high], [base3, top3]),
  };
}

const write = (layer, name, rows) => put(each(layer, "text", name, rows), { x: ([, x]) => x, y: ([, , y]) => y, "text-anchor": ([, , , anchor]) => anchor ?? "middle", class: ([, , , , more]) => (more ? `${more} ${name}` : name) }, ([text]) => text);
const tenth = (value) => Math.round(10 * Math.max(-3000, Math.min(3000, value))) / 10;
const line = (...points) => points.map(([x, y], i) => `${i ? "L" : "M"}${tenth(x)},${tenth(y)}`).join("");

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const clips = [0, 1].map((i) => svg.select("defs").append("clipPath").attr("id", `${uid}-clip${i}`).append("rect"));
  const layer = layers(svg, ["band", "axes", "lines", "bars", "titles", "words", "handles"]);
  const [inside, below] = clips.map((_, i) => layer.lines.append("g").attr("clip-path", `url(#${uid}-clip${i})`));
  let framed = "";

  /** What stays while the ratio moves: the band, the axes, the objective for both signs, and the estimators' curves. */
  function furniture(state, at) {
    const { epsilon, advantage } = state;
    const [end, size] = [at.x.domain[1], Math.abs(advantage)];
    put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
    put(clips[0], { x: at.left, width: at.right - at.left + 1, y: at.top, height: at.base - at.top });
    put(clips[1], { x: at.left, width: at.right - at.left + 1, y: at.top3, height: at.base3 - at.top3 });
    const [low, high] = [1 - epsilon, 1 + epsilon].map(at.x);
    put(each(layer.band, "rect", "kl-lens-band", [[at.top, at.base], [at.top2, at.base2], [at.top3, at.base3]]), { x: low, width: high - low, y: ([y]) => y, height: ([from, to]) => to - from });
    axis(layer.axes, "y", at.y, { left: at.left, right: at.right, count: 4 });
    axis(layer.axes, "slope", at.slope, { left: at.left, right: at.right, count: 3 });
    axis(layer.axes, "k", at.k, { left: at.left, right: at.right, count: 3 });
    const marks = ticks(0, end, at.narrow ? 4 : 6);
    put(each(layer.axes, "text", "kl-clip-tick", marks), { x: at.x, y: at.base3 + 18, "text-anchor": "middle" }, (t) => String(Number(t.toPrecision(4))));
    write(layer.axes, "kl-clip-tick-name", [["ρ = π_new / π_old", at.right, at.base3 + 35, "end"]]);
    write(layer.axes, "kl-clip-gauge-name", [["A", at.gauge, at.top - 6]]);
    put(each(layer.axes, "line", "kl-clip-rail", [0]), { x1: at.gauge, x2: at.gauge, y1: at.top, y2: at.base });
    write(layer.words, "kl-clip-edge", high - low < 24 ? [["1±ε", (low + high) / 2, at.base + 16]] : [["1−ε", low, at.base + 16, at.narrow ? "end" : null], ["1+ε", high, at.base + 16, at.narrow ? "start" : null]]);

    const signs = size ? [1, -1].map((sign) => ({ sign, mine: sign === Math.sign(advantage) })) : [];
    const middle = [1 - epsilon, 1 + epsilon];
    const alive = ({ sign }) => (sign > 0 ? line([at.x(0), at.y(0)], [high, at.y(middle[1] * size)]) : line([low, at.y(-middle[0] * size)], [at.x(end), at.y(-end * size)]));
    const dead = ({ sign }) => (sign > 0 ? line([high, at.y(middle[1] * size)], [at.x(end), at.y(middle[1] * size)]) : line([at.x(0), at.y(-middle[0] * size)], [low, at.y(-middle[0] * size)]));
    const whole = signs.length ? signs : [{ mine: true }];
    put(each(inside, "path", "kl-clip-line", [0]), { d: line([at.x(0), at.y(0)], [at.x(end), at.y(end * advantage)]) });
    put(each(inside, "path", "kl-clip-alive", whole), { class: ({ mine }) => `${mine ? "" : "kl-clip-other "}kl-clip-alive`, d: (one) => (one.sign ? alive(one) : line([at.x(0), at.y(0)], [at.x(end), at.y(0)])) });
    put(each(inside, "path", "kl-clip-dead", signs), { class: ({ mine }) => `${mine ? "" : "kl-clip-other "}kl-clip-dead`, d: dead });

    // The slope of the curve with the reader's own advantage: a block where it lives, a line on zero where it is dead.
    const [from, to] = advantage > 0 ? [at.left, Math.min(high, at.right)] : [low, at.right];
    const block = size && to > from ? [0] : [];
    put(each(layer.lines, "path", "kl-clip-slope", block), { class: `kl-area ${advantage > 0 ? "kl-gain" : "kl-loss"} kl-clip-slope`, fill: advantage > 0 ? null : hatching, d: bar(from, to - from, at.slope(0), at.slope(advantage)) });
    const flat = advantage > 0 ? [to, at.right] : [at.left, from];
    put(each(layer.lines, "path", "kl-clip-flat", size && flat[1] > flat[0] ? [flat] : []), { d: ([a, b]) => line([a, at.slope(0)], [b, at.slope(0)]) });
    write(layer.words, "kl-clip-zero", size && flat[1] - flat[0] > 66 ? [["gradient 0", (flat[0] + flat[1]) / 2, at.slope(0) + (advantage > 0 ? -7 : 17)]] : []);

    const ratios = Array.from({ length: 91 }, (_, i) => end * Math.max(0.0005, (i / 90) ** 2)); // finer to the left, where they rise
    const across = ratios.map((ratio) => tenth(at.x(ratio)));
    const all = ratios.map((ratio) => estimators(Math.log(ratio)));
    put(each(below, "path", "kl-clip-k", [0, 1, 2]), { class: (i) => `kl-clip-k${i + 1} kl-clip-k`, d: (i) => curve(across, all.map((three) => at.k(three[i]))) });
    titles(layer.titles, [
      [14, [[at.narrow ? "objective " : "objective of one sample: "], ["min(ρA, clip(ρ)·A)", "kl-ink-gain"]]],
      [32, [["dashed: ρA; dotted: "], ["no gradient", "kl-ink-loss"]]],
      [at.top2 - 12, [["its slope in ρ: A, or 0"]]],
      [at.top3 - 12, [[at.narrow ? "adds " : "adds to D(old‖new): "], ["k1", "kl-clip-name1"], [", "], ["k2", "kl-clip-name2"], [" (dashed), "], ["k3", "kl-ink-gain"], [" (dotted)"]]],
    ]);
  }

  /** The numbers of the six cases in their places; the present one stands out. */
  function cases(state, at) {
    const now = caseOf(state);
    const ends = [0, 1 - state.epsilon, 1 + state.epsilon, at.x.domain[1]].map((ratio) => Math.min(at.x(ratio), at.right));
    const places = [1, 2, 3, 4, 5, 6].map((n) => ({ n, x: (ends[(n - 1) % 3] + ends[((n - 1) % 3) + 1]) / 2, y: n < 4 ? at.top + 15 : at.base - 13, room: ends[((n - 1) % 3) + 1] - ends[(n - 1) % 3] })).filter(({ room }) => room > 15);
    put(each(layer.bars, "circle", "kl-clip-case", places), { class: ({ n }) => `${n === now ? "kl-chosen " : ""}kl-clip-case`, cx: ({ x }) => x, cy: ({ y }) => y, r: 9 });
    put(each(layer.words, "text", "kl-clip-number", places), { class: ({ n }) => `${n === now ? "kl-chosen " : ""}kl-clip-number`, x: ({ x }) => x, y: ({ y }) => y + 4.2, "text-anchor": "middle" }, ({ n }) => String(n));
  }

  function draw(state, numbers, { width, reached }) {
    const at = layout(width, reached);
    const { ratio, advantage, epsilon } = state;
    const { value, unclipped, slope, log_ratio, k1, k2, k3 } = numbers;
    const frame = JSON.stringify([width, advantage, epsilon, reached]);
    if (frame !== framed) furniture(state, at);
    framed = frame;
    cases(state, at);
    const now = caseOf(state);
    const dead = DEAD.includes(now);
    const [px, py] = [at.x(ratio), at.y(value)];
    put(each(layer.lines, "path", "kl-clip-drop", [0]), { d: `M${tenth(px)},${at.top}V${at.base}M${tenth(px)},${at.top2}V${at.base2}M${tenth(px)},${at.top3}V${at.base3}` });
    const lost = dead ? [[Math.min(Math.max(at.y(unclipped), at.top), at.base), py]] : [];
    put(each(layer.bars, "path", "kl-clip-lost", lost), { d: ([from, to]) => `M${tenth(px)},${tenth(from)}V${tenth(to)}` });
    const within = (y, from, to) => Math.min(to, Math.max(from, y));
    const dots = [[at.slope(slope), "slope"], ...[k1, k2, k3].map((k, i) => [within(k === Infinity ? at.top3 : at.k(k), at.top3, at.base3), `k${i + 1}`])];
    put(each(layer.bars, "circle", "kl-clip-dot", dots), { class: ([, name]) => `kl-clip-dot-${name} kl-clip-dot`, cx: px, cy: ([y]) => y, r: 4.5 });
    const leftward = px > at.right - 74;
    write(layer.words, "kl-net-label kl-clip-value", [[number(value, 3), px + (leftward ? -13 : 13), py + (advantage > 0 === leftward ? -8 : 19), leftward ? "end" : "start"]]);

    const outcome = `objective ${spoken(value)}, gradient ${spoken(slope)}, k1 ${spoken(k1)}, k3 ${spoken(k3)}`;
    const where = now === 0 ? "no advantage" : `case ${now}, ${["below the band", "in the band", "above the band"][(now - 1) % 3]}`;
    const reach = (name, now) => ({ least: Math.min(ENDS[name][0], now), most: Math.max(ENDS[name][1], now), now });
    handles(layer.handles, [
      { id: "advantage", kind: "kl-clip-grip", orientation: "vertical", x: at.gauge, y: at.y(advantage), width: 20, height: 11, label: "Advantage", ...reach("advantage", advantage), text: `advantage ${spoken(advantage)}, ${outcome}` },
      { id: "epsilon", kind: "kl-clip-grip", orientation: "horizontal", x: Math.min(at.x(1 + epsilon), at.right), y: at.top, width: 11, height: 18, label: "Upper end of the clip band", ...reach("epsilon", epsilon), text: `epsilon ${spoken(epsilon)}, band from ${spoken(1 - epsilon)} to ${spoken(1 + epsilon)}, ${outcome}` },
      { id: "ratio", kind: "kl-handle-q kl-point", orientation: "horizontal", x: px, y: py, width: 16, height: 16, label: "Probability ratio", ...reach("ratio", ratio), text: `ratio ${spoken(ratio)}, log-ratio ${spoken(log_ratio)}, ${where}, ${outcome}` },
    ]);
    return { ratio: 1 / (at.x(1) - at.x(0)), advantage: 1 / (at.y(0) - at.y(1)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}
