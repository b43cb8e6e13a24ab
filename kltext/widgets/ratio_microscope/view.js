/**
 * The ratio microscope's picture: P and Q on top, r in the middle, the contributions p·r below, on one axis of outcomes.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select } from "../shared/d3.js";
import { number, probability, shorten, signed, spoken, spokenAmount, total } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, axisRoom, bar, column, describeHandles, each, handles, hatch, layers, magnified, put, reach, runningTotal, titles } from "../shared/stage.js";
import { most } from "./math.js";

const FLOOR = { nats: { ratio: 1, share: 0.3 }, bits: { ratio: 1.5, share: 0.45 } };
const OVER = 13; // how far an endless bar leaves its frame

/** How far each panel's axis must reach for this state. */
export function extents({ p, q, unit }, { ratios, contributions }) {
  const finite = (values) => values.filter(Number.isFinite);
  const floor = FLOOR[unit];
  const gains = finite(contributions).reduce((sum, c) => sum + Math.max(c, 0), 0);
  const losses = finite(contributions).reduce((sum, c) => sum - Math.min(c, 0), 0);
  const highest = Math.max(...p, ...q);
  return {
    probability: [0.2, 0.35, 0.5, 0.75, 1].find((top) => highest <= 0.95 * top) ?? 1,
    ratio: reach(Math.max(0, ...finite(ratios).map(Math.abs)), floor.ratio),
    share: reach(Math.max(gains, 2 * losses), floor.share),
  };
}

function layout(width, count, reached) {
  const narrow = width < 440;
  const [h1, h2, h3] = narrow ? [140, 84, 112] : [164, 100, 128];
  const top1 = 46;
  const top2 = top1 + h1 + 74;
  const top3 = top2 + h2 + 50;
  const p = linear([0, reached.probability], [top1 + h1, top1]);
  const r = linear([-reached.ratio, reached.ratio], [top2 + h2, top2]);
  const c = linear([-reached.share / 2, reached.share], [top3 + h3, top3]);
  const left = axisRoom([p, r, c]);
  const right = width - (narrow ? 72 : 112);
  const pitch = (right - left) / count;
  return {
    narrow, left, right, width, pitch, top1, top2, top3, p, r, c, height: top3 + h3 + 18,
    thick: Math.min(pitch * 0.34, 54), wide: Math.min(pitch * 0.62, 84), middle: (i) => left + (i + 0.5) * pitch,
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const layer = layers(svg, ["lens", "axes", "bars", "total", "titles", "words", "handles"]);

  let drawn = "";

  function draw(state, { ratios, contributions, numbers }, { width, chosen, reached }) {
    const at = layout(width, state.p.length, reached);
    const outcomes = state.labels.map((label, i) => ({ i, label, p: state.p[i], q: state.q[i], r: ratios[i], c: contributions[i], x: at.middle(i) }));
    const frame = JSON.stringify([width, state.labels, state.locked, state.unit, reached]);
    if (frame !== drawn) furniture(layer, svg, state, outcomes, at, reached);
    drawn = frame;
    put(each(layer.lens, "rect", "kl-lens-band", [0]), { x: at.middle(chosen) - at.pitch / 2 + 1, width: at.pitch - 2, y: at.top1 - 22, height: at.height - at.top1 + 18, rx: 8 });

    // P stands left of Q; r and p·r stand in the middle of their outcome.
    const gap = Math.max(1, at.thick * 0.06);
    const bars = (name, outline, attributes = {}) => put(each(layer.bars, "path", name, [0]), { d: outcomes.map(outline).join(""), ...attributes });
    bars("kl-bar-p", (d) => bar(d.x - gap - at.thick, at.thick, at.p(0), at.p(d.p)));
    bars("kl-bar-q", (d) => bar(d.x + gap, at.thick, at.p(0), at.p(d.q)));
    bars("kl-bar-r", (d) => column(d.x, at.wide, at.r, d.r, OVER));
    bars("kl-gain", (d) => column(d.x, at.wide, at.c, d.c > 0 ? d.c : NaN, OVER));
    bars("kl-loss", (d) => column(d.x, at.wide, at.c, d.c < 0 ? d.c : NaN, OVER), { fill: hatching });

    runningTotal(layer.total, {
      x: at.right + (at.narrow ? 7 : 16), width: at.narrow ? 18 : 40, end: width, scale: at.c, hatching, over: OVER, total: numbers.kl_pq,
      parts: contributions, label: total(numbers.kl_pq),
    });
    numbersBeside(layer.words, outcomes, at);

    handles(layer.handles, outcomes.flatMap((d) => ["p", "q"].map((which) => {
      const value = d[which];
      const limit = most(state[which], d.i, state.locked);
      return {
        id: `${which}:${d.i}`, kind: `kl-handle-${which}`, orientation: "vertical",
        x: d.x + (which === "p" ? -gap - at.thick / 2 : gap + at.thick / 2), y: at.p(value),
        width: Math.max(at.thick * 0.72, 8), height: 8,
        label: `${which.toUpperCase()} of ${d.label}`, least: 0, most: limit, now: value,
        fixed: state.locked.includes(d.i) || state.p.length - state.locked.length < 2,
        text: `probability ${spoken(value)}, D(P‖Q) ${spokenAmount(numbers.kl_pq, state.unit)}`,
      };
    })));
    return 1 / (at.p(0) - at.p(1)); // probability of a pixel
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

const write = (layer, name, data, x, y, text, more = {}) => put(each(layer, "text", name, data, (d) => d.i ?? d), { x, y, "text-anchor": "middle", ...more }, text);

/** What stays while a bar moves: axes, titles, the outcomes' names. */
function furniture(layer, svg, { locked, unit }, outcomes, at, reached) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "p", at.p, { ...sides, count: 2 });
  axis(layer.axes, "r", at.r, { ...sides, count: 3 });
  axis(layer.axes, "c", at.c, { ...sides, count: 3 });
  titles(layer.titles, [
    [at.top1 - 32, [["probability under "], ["P", "kl-ink-p"], [" (solid) and "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 18, [["log-ratio "], ["r = log p − log q", "kl-ink-r"], [magnified(reached.ratio, FLOOR[unit].ratio, at.narrow), "kl-note"]]],
    [at.top3 - 18, [["contribution "], ["p · r", "kl-ink-gain"], [magnified(reached.share, FLOOR[unit].share, at.narrow), "kl-note"]]],
  ]);
  const room = Math.floor((at.pitch - 8) / 7.5); // characters, with a gap to the neighbour
  const names = shorten(outcomes.map((d) => d.label), room);
  write(layer.titles, "kl-name", outcomes, (d) => d.x, at.p(0) + 20, (d) => names[d.i]);
  put(each(layer.titles, "path", "kl-lock", outcomes.filter((d) => locked.includes(d.i)), (d) => d.i), {
    d: "M-5,-1h10v7h-10zM-3,-1v-2.5a3,3 0 0 1 6,0v2.5", transform: (d) => `translate(${d.x},${at.p(0) + 32})`,
  });
  const hint = (i, x, y, text, anchor) => write(layer.titles, `kl-hint kl-hint-${i}`, [0], x, y, text, { "text-anchor": anchor });
  const gutter = at.right + (at.narrow ? 6 : 16);
  [[-22, "likelier"], [-8, "under P"], [18, "likelier"], [32, "under Q"]].forEach(([dy, text], i) => hint(i, gutter, at.r(0) + dy, text, "start"));
  hint(4, at.width, at.top3 - 18, "sum = D(P‖Q)", "end");
}

/** A number beside its bar, with the digits that its axis can show. */
function beside(value, extent) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "0/0" : number(value);
  const digits = Math.max(2, 1 + Math.ceil(-Math.log10(extent)));
  return digits > 5 ? signed(value) : `${value > 0 ? "+" : ""}${value.toFixed(digits).replace("-", "−")}`;
}

/** The numbers that fit beside their bars; what is infinite or undefined is always said. */
function numbersBeside(layer, outcomes, at) {
  const roomy = at.thick >= 29 ? outcomes : [];
  write(layer, "kl-of kl-of-p", roomy, (d) => d.x - at.thick / 2 - 1, (d) => at.p(d.p) - 10, (d) => probability(d.p));
  write(layer, "kl-of kl-of-q", roomy, (d) => d.x + at.thick / 2 + 1, (d) => at.p(d.q) - 10, (d) => probability(d.q));
  const infinite = (value) => !Number.isFinite(value) && !Number.isNaN(value);
  for (const [key, scale] of [["r", at.r], ["c", at.c]]) {
    write(layer, `kl-of kl-of-${key}`, outcomes.filter((d) => at.pitch >= 46 || !Number.isFinite(d[key])), (d) => d.x, (d) => besideY(scale, d[key]),
      (d) => beside(d[key], scale.domain[1]), { class: (d) => `kl-of ${infinite(d[key]) ? "kl-inside " : ""}kl-of-${key}` });
  }
}

/** Where a bar's number stands: just past its end, always inside the picture. */
function besideY(scale, value) {
  if (Number.isNaN(value)) return scale(0) - 5;
  if (!Number.isFinite(value)) return value > 0 ? scale.range[1] + 12 : scale.range[0] - 4; // inside the bar
  return value < 0 ? scale(value) + 14 : scale(value) - 5;
}
