/**
 * The discriminator lens's picture: data and generator on top, the drawn D against the best one in the middle, what each
 * loss feels of the generator's samples below, and the value under its ceiling at the foot.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select } from "../shared/d3.js";
import { number, probability, spoken, spokenAmount } from "../shared/format.js";
import { most } from "../shared/probabilities.js";
import { linear } from "../shared/scale.js";
import { axis, bar, describeHandles, each, handles, hatch, layers, put, titles } from "../shared/stage.js";

/** How far each axis must reach for this state; the value's axis reaches down, so it is counted in coins (log 4). */
export function extents({ p, q }, { numbers, parts }) {
  const step = (size) => [0.2, 0.35, 0.5, 0.75, 1].find((top) => size <= 0.95 * top) ?? 1;
  const depth = Number.isFinite(numbers.value) ? numbers.value / parts.coin : 3;
  return { probability: step(Math.max(...p, ...q)), share: step(Math.max(...q)), coins: [1.5, 2, 3].find((coins) => 1.08 * depth <= coins) ?? 3 };
}

function layout(width, count, reached, coin) {
  const narrow = width < 440;
  const [h1, h2, h3] = narrow ? [120, 118, 70] : [132, 132, 80];
  const top1 = 40;
  const top2 = top1 + h1 + 72;
  const top3 = top2 + h2 + 58;
  const foot = top3 + h3 + 86; // middle of the value's bar
  const left = 40;
  const right = width - 6;
  const pitch = (right - left) / count;
  const wide = Math.min(pitch * 0.74, 84);
  const pixel = (at) => Math.round(100 * at) / 100;
  return {
    narrow, left, right, width, pitch, top1, top2, top3, foot, height: foot + 62,
    p: linear([0, reached.probability], [top1 + h1, top1]), d: linear([0, 1], [top2 + h2, top2]), s: linear([0, reached.share], [top3 + h3, top3]),
    v: linear([reached.coins * coin, 0], [left, right]),
    thick: Math.min(pitch * 0.36, 44), wide, middle: (i) => left + (i + 0.5) * pitch,
    pixel, edge: ({ x }) => pixel(x - wide / 2),
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const layer = layers(svg, ["lens", "axes", "bars", "words", "titles", "handles"]);
  let framed = "";

  function draw(state, measured, { width, chosen, reached }) {
    const { best, numbers, parts } = measured;
    const at = layout(width, state.p.length, reached, parts.coin);
    const places = state.p.map((_, i) => ({ i, p: state.p[i], q: state.q[i], d: state.d[i], best: best[i], empty: state.p[i] + state.q[i] === 0, x: at.middle(i) }));
    const frame = JSON.stringify([width, state.p.length, state.unit, reached]);
    if (frame !== framed) furniture(layer, svg, state, places, at);
    framed = frame;
    put(each(layer.lens, "rect", "kl-lens-band", [0]), { x: at.middle(chosen) - at.pitch / 2 + 1, width: at.pitch - 2, y: at.top1 - 22, height: at.s(0) - at.top1 + 42, rx: 8 });

    const gap = Math.max(1, at.thick * 0.06);
    const path = (name, data, outline, attributes = {}) => put(each(layer.bars, "path", name, [0]), { d: data.map(outline).join(""), ...attributes });
    const level = (y) => (place) => `M${at.edge(place)},${at.pixel(y(place))}h${at.pixel(at.wide)}`;
    path("kl-bar-p", places, ({ x, p }) => bar(x - gap - at.thick, at.thick, at.p(0), at.p(p)));
    path("kl-bar-q", places, ({ x, q }) => bar(x + gap, at.thick, at.p(0), at.p(q)));

    // D as drawn: a level at each place; the best one dashed; between them, hatched, what is missed.
    const used = places.filter(({ empty }) => !empty);
    path("kl-miss", used, ({ x, d, best }) => bar(x - at.wide / 2, at.wide, at.d(d), at.d(best)), { fill: hatching });
    path("kl-best", used, level((place) => at.d(place.best)));
    path("kl-drawn", used, level(({ d }) => at.d(d)));
    path("kl-drawn kl-idle", places.filter(({ empty }) => empty), level(({ d }) => at.d(d)));

    // The generator's bar, split by D: the part believed is the slope of the saturating loss, the rest that of the other one.
    const fakes = places.filter(({ q }) => q > 0);
    path("kl-felt-sat", fakes, ({ x, q, d }) => bar(x - at.thick / 2, at.thick, at.s(0), at.s(q * d)));
    path("kl-felt-non", fakes, ({ x, q, d }) => bar(x - at.thick / 2, at.thick, at.s(q * d), at.s(q)));

    gauge(layer, at, hatching, measured, state.unit);
    const outcome = `V of D ${spokenAmount(numbers.value, state.unit)}, missed ${spokenAmount(numbers.gap, state.unit)}`;
    handles(layer.handles, places.flatMap(({ i, x, d, best: ideal, empty, ...laws }) => [
      ...["p", "q"].map((which) => ({
        id: `${which}:${i}`, kind: `kl-handle-${which}`, orientation: "vertical",
        x: x + (which === "p" ? -gap - at.thick / 2 : gap + at.thick / 2), y: at.p(laws[which]), width: Math.max(at.thick * 0.72, 8), height: 8,
        label: `${which === "p" ? "Data" : "Generator"} at place ${i}`, least: 0, most: most(state[which], i), now: laws[which],
        text: `probability ${spoken(laws[which])}, Jensen–Shannon ${spokenAmount(numbers.js, state.unit)}`,
      })),
      {
        id: `d:${i}`, kind: "kl-handle-d", orientation: "vertical", x, y: at.d(d), width: Math.min(at.wide * 0.6, 26), height: 10,
        label: `D at place ${i}`, least: 0, most: 1, now: d,
        text: `${spoken(d)}${empty ? "" : `, best ${spoken(ideal)}`}, ${outcome}`,
      },
    ]));
    return { probability: 1 / (at.p(0) - at.p(1)), d: 1 / (at.d(0) - at.d(1)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** The value under its ceiling: a fixed line above, a moving end below, and the gap between them hatched and named. */
function gauge(layer, at, hatching, { numbers, parts }, unit) {
  const [low] = at.v.range;
  const floor = Math.max(low, Number.isFinite(numbers.value) ? at.v(numbers.value) : low);
  const out = !(numbers.value >= at.v.domain[0]);
  const ceiling = at.v(numbers.ceiling);
  const [y, thick] = [at.foot, 16];
  put(each(layer.bars, "rect", "kl-gauge", [0]), { x: low, width: at.right - low, y: y - thick / 2, height: thick, rx: 3 });
  put(each(layer.bars, "rect", "kl-reached", [0]), { x: low, width: Math.max(0, floor - low), y: y - thick / 2, height: thick });
  put(each(layer.bars, "rect", "kl-gap", [0]), { x: floor, width: Math.max(0, ceiling - floor), y: y - thick / 2, height: thick, fill: hatching });
  put(each(layer.bars, "line", "kl-ceiling", [0]), { x1: ceiling, x2: ceiling, y1: y - 17, y2: y + 12 });
  put(each(layer.bars, "line", "kl-floor", [0]), { x1: floor, x2: floor, y1: y - 12, y2: y + 17 });
  const anchor = (x, room) => (x + room > at.right ? "end" : x - room < 0 ? "start" : "middle");
  const beside = (x, room) => ({ x: anchor(x, room) === "end" ? Math.min(at.right, x + 6) : anchor(x, room) === "start" ? Math.max(0, x - 6) : x, "text-anchor": anchor(x, room) });
  put(each(layer.words, "text", "kl-net-label kl-ceiling-label", [0]), { ...beside(ceiling, 80), y: y - 23 }, `ceiling ${number(numbers.ceiling, 3)}`);
  put(each(layer.words, "text", "kl-net-label kl-floor-label", [0]), { ...beside(floor, 64), y: y + 31 }, `${out ? "← " : ""}V(D) = ${number(numbers.value, 3)}`);
  put(each(layer.bars, "line", "kl-coin", [0]), { x1: at.v(parts.coin), x2: at.v(parts.coin), y1: y - 12, y2: y + 38 });
  put(each(layer.words, "text", "kl-hint kl-coin-label", [0]), { x: at.v(parts.coin), y: y + 51, "text-anchor": "middle" }, `a coin, D = ½: −log${unit === "bits" ? "₂" : ""} 4`);
}

/** What stays while a bar moves: axes, titles, the places' names. */
function furniture(layer, svg, { unit }, places, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "p", at.p, { ...sides, count: 2 });
  axis(layer.axes, "d", at.d, { ...sides, count: 2 });
  axis(layer.axes, "s", at.s, { ...sides, count: 2 });
  titles(layer.titles, [
    [at.top1 - 26, [["data "], ["P", "kl-ink-p"], [" (solid) and generator "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 16, [["your "], ["D", "kl-ink-r"], [at.narrow ? ", best " : " (solid), the best one "], ["D* = p/(p+q)", "kl-ink-r"], [at.narrow ? " dashed" : " (dashed)"]]],
    [at.top3 - 16, [[at.width < 620 ? "slopes: " : "slopes of the generator's losses: "], ["q·D", "kl-ink-gain"], [at.narrow ? " saturating, " : " saturating (solid), "], ["q·(1−D)", "kl-ink-loss"], [at.narrow ? " not" : " not (dashed)"]]],
    [at.foot - 48, [["value "], ["V(D)", "kl-note"], [at.narrow ? " under its ceiling" : ` under its ceiling 2·JS − log${unit === "bits" ? "₂" : ""} 4`]]],
  ]);
  for (const [name, y] of [["kl-name kl-name-1", at.p(0) + 20], ["kl-name kl-name-2", at.d(0) + 18], ["kl-name kl-name-3", at.s(0) + 17]]) {
    put(each(layer.titles, "text", name, places, ({ i }) => i), { x: ({ x }) => x, y, "text-anchor": "middle" }, ({ i }) => String(i));
  }
}

/** What is said of one place. @returns {string} */
export function story({ p, q, d, unit }, { best, missed }, i) {
  const [a, b, c] = [probability(p[i]), probability(q[i]), probability(d[i])];
  if (p[i] === 0 && q[i] === 0) return `Place ${i}: neither data nor generator ever come here, so D is never asked.`;
  const ideal = p[i] === 0 ? "0: only the generator comes here" : q[i] === 0 ? "1: only data come here" : `${a}/(${a} + ${b}) = ${number(best[i], 3)}`;
  const cost = missed[i] === 0 ? "misses nothing" : missed[i] === Infinity ? "is sure and wrong: it misses infinitely much" : `misses ${number(missed[i], 4)} ${unit}`;
  return `Place ${i}: the best D is ${ideal}; yours, ${c}, ${cost}.`;
}
