/**
 * The tilted policy's picture: the reader's policy and the reference as bars, with the optimum marked on them; the rewards; and
 * the frontier of reward and divergence, with the tangent of slope β and the reader's policy below it.
 */
import { select } from "../shared/d3.js";
import { number, signed, spoken } from "../shared/format.js";
import { lawBars, lawHandles, lawNames, probabilityReach } from "../shared/laws.js";
import { linear } from "../shared/scale.js";
import { axis, axisRoom, bar, curve, describeHandles, each, handles, layers, put, titles } from "../shared/stage.js";
import { LIMIT, place, priceOf } from "./math.js";

const PRICES = [Infinity, 3, 1, 0.5, 0.2, 0.02];
const written = (beta) => (beta === Infinity ? "∞" : String(beta));

/** How far each axis must reach for this state. */
export function extents({ policy, reference, reward }, { numbers, law, frontier }) {
  const farthest = Math.max(frontier.at(-1).kl, numbers.kl < Infinity ? numbers.kl : 0, 0.5);
  return {
    probability: probabilityReach([...policy, ...law], reference),
    kl: 1.12 * farthest,
    low: Math.min(0, ...reward), high: Math.max(1, ...reward),
    worst: Math.min(frontier[0].earned, numbers.earned), most: Math.max(frontier.at(-1).earned, numbers.earned, frontier[0].earned + 0.2),
  };
}

function layout(width, count, reached) {
  const narrow = width < 440;
  const [h1, h2, h3] = narrow ? [108, 72, 190] : [112, 78, 210];
  const top1 = 44;
  const top2 = top1 + h1 + 64;
  const top3 = top2 + h2 + 62;
  const wider = (low, high) => [low - 0.12 * (high - low), high + 0.12 * (high - low)];
  const p = linear([0, reached.probability], [top1 + h1, top1]);
  const r = linear(wider(reached.low, reached.high), [top2 + h2, top2]);
  const e = linear(wider(reached.worst, reached.most), [top3 + h3, top3]);
  const left = Math.max(axisRoom([p, r, e]), 34);
  const right = width - 18;
  const pitch = (right - left) / count;
  const base = top3 + h3;
  return {
    narrow, width, left, right, pitch, top1, top2, top3, base, p, r, e, height: base + 98,
    k: linear([0, reached.kl], [left + 10, right]), t: linear([0, 1], [left + 10, right]), rail: base + 62,
    thick: Math.min(pitch * 0.34, 54), middle: (i) => left + (i + 0.5) * pitch,
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const clip = svg.append("defs").append("clipPath").attr("id", `${uid}-frontier`).append("rect");
  const layer = layers(svg, ["lens", "axes", "bars", "titles", "words", "handles"]);
  const lines = layer.bars.append("g").attr("clip-path", `url(#${uid}-frontier)`);
  let framed = "";

  function draw(state, measured, { width, chosen, reached }) {
    const at = layout(width, state.policy.length, reached);
    const frame = JSON.stringify([width, state.labels, reached]);
    if (frame !== framed) furniture(layer, svg, clip, state, at);
    framed = frame;
    put(each(layer.lens, "rect", "kl-lens-band", [0]), { x: at.middle(chosen) - at.pitch / 2 + 1, width: at.pitch - 2, y: at.top1 - 18, height: at.r.range[0] - at.top1 + 22, rx: 8 });

    const laws = { p: state.policy, q: state.reference };
    const outcomes = state.labels.map((label, i) => ({ i, label, p: laws.p[i], q: laws.q[i], x: at.middle(i), best: measured.law[i], reward: state.reward[i] }));
    lawBars(layer, outcomes, at);
    const half = at.thick * 0.06 + at.thick / 2;
    put(each(layer.words, "path", "kl-tilt-best", outcomes), { d: "M-6,0l6,-6l6,6l-6,6Z", transform: (d) => `translate(${d.x - half},${at.p(d.best)})` });
    put(each(layer.bars, "path", "kl-bar-r kl-tilt-reward", [0]), { d: outcomes.map((d) => bar(d.x - at.thick / 2, at.thick, at.r(0), at.r(d.reward))).join("") });
    put(each(layer.words, "text", "kl-of kl-tilt-said", outcomes), { x: (d) => d.x, y: (d) => at.r(Math.max(0, d.reward)) - 10, "text-anchor": "middle" }, (d) => (at.pitch > 44 ? signed(d.reward, 2) : ""));
    frontier(layer, lines, state, measured, at);

    const { numbers } = measured;
    const said = `balance ${spoken(numbers.balance)} of at most ${spoken(numbers.ceiling)}`;
    const beta = priceOf(state);
    handles(layer.handles, [
      ...lawHandles(outcomes, laws, at, said).map((handle) => ({ ...handle, label: handle.label.replace(/^P/, "Your policy").replace(/^Q/, "The reference") })),
      ...outcomes.map((d) => ({
        id: `reward:${d.i}`, kind: "kl-handle-r", orientation: "vertical", x: d.x, y: at.r(d.reward), width: Math.max(at.thick * 0.72, 8), height: 8,
        label: `Reward of ${d.label}`, least: -LIMIT, most: LIMIT, now: d.reward, text: `reward ${spoken(d.reward)}, ${said}`,
      })),
      {
        id: "beta", kind: "kl-handle-beta", orientation: "horizontal", x: at.t(place(beta)), y: at.rail, width: 16, height: 16,
        label: "Price β of a nat; to the right it is cheaper", least: 0, most: 1, now: place(beta), text: `β ${spoken(beta)}, ${said}`,
      },
    ]);
    return { probability: 1 / (at.p(0) - at.p(1)), reward: 1 / (at.r(0) - at.r(1)), place: 1 / (at.t(1) - at.t(0)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** The frontier, the optimum with its tangent, and how far below it the reader's policy is. */
function frontier(layer, lines, state, { numbers, frontier: points }, at) {
  const tenth = (pixel) => Math.round(10 * pixel) / 10;
  put(each(lines, "path", "kl-curve kl-tilt-frontier", [0]), { d: curve(points.map(({ kl }) => tenth(at.k(kl))), points.map(({ earned }) => at.e(earned))) });
  const beta = priceOf(state);
  const [x, y] = [at.k(numbers.best_kl), at.e(numbers.best_earned)];
  const line = (kl) => numbers.best_earned + beta * (kl - numbers.best_kl);
  const [first, last] = at.k.domain;
  put(each(lines, "line", "kl-tilt-tangent", beta < Infinity ? [0] : []), { x1: at.k(first), y1: at.e(line(first)), x2: at.k(last), y2: at.e(line(last)) });
  const inside = numbers.kl < Infinity;
  const [own, height] = [inside ? at.k(numbers.kl) : at.right - 6, at.e(numbers.earned)];
  const missed = inside && beta < Infinity && numbers.gap > 1e-9;
  put(each(lines, "line", "kl-tilt-gap", missed ? [0] : []), { x1: own, x2: own, y1: height, y2: at.e(line(numbers.kl)) });
  put(each(layer.bars, "path", "kl-tilt-optimum", [0]), { d: "M-7,0l7,-7l7,7l-7,7Z", transform: `translate(${x},${y})` });
  put(each(layer.bars, "path", "kl-tilt-own", [0]), { d: inside ? "M-5.5,-5.5h11v11h-11Z" : "M-5,-6l10,6l-10,6Z", transform: `translate(${own},${height})` });
  const right = own < at.right - 96;
  put(each(layer.words, "text", "kl-net-label kl-tilt-missed", [0]), { x: own + (right ? 9 : -11), y: Math.min(at.base - 6, height + 18), "text-anchor": right ? "start" : "end" },
    !inside ? "∞" : missed ? `−${number(numbers.gap, numbers.gap < 100 ? 3 : 0)}` : "");
}

/** What stays while a hand moves: axes, titles, names. */
function furniture(layer, svg, clip, { labels }, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  put(clip, { x: at.left - 4, width: at.right - at.left + 12, y: at.top3 - 6, height: at.base - at.top3 + 8 });
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "p", at.p, { ...sides, count: 2 });
  axis(layer.axes, "r", at.r, { ...sides, count: 3 });
  axis(layer.axes, "e", at.e, { ...sides, count: 4 });
  const row = each(layer.axes, "g", "kl-axis kl-axis-k", [0]);
  const steps = ticksOf(at.k.domain[1]);
  const x = (kl) => Math.round(at.k(kl)) + 0.5;
  put(row.selectAll("line").data(steps).join("line"), { x1: x, x2: x, y1: at.top3, y2: at.base });
  put(row.selectAll("text").data(steps).join("text"), { x: (kl) => at.k(kl), y: at.base + 18, "text-anchor": "middle" }, (kl) => String(Number(kl.toPrecision(3))));
  const prices = each(layer.axes, "g", "kl-axis kl-axis-b", [0]);
  put(each(layer.axes, "line", "kl-tilt-rail", [0]), { x1: at.t(0), x2: at.t(1), y1: at.rail, y2: at.rail });
  put(prices.selectAll("text").data(PRICES).join("text"), { x: (beta) => at.t(place(beta)), y: at.rail + 28, "text-anchor": "middle" }, written);
  put(each(layer.titles, "text", "kl-note kl-tilt-axis", [0]), { x: 0, y: at.rail + 28 }, "β");
  lawNames(layer, labels, at);
  titles(layer.titles, [
    [at.top1 - 28, [[at.narrow ? "" : "probability: "], [at.narrow ? "yours" : "your policy", "kl-ink-p"], [" (solid), "], [at.narrow ? "ref." : "reference", "kl-ink-q"], [" (dashed), "], [at.narrow ? "best" : "optimum", "kl-ink-gain"], [" (◆)"]]],
    [at.top2 - 12, [["reward of each answer"]]],
    [at.top3 - 26, [["reward", "kl-ink-r"], [at.narrow ? " over KL: " : " over divergence (nats): "], ["frontier", "kl-ink-gain"], [", slope β, "], ["yours", "kl-ink-p"], [at.narrow ? " ■" : " (■)"]]],
  ]);
}

/** Round values from 0, at most six of them. */
function ticksOf(end) {
  const rough = end / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((digit) => rough <= digit * power);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step);
}
