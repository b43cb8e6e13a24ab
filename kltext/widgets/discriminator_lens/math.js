/**
 * The discriminator lens's mathematics: the game's value, its ceiling, what is missed, and the generator's slopes.
 * Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number[]} p the data's law, on the places 0, 1, 2, … of a line
 * @property {number[]} q the generator's law
 * @property {number[]} d the reader's discriminator: the probability of "real" at each place
 * @property {"nats" | "bits"} unit
 */
import { best, missed, wasserstein } from "../shared/discriminator.js";
import { NATS, jsDivergence } from "../shared/divergence.js";
import { pythonFormat, pythonList } from "../shared/format.js";

export const FEWEST = 2;
export const MOST = 9;

/** The state made whole, or null if it is not two laws and a discriminator on the same places. @returns {?State} */
export function sane({ p, q, d, unit }) {
  const within = (values) => Array.isArray(values) && values.every((value) => value >= 0 && value <= 1);
  const proper = (values) => within(values) && Math.abs(values.reduce((a, b) => a + b, 0) - 1) < 1e-8;
  if (!proper(p) || !proper(q) || !within(d) || p.length !== q.length || p.length !== d.length) return null;
  if (p.length < FEWEST || p.length > MOST) return null;
  return { p, q, d, unit: unit === "bits" ? "bits" : "nats" };
}

/** m·log x with 0·log 0 = 0. */
const weighted = (mass, log) => (mass === 0 ? 0 : mass * log);

/** Everything the picture shows; informations in the state's unit. @param {State} state */
export function measure({ p, q, d, unit }) {
  const scale = 1 / NATS[unit];
  const sum = (term) => p.reduce((total, _, i) => total + term(p[i], q[i], d[i]), 0);
  const real = scale * sum((a, b, c) => weighted(a, Math.log(c)));
  const fake = scale * sum((a, b, c) => weighted(b, Math.log1p(-c)));
  const misses = p.map((a, i) => scale * missed(a, q[i], d[i]));
  const js = jsDivergence(p, q);
  return {
    best: p.map((a, i) => best(a, q[i])),
    missed: misses,
    parts: { real, fake, coin: -scale * Math.log(4) },
    numbers: {
      value: real + fake,
      ceiling: scale * (2 * js - Math.log(4)),
      gap: misses.reduce((total, value) => total + value, 0),
      js: scale * js,
      w1: wasserstein(p, q),
      saturating: sum((a, b, c) => b * c),
      non_saturating: sum((a, b, c) => b * (1 - c)),
    },
  };
}

const CALLS = [
  ["value", "V(D)", "gan_value(d, p, q)"], ["ceiling", "V(D*)", "gan_value(optimal_discriminator(p, q), p, q)"],
  ["gap", "missed", "discriminator_gap(d, p, q)"], ["js", "JS(P,Q)", "js_divergence(p, q)"],
];

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const { numbers } = measure(state);
  const unit = state.unit === "bits" ? " / math.log(2)" : "";
  const format = (name) => pythonFormat(numbers[name]);
  return [
    ...(unit ? ["import math", ""] : []),
    "import numpy as np",
    "from kltext import gan_value, js_divergence, optimal_discriminator, wasserstein_1d",
    "from kltext.gan import discriminator_gap",
    "",
    `p = np.array(${pythonList(state.p)})  # the data`,
    `q = np.array(${pythonList(state.q)})  # the generator`,
    `d = np.array(${pythonList(state.d)})  # the discriminator`,
    "place = np.arange(len(p))",
    "",
    ...CALLS.map(([name, symbol, call]) => `print(f"${symbol} = {${call}${unit}:${format(name)}} ${state.unit}")`),
    `print(f"W₁(P,Q) = {wasserstein_1d(place, place, p, q):${format("w1")}}")`,
    "",
    "# Slopes of the generator's losses when all logits rise together, in size.",
    `print(f"Σ Q·D = {np.sum(q * d):${format("saturating")}}")`,
    `print(f"Σ Q·(1−D) = {np.sum(q * (1 - d)):${format("non_saturating")}}")`,
    "",
  ].join("\n");
}

const half = (count) => Array(count).fill(0.5);
/** Named games that each show one thing. */
export const PRESETS = [
  { name: "Overlapping: draw the best D", p: [0.05, 0.2, 0.4, 0.25, 0.1, 0, 0], q: [0, 0, 0.1, 0.2, 0.4, 0.2, 0.1] },
  { name: "Disjoint: certainty wins", p: [0.5, 0.5, 0, 0, 0, 0, 0], q: [0, 0, 0.5, 0.5, 0, 0, 0], d: [1, 1, 0.02, 0.02, 0.5, 0.5, 0.5] },
  { name: "Farther: only W₁ sees it", p: [0.5, 0.5, 0, 0, 0, 0, 0], q: [0, 0, 0, 0, 0, 0.5, 0.5], d: [1, 1, 0.5, 0.5, 0.5, 0.02, 0.02] },
  { name: "A mode is missing", p: [0.1, 0.3, 0.1, 0, 0.1, 0.3, 0.1], q: [0.2, 0.6, 0.2, 0, 0, 0, 0] },
  { name: "Equal: nothing to see", p: [0.05, 0.1, 0.2, 0.3, 0.2, 0.1, 0.05], q: [0.05, 0.1, 0.2, 0.3, 0.2, 0.1, 0.05], d: [0.2, 0.4, 0.6, 0.5, 0.4, 0.6, 0.8] },
  { name: "Sure and wrong: minus infinity", p: [0.5, 0.5], q: [0.5, 0.5], d: [1, 0.5] },
  { name: "Two urns", p: [0.9, 0.1], q: [0.1, 0.9], d: [0.8, 0.2] },
].map((preset) => ({ ...preset, d: preset.d ?? half(preset.p.length) }));
