/** P and Q above their outcomes: a solid and a dashed bar each with its number, the outcome's name, and a handle on each bar. */
import { probability, shorten, spoken } from "./format.js";
import { most } from "./probabilities.js";
import { bar, each, put } from "./stage.js";

/** How far the axis of probabilities must reach. @param {number[]} p @param {number[]} q */
export function probabilityReach(p, q) {
  const highest = Math.max(...p, ...q);
  return [0.2, 0.35, 0.5, 0.75, 1].find((top) => highest <= 0.95 * top) ?? 1;
}

/** Where a bar's middle stands beside the middle of its outcome. */
const aside = (which, thick) => (which === "p" ? -1 : 1) * (Math.max(1, thick * 0.06) + thick / 2);

/**
 * The bars and, where they fit, their numbers.
 * @param {{i: number, label: string, p: number, q: number, x: number}[]} outcomes
 * @param {{p: Function, thick: number}} at the axis of probabilities, and how thick a bar is
 */
export function lawBars(layer, outcomes, { p: scale, thick }) {
  // Two long numbers side by side move apart.
  const apart = ({ p, q }) => Math.max(0, 3.2 * (probability(p).length + probability(q).length) + 3 - thick) / 2;
  for (const which of ["p", "q"]) {
    const middle = aside(which, thick);
    put(each(layer.bars, "path", `kl-bar-${which}`, [0]), { d: outcomes.map((d) => bar(d.x + middle - thick / 2, thick, scale(0), scale(d[which]))).join("") });
    put(each(layer.words, "text", `kl-of kl-of-${which}`, thick >= 29 ? outcomes : []), {
      x: (d) => d.x + Math.sign(middle) * (thick / 2 + 1 + apart(d)), y: (d) => scale(d[which]) - 10, "text-anchor": "middle",
    }, (d) => probability(d[which]));
  }
}

/** The handles on the bars. @param {{p: number[], q: number[]}} state @param {string} said of the divergence */
export const lawHandles = (outcomes, state, { p: scale, thick }, said) => outcomes.flatMap((d) => ["p", "q"].map((which) => ({
  id: `${which}:${d.i}`, kind: `kl-handle-${which}`, orientation: "vertical",
  x: d.x + aside(which, thick), y: scale(d[which]), width: Math.max(thick * 0.72, 8), height: 8,
  label: `${which.toUpperCase()} of ${d.label}`, least: 0, most: most(state[which], d.i), now: d[which], text: `probability ${spoken(d[which])}, ${said}`,
})));

/** The outcomes' names below the bars, as much of each as there is room for. */
export function lawNames(layer, labels, { p: scale, pitch, middle }) {
  const names = shorten(labels, Math.floor((pitch - 8) / 7.5)).map((name, i) => ({ name, x: middle(i) }));
  put(each(layer.titles, "text", "kl-name", names), { x: ({ x }) => x, y: scale(0) + 20, "text-anchor": "middle" }, ({ name }) => name);
}
