/** Below the triangle, for each action: the old and the new policy with the clip band, the advantage, and the samples, hollow where the clip silences them. */
import { number, shorten, spoken } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, bar, each, put, titles } from "../shared/stage.js";
import { write } from "./triangle.js";

const TOPS = [0.35, 0.6, 1];

/** How far the two axes must reach. */
export const actionExtents = ({ old, advantages, epsilon }, { policy }) => {
  const highest = Math.max(...old.map((mass) => Math.min(1, mass * (1 + epsilon))), ...policy);
  return { probability: TOPS.find((top) => highest <= 0.95 * top) ?? 1, advantage: Math.max(...advantages.map(Math.abs)) > 1.3 ? 3.3 : 1.5 };
};

/** @returns {{handles: object[], up: number}} the advantages' handles, and what a pixel is worth */
export function drawActions({ layer, hatching }, state, measured, at, { reached, outcome }) {
  const { old, advantages, counts, labels, epsilon } = state;
  const { policy, ratios, dead } = measured;
  const y = linear([0, reached.probability], [at.bottom2, at.top2]);
  const a = linear([-reached.advantage, reached.advantage], [at.bottom3, at.top3]);
  const pitch = (at.width - 40) / 3;
  const thick = Math.min(0.2 * pitch, 34);
  const slots = labels.map((label, i) => {
    const middle = 40 + (i + 0.5) * pitch;
    return { i, label, middle, mine: middle - 0.62 * thick, theirs: middle + 0.62 * thick, old: old[i], next: policy[i], count: counts[i], advantage: advantages[i], silent: dead[i] && counts[i] > 0 };
  });
  axis(layer.axes, "p", y, { left: 40, right: at.width, count: 2 });
  axis(layer.axes, "a", a, { left: 40, right: at.width, count: 3 });
  put(each(layer.bars, "path", "kl-bar-p", [0]), { d: slots.map((d) => bar(d.mine - thick / 2, thick, y(0), y(d.old))).join("") });
  put(each(layer.bars, "path", "kl-bar-q", [0]), { d: slots.map((d) => bar(d.theirs - thick / 2, thick, y(0), y(d.next))).join("") });
  // The band of each sampled action, as a bracket over the new policy's bar.
  const brackets = slots.filter(({ count }) => count > 0).map((d) => [d.theirs, y(Math.min(reached.probability, (1 + epsilon) * d.old)), y((1 - epsilon) * d.old)]);
  put(each(layer.bars, "path", "kl-policy-bracket", [0]), { d: brackets.map(([x, top, low]) => { const [l, r] = [x - 0.62 * thick, x + 0.62 * thick].map((v) => v.toFixed(1)); return `M${l},${top.toFixed(1)}H${r}M${l},${low.toFixed(1)}H${r}`; }).join("") });
  put(each(layer.bars, "path", "kl-area kl-gain kl-policy-gain", [0]), { d: slots.filter(({ advantage }) => advantage > 0).map((d) => bar(d.middle - thick / 2, thick, a(0), a(d.advantage))).join("") });
  put(each(layer.bars, "path", "kl-loss kl-policy-drop", [0]), { fill: hatching, d: slots.filter(({ advantage }) => advantage < 0).map((d) => bar(d.middle - thick / 2, thick, a(0), a(d.advantage))).join("") });
  write(layer.words, "kl-of kl-policy-ratio", slots.map((d, i) => [`ρ ${number(ratios[i], ratios[i] < 10 ? 2 : 0)}`, d.theirs, Math.min(y(d.next), d.count > 0 ? y(Math.min(reached.probability, (1 + epsilon) * d.old)) : y.range[0]) - 7, null, d.silent ? "kl-policy-loss" : ""]));

  const row = Math.max(5, Math.floor((pitch - 8) / 9));
  const dots = slots.flatMap((d) => Array.from({ length: d.count }, (_, n) => {
    const inRow = Math.min(row, d.count - row * Math.floor(n / row));
    return { x: d.middle + 9 * ((n % row) - (inRow - 1) / 2), y: at.bottom3 + 40 + 9 * Math.floor(n / row), silent: d.silent };
  }));
  put(each(layer.bars, "circle", "kl-policy-sample", dots), { class: ({ silent }) => `${silent ? "kl-policy-silent " : ""}kl-policy-sample`, cx: ({ x }) => x, cy: ({ y }) => y, r: ({ silent }) => (silent ? 3 : 3.5) });
  write(layer.words, "kl-policy-none", slots.filter(({ count }) => count === 0).map((d) => ["no sample", d.middle, at.bottom3 + 44]));
  const names = shorten(labels, Math.floor((pitch - 6) / 7.4));
  write(layer.titles, "kl-name kl-policy-slot", slots.map((d, i) => [names[i], d.middle, at.bottom3 + 22]));
  titles(layer.notes, [
    [at.top2 - 18, [["π_old", "kl-ink-p"], [", "], ["π_new", "kl-ink-q"], [at.narrow ? " (dashed); bracket: band" : " (dashed); the bracket is the clip band"]]],
    [at.top3 - 12, [[at.narrow ? "advantages; hollow: " : "advantages; below the samples, hollow: "], [measured.penalised ? "clip would silence" : "silenced", "kl-policy-loss"]]],
  ]);
  return {
    up: 1 / (a(0) - a(1)),
    handles: slots.map((d) => ({
      id: `advantages:${d.i}`, kind: "kl-policy-grip", x: d.middle, y: a(d.advantage), orientation: "vertical", width: Math.max(12, 0.9 * thick), height: 9, least: -3, most: 3, now: d.advantage,
      label: `Advantage of ${d.label}`, text: `advantage ${spoken(d.advantage)}, ${d.count} samples${d.silent ? ", silenced by the clip" : ""}, ratio ${spoken(ratios[d.i])}, ${outcome}`,
    })),
  };
}
