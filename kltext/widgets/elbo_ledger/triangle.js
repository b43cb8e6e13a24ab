/** Three states: q in the triangle of all laws with lines of equal bound; below, each state's joint as an area, its posterior and q. */
import { number, probability, shorten, spoken, spokenAmount } from "../shared/format.js";
import { most } from "../shared/probabilities.js";
import { linear } from "../shared/scale.js";
import { outline, place } from "../shared/simplex.js";
import { axis, bar, each, put, titles } from "../shared/stage.js";
import { level } from "./states.js";
import { write } from "./words.js";

const RISES = [0.03, 0.1, 0.3, 1, 3, 10]; // how far below the ceiling each line is, in the state's unit

/** How high the bars are. */
export function stateExtents({ prior, likelihood, q }, { posterior }) {
  const highest = Math.max(...likelihood.filter((_, i) => prior[i] > 0), ...posterior, ...q);
  return { probability: [0.35, 0.6, 1].find((top) => highest <= 0.95 * top) ?? 1 };
}

/** @returns {{handles: object[], up: number, side: number}} the handles, and what a pixel is worth */
export function drawStates(kit, state, at, outcome, { reached, fresh }) {
  const { layer, measured: { posterior, numbers } } = kit;
  const left = (at.x0 - 6 - at.side) / 2;
  const spot = (q) => { const [x, y] = place(q); return [left + at.side * x, at.base - at.side * y]; };
  const y = linear([0, reached.probability], [at.bottom, at.top2]);
  const pitch = (at.width - 40) / 3;
  const thick = Math.min(0.18 * pitch, 30);
  const slots = state.labels.map((label, i) => {
    const middle = 40 + (i + 0.5) * pitch;
    return { i, label, middle, prior: state.prior[i], likelihood: state.likelihood[i], p: posterior[i], q: state.q[i], joint: middle - 0.24 * pitch, theirs: middle + 0.12 * pitch, mine: middle + 0.34 * pitch };
  });
  if (fresh) furniture(kit, state, at, { spot, y, slots, pitch, thick });
  const [qx, qy] = spot(state.q);
  put(each(layer.bars, "path", "kl-bar-q", [0]), { d: slots.map((d) => bar(d.mine - thick / 2, thick, y(0), y(d.q))).join("") });
  write(layer.words, "kl-of kl-of-q", slots.map((d) => [probability(d.q), d.mine, y(d.q) - 9]));
  write(layer.words, "kl-curve-name kl-ink-q kl-ledger-q", [["q", qx - 13, qy + 5, "end"]]);

  const grip = (which, d, kind, x, label, top, text) => ({ id: `${which}:${d.i}`, kind, x, y: y(d[which]), orientation: "vertical", least: 0, most: top, now: d[which], width: Math.max(10, 0.8 * thick), height: 8, label: `${label} of ${d.label}`, text: `${text} ${spoken(d[which])}, ${outcome}` });
  return {
    up: 1 / (y(0) - y(1)), side: at.side,
    handles: [
      { id: "point", kind: "kl-handle-q kl-point", x: qx, y: qy, width: 16, height: 16, orientation: "vertical", label: `q in the triangle, ${state.labels[1]} at its top`, least: 0, most: 1, now: state.q[1], text: `${slots.map((d) => `${d.label} ${spoken(d.q)}`).join(", ")}, ${outcome}` },
      ...slots.map((d) => grip("q", d, "kl-handle-q", d.mine, "q", most(state.q, d.i), "probability")),
      ...slots.map((d) => grip("likelihood", d, "kl-ledger-joint", d.joint, "p(x|z)", 1, `log p(x) ${spokenAmount(numbers.evidence, state.unit)}, likelihood`)),
    ],
  };
}

const CORNERS = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];

/** What stays while q moves: the triangle with its lines and the posterior, the bars of the model, the names. */
function furniture({ layer, hatching, nats, measured: { posterior } }, state, at, { spot, y, slots, pitch, thick }) {
  const corners = CORNERS.map(spot);
  const shut = posterior.filter((mass) => mass === 0).length;
  put(each(layer.axes, "path", "kl-ledger-triangle", [0]), { d: `${outline(corners)}Z`, fill: shut ? hatching : "none" });
  const open = corners.filter((_, i) => posterior[i] > 0);
  put(each(layer.axes, "path", "kl-ledger-open", shut === 1 ? [0] : []), { d: outline(open) });
  const lines = RISES.map((rise) => level(posterior, rise * nats).map((law) => law && spot(law)));
  put(each(layer.contours, "path", "kl-ledger-level", lines), { d: outline });
  const lowest = lines.map((line, k) => [...line.reduce((low, point) => (point && point[1] > low[1] ? point : low), [0, 0]), RISES[k]]);
  write(layer.contours, "kl-ledger-tag", lowest.filter(([x, low, rise]) => rise > 0.05 && x && low < at.base - 6).map(([x, low, rise]) => [`−${rise}`, x, low + 4]));
  const dots = [["prior", ...spot(state.prior)], ["posterior", ...spot(posterior)]];
  put(each(layer.contours, "circle", "kl-ledger-dot", dots), { class: ([name]) => `kl-ledger-${name} kl-ledger-dot`, cx: ([, x]) => x, cy: ([, , top]) => top, r: 4.5 });
  const [[, x, top], [, px, py]] = dots;
  const names = [["posterior", px, py - 8, px > at.x0 / 2 ? "end" : "start", "kl-ledger-posterior"]];
  if (Math.hypot(px - x, py - top) > 30) names.push(["prior", Math.max(15, x), top + (top > at.base - 24 ? -10 : 21), null, "kl-ledger-prior"]);
  write(layer.contours, "kl-ledger-dot-name", names);

  const named = shorten(state.labels, Math.floor(Math.min(pitch - 6, at.side / 2) / 7.2));
  write(layer.titles, "kl-name kl-ledger-corner", corners.map(([x, top], i) => [named[i], i ? x : Math.max(0, x - 8), top + (i === 1 ? -8 : 19), ["start", null, "end"][i]]));
  axis(layer.axes, "p", y, { left: 40, right: at.width, count: 3 });
  const widest = 0.44 * pitch / Math.max(...state.prior);
  put(each(layer.bars, "path", "kl-ledger-area", [0]), { d: slots.filter((d) => d.prior > 0).map((d) => bar(d.joint - (widest * d.prior) / 2, widest * d.prior, y(0), y(d.likelihood))).join("") });
  put(each(layer.bars, "path", "kl-bar-p", [0]), { d: slots.map((d) => bar(d.theirs - thick / 2, thick, y(0), y(d.p))).join("") });
  write(layer.titles, "kl-name kl-ledger-slot", slots.map((d) => [named[d.i], d.middle, at.bottom + 19]));
  write(layer.titles, "kl-hint kl-ledger-product", slots.map((d) => [number(d.prior * d.likelihood), d.middle, at.bottom + 36]));
  titles(layer.titles, [
    [14, [["q", "kl-ink-q"], ["; lines: ELBO below the ceiling"]]],
    [at.top2 - 20, [["areas p(z)·p(x|z), "], ["posterior", "kl-ink-p"], [", "], ["q", "kl-ink-q"], [" (dashed)"]]],
  ]);
}
