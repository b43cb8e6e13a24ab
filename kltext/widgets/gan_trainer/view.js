/**
 * The picture of a GAN in training: data and generator on the line, D against the best D there, and over the steps the value under its
 * ceiling and the distances between the two laws. Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select, ticks } from "../shared/d3.js";
import { number, spoken, spokenAmount } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { area, axis, curve, describeHandles, each, handles, hatch, layers, put, titles } from "../shared/stage.js";
import { COIN, EVERY, LIMITS } from "./math.js";
import { CELL, CELLS, LAST } from "./training.js";

const SEEN = 6; // how much of the line is shown, to both sides
const shown = CELLS.map((_, i) => i).filter((i) => Math.abs(CELLS[i]) < SEEN);
const DEEPEST = -2.2; // the lowest value that is shown
const tenth = (pixel) => Math.round(10 * pixel) / 10;

/** How far each axis must reach for this state. */
export function extents({ p, q, records, numbers }) {
  const top = Math.max(...p) / CELL;
  const far = Math.max(numbers.w1, ...records.map(({ w1 }) => w1));
  return { density: Math.max(1.3 * top, Math.min(1.1 * (Math.max(...q) / CELL), 2.2 * top)), far: [1, 2, 3, 4, 6].find((reach) => far <= reach) ?? 8 };
}

function layout(width, reached) {
  const narrow = width < 440;
  const [h1, h2, h3, h4] = narrow ? [112, 84, 104, 72] : [124, 92, 116, 84];
  const top1 = 38;
  const top2 = top1 + h1 + 46;
  const top3 = top2 + h2 + 66;
  const top4 = top3 + h3 + 38;
  const [left, right] = [40, width - (narrow ? 22 : 26)];
  return {
    narrow, left, right, width, top1, top2, top3, top4, height: top4 + h4 + 48,
    x: linear([-SEEN, SEEN], [left, right]), t: linear([0, LAST], [left, right]),
    p: linear([0, reached.density], [top1 + h1, top1]), d: linear([0, 1], [top2 + h2, top2]),
    v: linear([DEEPEST, 0], [top3 + h3, top3]), js: linear([0, Math.LN2], [top4 + h4, top4]), w: linear([0, reached.far], [top4 + h4, top4]),
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const layer = layers(svg, ["axes", "bars", "words", "titles", "handles"]);
  let framed = "";

  function draw(state, measured, { width, reached }) {
    const { p, q, D, ideal, numbers, records } = measured;
    const at = layout(width, reached);
    const frame = JSON.stringify([width, reached]);
    if (frame !== framed) furniture(layer, svg, at);
    framed = frame;
    const line = (name, d, attributes = {}) => put(each(layer.bars, "path", name, [0]), { d, ...attributes });

    // The laws, as densities; what is higher than the frame is cut off there.
    const across = shown.map((i) => tenth(at.x(CELLS[i])));
    const density = (law) => shown.map((i) => Math.max(at.top1 - 6, at.p(law[i] / CELL)));
    const [data, fake] = [density(p), density(q)];
    line("kl-curve-fill kl-gan-data", area(across, data, at.p(0)));
    line("kl-curve kl-curve-p", curve(across, data));
    line("kl-gan-fake", area(across, fake, at.p(0)));
    const cut = shown.filter((i) => at.p(q[i] / CELL) < at.top1 - 6); // how high it goes there is said beside it
    const [first, last] = [at.x(CELLS[cut[0] ?? 0]), at.x(CELLS[cut.at(-1) ?? 0])];
    const beside = last < at.right - 70 ? { x: last + 9, "text-anchor": "start" } : { x: first - 9, "text-anchor": "end" };
    put(each(layer.words, "text", "kl-hint kl-of kl-of-q", cut.length ? [0] : []), { ...beside, y: at.top1 + 5 }, `↑ ${number(Math.max(...q) / CELL, 1)}`);

    // D everywhere, the best one only where there is anything to tell apart.
    line("kl-gan-d", curve(across, shown.map((i) => at.d(D[i]))));
    let [best, pen] = ["", "M"];
    shown.forEach((i, k) => {
      if (p[i] + q[i] < 1e-4) pen = "M";
      else {
        best += `${pen}${across[k]},${tenth(at.d(ideal[i]))}`;
        pen = "L";
      }
    });
    line("kl-gan-best", best);

    // Over training.
    const steps = records.map((_, k) => tenth(at.t(k * EVERY)));
    const of = (name, scale, least = -Infinity) => records.map((record) => scale(Math.max(least, record[name])));
    const [floor, ceiling] = [of("value", at.v, DEEPEST), of("ceiling", at.v)];
    line("kl-gan-gap", `${curve(steps, ceiling)}L${curve([...steps].reverse(), [...floor].reverse()).slice(1)}Z`, { fill: hatching });
    line("kl-gan-ceiling", curve(steps, ceiling));
    line("kl-gan-value", curve(steps, floor));
    line("kl-gan-js", curve(steps, of("js", at.js)));
    line("kl-gan-w", curve(steps, of("w1", at.w)));
    const now = at.t(state.step);
    put(each(layer.bars, "line", "kl-gan-now", [0]), { x1: now, x2: now, y1: at.top3 - 4, y2: at.js(0) });
    const spots = [["value", at.v(Math.max(DEEPEST, numbers.value))], ["ceiling", at.v(numbers.ceiling)], ["js", at.js(numbers.js)], ["w", at.w(numbers.w1)]];
    put(each(layer.bars, "circle", "kl-gan-spot", spots, ([name]) => name), { cx: now, cy: ([, y]) => y, r: 4, class: ([name]) => `kl-gan-at-${name} kl-gan-spot` });

    const said = `JS ${spokenAmount(numbers.js, "nats")}, W1 ${spoken(numbers.w1)}`;
    handles(layer.handles, [
      ...[1, 2].map((k) => {
        const mean = state[`mean_${k}`];
        const i = Math.min(CELLS.length - 1, Math.floor((mean - CELLS[0]) / CELL + 0.5));
        return {
          id: `mean_${k}`, kind: "kl-handle-p", orientation: "horizontal", x: at.x(mean), y: Math.max(at.top1, at.p(p[i] / CELL)), width: 10, height: 24,
          label: `Mode ${k} of the data`, least: LIMITS.mean_1[0], most: LIMITS.mean_1[1], now: mean, text: `at ${spoken(mean)}, ${said}`,
        };
      }),
      {
        id: "step", kind: "kl-handle-step", orientation: "horizontal", x: now, y: at.js(0) + 10, width: 10, height: 24,
        label: "Step of the training", least: 0, most: LAST, now: state.step, text: `step ${state.step}, ${said}`,
      },
    ]);
    return { mean: 1 / (at.x(1) - at.x(0)), step: 1 / (at.t(1) - at.t(0)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** What stays while it is trained: axes and titles. */
function furniture(layer, svg, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "p", at.p, { ...sides, count: 2 });
  axis(layer.axes, "d", at.d, { ...sides, count: 2 });
  axis(layer.axes, "v", at.v, { ...sides, count: 4 });
  axis(layer.axes, "js", at.js, { ...sides, count: 2 });
  const along = (name, scale, y, data, format = (value) => String(value).replace("-", "−")) =>
    put(each(layer.axes, "text", `kl-hint kl-gan-${name}`, data), { x: scale, y, "text-anchor": "middle" }, format);
  along("place", at.x, at.d(0) + 18, [-6, -4, -2, 0, 2, 4, 6]);
  along("steps", at.t, at.js(0) + 40, at.narrow ? [0, 500, 1000, 1500] : [0, 250, 500, 750, 1000, 1250, 1500]);
  put(each(layer.axes, "text", "kl-hint kl-gan-far", ticks(0, at.w.domain[1], 2)), { x: at.right + 6, y: (value) => at.w(value) + 4 }, String);
  put(each(layer.axes, "line", "kl-gan-coin", [0]), { x1: at.left, x2: at.right, y1: at.v(COIN), y2: at.v(COIN) });
  put(each(layer.words, "text", "kl-hint kl-of kl-gan-coin-name", [0]), { x: at.right, y: at.v(COIN) + 13, "text-anchor": "end" }, "a coin, −log 4");
  titles(layer.titles, [
    [at.top1 - 22, [["data "], ["P", "kl-ink-p"], [" (solid) and generator "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 14, [["D", "kl-ink-r"], [" as trained, and the best one "], [at.narrow ? "D*" : "D* = p/(p+q)", "kl-ink-r"], [" (dashed)"]]],
    [at.top3 - 14, [["value "], ["V(D)", "kl-note"], [at.narrow ? " under its ceiling" : " over training, under its ceiling "], [at.narrow ? "" : "2·JS − log 4", "kl-ink-r"], [at.narrow ? "" : " (dashed)"]]],
    [at.top4 - 14, [["JS", "kl-ink-gain"], [at.narrow ? " and " : " (left, up to log 2) and "], ["W₁", "kl-ink-q"], [at.narrow ? " (dashed, right) by step" : " (dashed, right), by step"]]],
  ]);
}

/** What is said of the present networks. */
export function story({ step, loss, share }, { near, numbers }) {
  const percent = (x) => `${number(100 * x, 0)} %`;
  if (step === 0) return "Nothing is trained yet: both networks are random, from the seed. Run them, or go step by step.";
  if (numbers.slope < 0.02) return `D recognises nearly every sample: the ${loss} loss has a slope of ${number(numbers.slope, 4)}, so the generator hardly moves.${loss === "saturating" ? " Try the other loss." : ""}`;
  const [mine, due] = near < share ? [near, share] : [1 - near, 1 - share];
  if (due > 0.05 && mine < 0.1 * due) return `A mode is missing: ${percent(due)} of the data are at mode ${near < share ? 1 : 2}, but ${percent(mine)} of the samples. Where there are no samples, no slope is felt.`;
  return `Mode 1 has ${percent(share)} of the data and ${percent(near)} of the samples. D misses ${number(numbers.gap, 3)} nats of its ceiling.`;
}
