/**
 * The likelihood fit's picture: data and densities on top, below what each point costs, the mean of it, and the floor.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select, ticks } from "../shared/d3.js";
import { spoken, spokenAmount } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { area, axis, axisRoom, curve, describeHandles, each, handles, layers, put, titles } from "../shared/stage.js";
import { density } from "../gaussian_pair/math.js";
import { budget } from "./budget.js";
import { LIMITS, loss, pair } from "./math.js";

/** How far each axis must reach for this state. */
export function extents(state, { numbers, losses }) {
  const { mean_p, std_p, mean_q, std_q } = pair(state);
  return {
    low: -Math.min(...state.data.map((x) => x - 0.5), mean_q - 2.6 * std_q, mean_p - 2 * std_p), // negated, so that all extents grow upwards
    high: Math.max(...state.data.map((x) => x + 0.5), mean_q + 2.6 * std_q, mean_p + 2 * std_p),
    peak: 1.15 * Math.max(density(0, 0, std_p), density(0, 0, std_q)),
    dear: Math.max(4, 1.15 * numbers.cross_entropy_pq, Math.min(1.1 * Math.max(...losses), 5 * Math.max(2, numbers.cross_entropy_pq))),
    cheap: Math.max(0.5, -1.15 * Math.min(numbers.entropy_p, ...losses)), // negated
  };
}

function layout(width, reached) {
  const narrow = width < 440;
  const [h1, h2] = narrow ? [150, 180] : [170, 200];
  const top1 = 40;
  const top2 = top1 + h1 + 60;
  const y = linear([0, reached.peak], [top1 + h1, top1]);
  const cost = linear([-reached.cheap, reached.dear], [top2 + h2, top2]);
  const left = Math.max(40, axisRoom([y, cost]));
  const right = width - (narrow ? 74 : 104);
  return { narrow, width, left, right, top1, top2, base: top1 + h1, bottom: top2 + h2, height: top2 + h2 + 26, y, cost, x: linear([-reached.low, reached.high], [left, right]) };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const clip = svg.append("defs").append("clipPath").attr("id", `${uid}-costs`).append("rect");
  const layer = layers(svg, ["axes", "bars", "titles", "words", "handles"]);
  const path = (name) => layer.bars.append("path").attr("class", name);
  const drawn = { fill: path("kl-curve-fill"), p: path("kl-curve kl-curve-p kl-fit-best"), q: path("kl-curve kl-curve-q"), cost: path("kl-curve kl-curve-q").attr("clip-path", `url(#${uid}-costs)`) };
  let framed = "";

  function draw(state, { numbers, losses }, { width, reached }) {
    const at = layout(width, reached);
    const laws = pair(state);
    const frame = JSON.stringify([width, state.unit, reached]);
    if (frame !== framed) furniture(layer, svg, clip, state, at);
    framed = frame;

    const xs = Array.from({ length: 161 }, (_, i) => -reached.low + ((reached.low + reached.high) * i) / 160);
    const across = xs.map((x) => Math.round(10 * at.x(x)) / 10);
    const ps = xs.map((x) => at.y(density(x, laws.mean_p, laws.std_p)));
    put(drawn.fill, { d: area(across, ps, at.base) });
    put(drawn.p, { d: curve(across, ps) });
    put(drawn.q, { d: curve(across, xs.map((x) => at.y(density(x, state.mean, state.std)))) });
    put(drawn.cost, { d: curve(across, xs.map((x) => at.cost(loss(x, state)))) });

    const points = state.data.map((x, i) => ({ i, x, left: at.x(x), cost: losses[i], end: Math.max(at.top2, at.cost(losses[i])), zero: at.cost(0) }));
    const stems = (name, y1, y2) => put(each(layer.bars, "line", name, points, ({ i }) => i), { x1: ({ left }) => left, x2: ({ left }) => left, y1, y2 });
    stems("kl-stem-height", at.base, ({ x }) => at.y(density(x, state.mean, state.std)));
    stems("kl-stem-cost", ({ zero }) => zero, ({ end }) => end);
    put(each(layer.bars, "circle", "kl-stem-dot", points.filter(({ cost, end }) => at.cost(cost) === end), ({ i }) => i), { cx: ({ left }) => left, cy: ({ end }) => end, r: 3.5 });
    budget(layer, numbers, at);
    grips(layer, state, at, numbers);
    return at.right - at.left;
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** The points stand on their axis; the model is held by its top and by its flank. */
function grips(layer, state, at, numbers) {
  const outcome = `mean loss ${spokenAmount(numbers.cross_entropy_pq, state.unit)}, D(P‖Q) ${spokenAmount(numbers.kl_pq, state.unit)}`;
  const flank = state.mean - state.std;
  const range = ([low, high], now) => ({ least: Math.min(low, now), most: Math.max(high, now), now });
  const model = [
    { id: "q:mean", x: at.x(state.mean), y: at.y(density(0, 0, state.std)), width: 22, height: 10, label: "Mean of the model Q", ...range(LIMITS.mean, state.mean), text: `mean ${spoken(state.mean, 2)}, ${outcome}` },
    { id: "q:std", x: at.x(flank), y: at.y(density(state.std, 0, state.std)), width: 12, height: 12, label: "Standard deviation of the model Q", ...range(LIMITS.std, state.std), text: `standard deviation ${spoken(state.std, 2)}, ${outcome}` },
  ].map((handle) => ({ ...handle, kind: "kl-handle-q", orientation: "horizontal" }));
  const points = state.data.map((x, i) => ({
    id: `x:${i}`, kind: "kl-handle-p", orientation: "horizontal", x: at.x(x), y: at.base, width: 12, height: 12,
    label: `Data point ${i + 1}`, ...range(LIMITS.x, x), text: `at ${spoken(x, 2)}, ${outcome}`,
  }));
  put(each(layer.words, "text", "kl-curve-name", [model[0]], ({ id }) => id), { class: "kl-ink-q kl-curve-name", x: ({ x }) => x + 18, y: ({ y }) => y + 2 }, "Q");
  handles(layer.handles, [...points, ...model]);
}

/** What stays while something moves: axes and titles. */
function furniture(layer, svg, clip, state, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  put(clip, { x: at.left, width: at.right - at.left, y: at.top2 - 2, height: at.bottom - at.top2 + 4 });
  axis(layer.axes, "y", at.y, { left: at.left, right: at.right, count: 3 });
  axis(layer.axes, "cost", at.cost, { left: at.left, right: at.right, count: 4 });
  const row = each(layer.axes, "g", "kl-axis kl-axis-x", [0]);
  const data = ticks(...at.x.domain, at.narrow ? 4 : 7);
  put(row.selectAll("line").data(data).join("line"), { x1: at.x, x2: at.x, y1: at.top1, y2: at.bottom });
  put(row.selectAll("text").data(data).join("text"), { x: at.x, y: at.bottom + 18, "text-anchor": "middle" }, (t) => String(t).replace("-", "−"));
  const log = state.unit === "bits" ? "−log₂ q(x)" : "−log q(x)";
  titles(layer.titles, [
    [at.top1 - 20, [["data, model "], ["Q", "kl-ink-q"], [" (dashed), best Gaussian "], ["P", "kl-ink-p"]]],
    [at.top2 - 16, [["loss of each point "], [log, "kl-ink-q"], [at.narrow ? "" : ", its mean and the floor"]]],
  ]);
}
