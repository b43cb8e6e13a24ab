/**
 * The picture of counts: their shares and the model on top, below what an observation of each category costs, as wide as its share.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select } from "../shared/d3.js";
import { number, probability, shorten, spoken, spokenAmount } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, axisRoom, bar, describeHandles, each, handles, hatch, layers, put, titles } from "../shared/stage.js";
import { most } from "../shared/probabilities.js";
import { budget } from "../likelihood_fit/budget.js";
import { HIGHEST } from "./math.js";

const LEAST = { nats: 2, bits: 3 }; // what the axis of losses shows at least

/** How far each axis must reach for this state. */
export function extents({ q, unit }, { p, losses, best, numbers }) {
  const highest = Math.max(...p, ...q);
  const paid = [...losses, ...best].filter((loss, i) => p[i % p.length] > 0 && Number.isFinite(loss));
  return {
    probability: [0.2, 0.35, 0.5, 0.75, 1].find((top) => highest <= 0.95 * top) ?? 1,
    loss: 1.12 * Math.max(LEAST[unit], numbers.entropy_p, ...paid),
  };
}

function layout(width, count, reached) {
  const narrow = width < 440;
  const [h1, h2] = narrow ? [140, 170] : [160, 190];
  const top1 = 46;
  const top2 = top1 + h1 + 70;
  const y = linear([0, reached.probability], [top1 + h1, top1]);
  const cost = linear([0, reached.loss], [top2 + h2, top2]);
  const left = axisRoom([y, cost]);
  const right = width - (narrow ? 74 : 104);
  const pitch = (right - left) / count;
  return {
    narrow, width, left, right, top1, top2, bottom: top2 + h2, height: top2 + h2 + 26, y, cost, pitch,
    thick: Math.min(pitch * 0.34, 54), middle: (i) => left + (i + 0.5) * pitch,
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const layer = layers(svg, ["lens", "axes", "bars", "titles", "words", "handles"]);
  let framed = "";

  function draw(state, measured, { width, chosen, reached }) {
    const at = layout(width, state.q.length, reached);
    const { p, losses, best, numbers } = measured;
    const all = state.labels.map((label, i) => ({ i, label, n: state.counts[i], p: p[i], q: state.q[i], loss: losses[i], best: best[i], x: at.middle(i) }));
    const frame = JSON.stringify([width, state.labels, state.unit, reached]);
    if (frame !== framed) furniture(layer, svg, state, all, at);
    framed = frame;
    put(each(layer.lens, "rect", "kl-lens-band", [0]), { x: at.middle(chosen) - at.pitch / 2 + 1, width: at.pitch - 2, y: at.top1 - 22, height: at.height - at.top1 + 14, rx: 8 });

    const gap = Math.max(1, at.thick * 0.06);
    const bars = (name, data, outline, more = {}) => put(each(layer.bars, "path", name, [0]), { d: data.map(outline).join(""), ...more });
    bars("kl-bar-p", all, (d) => bar(d.x - gap - at.thick, at.thick, at.y(0), at.y(d.p)));
    bars("kl-bar-q", all, (d) => bar(d.x + gap, at.thick, at.y(0), at.y(d.q)));

    // What the best law charges is tinted, what Q charges more is filled, what it charges less is hatched: together the gap.
    const paid = all.filter((d) => d.p > 0);
    const widest = 0.8 * at.pitch / Math.max(...p);
    const block = (d, from, to, torn = false) => bar(d.x - (widest * d.p) / 2, widest * d.p, from, to, torn);
    bars("kl-paid", paid, (d) => block(d, at.cost(0), at.cost(Math.min(d.loss, d.best))));
    bars("kl-gain kl-paid-more", paid.filter((d) => d.loss > d.best), (d) => block(d, at.cost(d.best), Number.isFinite(d.loss) ? at.cost(d.loss) : at.top2 - 12, d.loss === Infinity));
    bars("kl-loss kl-paid-less", paid.filter((d) => d.loss < d.best), (d) => block(d, at.cost(d.loss), at.cost(d.best)), { fill: hatching });
    const within = all.filter((d) => d.loss <= reached.loss);
    bars("kl-charge", within, (d) => `M${d.x - 0.42 * at.pitch},${at.cost(d.loss)}h${0.84 * at.pitch}`);

    budget(layer, numbers, at);
    words(layer.words, all, within, at);
    grips(layer, state, all, at, measured, gap);
    return 1 / (at.y(0) - at.y(1)); // probability of a pixel
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

const write = (layer, name, data, x, y, text, more = {}) => put(each(layer, "text", name, data, ({ i }) => i), { x, y, "text-anchor": "middle", ...more }, text);

/** The counts, and as many of the other numbers as find room. */
function words(layer, all, within, at) {
  write(layer, "kl-of kl-of-p", all, (d) => d.x - at.thick / 2 - 1, (d) => at.y(d.p) - 10, (d) => String(d.n));
  write(layer, "kl-of kl-of-q", at.thick >= 29 ? all : [], (d) => d.x + at.thick / 2 + 1, (d) => at.y(d.q) - 10, (d) => probability(d.q));
  const endless = all.filter((d) => d.loss === Infinity);
  const charges = [...(at.pitch >= 46 ? within : []), ...endless.filter((d) => d.p > 0)];
  write(layer, "kl-of kl-charged", charges, (d) => d.x, (d) => (d.loss === Infinity ? at.top2 + 4 : at.cost(d.loss) + (d.loss < d.best && d.p > 0 ? 14 : -5)), (d) => number(d.loss, 2), {
    class: (d) => `kl-of ${d.loss === Infinity ? "kl-inside " : ""}kl-charged`,
  });
}

/** P is moved by the tops of its bars, in whole observations; Q by the tops of its own. */
function grips(layer, state, all, at, { n, numbers }, gap) {
  const outcome = `loss per observation ${spokenAmount(numbers.cross_entropy_pq, state.unit)}, D(P‖Q) ${spokenAmount(numbers.kl_pq, state.unit)}`;
  const shape = { orientation: "vertical", width: Math.max(at.thick * 0.72, 8), height: 8, least: 0 };
  handles(layer.handles, all.flatMap((d) => [
    {
      ...shape, id: `n:${d.i}`, kind: "kl-handle-p", x: d.x - gap - at.thick / 2, y: at.y(d.p),
      label: `Observations of ${d.label}`, most: Math.max(HIGHEST, d.n), now: d.n, text: `${d.n} of ${n} observations, ${outcome}`,
    },
    {
      ...shape, id: `q:${d.i}`, kind: "kl-handle-q", x: d.x + gap + at.thick / 2, y: at.y(d.q),
      label: `Q of ${d.label}`, most: most(state.q, d.i), now: d.q, text: `probability ${spoken(d.q)}, ${outcome}`,
    },
  ]));
}

/** What stays while a bar moves: axes, titles, the categories' names. */
function furniture(layer, svg, state, all, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  axis(layer.axes, "p", at.y, { left: at.left, right: at.right, count: 2 });
  axis(layer.axes, "cost", at.cost, { left: at.left, right: at.right, count: 4 });
  const log = state.unit === "bits" ? "−log₂ q(x)" : "−log q(x)";
  titles(layer.titles, [
    [at.top1 - 32, [[at.narrow ? "shares " : "shares of the observations "], ["P", "kl-ink-p"], [", model "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 18, [["loss "], [log, "kl-ink-q"], [at.narrow ? ", as wide as the share" : " of an observation, as wide as its share"]]],
  ]);
  const names = shorten(all.map((d) => d.label), Math.floor((at.pitch - 8) / 7.5));
  write(layer.titles, "kl-name", all, (d) => d.x, at.y(0) + 20, (d) => names[d.i]);
}
