/**
 * The ratio microscope's mathematics: what moving, locking, adding and removing an outcome does, and the numbers shown.
 * Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number[]} p
 * @property {number[]} q
 * @property {string[]} labels
 * @property {number[]} locked positions of the outcomes whose probabilities stay
 * @property {"nats" | "bits"} unit
 */
import { NATS, contribution, logRatio } from "../shared/divergence.js";
import { isLaw, named, pairNumbers, pairPython } from "../shared/pair.js";
import { most, tidy, withProbability } from "../shared/probabilities.js";

export { most, withProbability };

export const FEWEST = 2;
export const MOST = 12;
const LETTERS = "ABCDEFGHIJKL";

/** The state made whole, or null if P and Q are not two distributions on the same 2 to 12 outcomes. @returns {?State} */
export function sane({ p, q, labels, locked, unit }) {
  if (!isLaw(p) || !isLaw(q) || p.length !== q.length || p.length < FEWEST || p.length > MOST) return null;
  return {
    p, q,
    labels: named(labels, p.length),
    locked: (locked ?? []).filter((i) => Number.isInteger(i) && i >= 0 && i < p.length),
    unit: unit === "bits" ? "bits" : "nats",
  };
}

/** One more outcome, impossible under neither: an even share of each, taken from the unlocked others in proportion. */
export function withOutcome({ p, q, labels, locked }) {
  const share = tidy(1 / (p.length + 1));
  const grow = (values) => withProbability([...values, 0], values.length, Math.min(share, most([...values, 0], values.length, locked)), locked);
  const label = [LETTERS[p.length], ...LETTERS].find((letter) => !labels.includes(letter));
  return { p: grow(p), q: grow(q), labels: [...labels, label], locked };
}

/** Without outcome i; its probability goes to the others in proportion, unlocking them where only locked ones are left. */
export function withoutOutcome({ p, q, labels, locked }, i) {
  const drop = (values) => values.filter((_, j) => j !== i);
  const free = labels.some((_, j) => j !== i && !locked.includes(j));
  const held = free ? locked : [];
  const shrink = (values) => drop(withProbability(values, i, 0, held));
  const possible = [p, q].every((values) => values.some((value, j) => j !== i && !held.includes(j)));
  if (!possible) return null;
  return { p: shrink(p), q: shrink(q), labels: drop(labels), locked: held.filter((j) => j !== i).map((j) => (j > i ? j - 1 : j)) };
}

/** Everything the picture shows, in the state's unit. @param {State} state */
export function measure({ p, q, unit }) {
  const scale = 1 / NATS[unit];
  return {
    ratios: p.map((value, i) => scale * logRatio(value, q[i])),
    contributions: p.map((value, i) => scale * contribution(value, q[i])),
    numbers: pairNumbers(p, q, unit),
  };
}

/** The outcomes that make D(P‖Q) infinite: possible under P, impossible under Q. @param {State} state */
export const impossible = ({ p, q }) => p.map((_, i) => i).filter((i) => p[i] > 0 && q[i] === 0);

/** Python that prints the numbers shown. @param {State} state */
export const python = (state) => pairPython(state, pairNumbers(state.p, state.q, state.unit));

const third = 1 / 3;
/** Named pairs that each show one thing. */
export const PRESETS = [
  { name: "Fair coin, loaded model", p: [0.5, 0.5], q: [0.9, 0.1], labels: ["heads", "tails"] },
  { name: "Loaded coin, fair model", p: [0.9, 0.1], q: [0.5, 0.5], labels: ["heads", "tails"] },
  { name: "Swap pair: same both ways", p: [0.7, 0.2, 0.1], q: [0.1, 0.2, 0.7], labels: ["A", "B", "C"] },
  { name: "Nearly equal", p: [0.501, 0.299, 0.2], q: [0.5, 0.3, 0.2], labels: ["A", "B", "C"] },
  { name: "Q rules out what P does", p: [0.7, 0.2, 0.1], q: [0.8, 0.2, 0], labels: ["sun", "cloud", "snow"] },
  { name: "P never does what Q expects", p: [0.8, 0.2, 0], q: [0.7, 0.2, 0.1], labels: ["sun", "cloud", "snow"] },
  { name: "Crooked die, fair model", p: [0.1, 0.1, 0.1, 0.1, 0.1, 0.5], q: Array(6).fill(third / 2), labels: ["1", "2", "3", "4", "5", "6"] },
].map((preset) => ({ ...preset, locked: [] }));
