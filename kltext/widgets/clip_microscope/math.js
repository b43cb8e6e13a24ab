/**
 * One sample under PPO's clip: the objective min(ρA, clip(ρ, 1 − ε, 1 + ε)·A) as a function of the probability ratio ρ, its slope,
 * and what the sample adds to three estimates of D(old‖new). The same forms as `kltext.ppo_clip_objective` and
 * `kltext.kl_estimators`. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number} ratio ρ = π_new/π_old of the sampled action
 * @property {number} advantage A
 * @property {number} epsilon ε, half the width of the clip band
 */
import { expExcess } from "../shared/divergence.js";
import { pythonFormat, pythonNumber } from "../shared/format.js";

/** What hands can reach, how far End goes, and what a state may be at all. */
export const LIMITS = { ratio: [0, 1000], advantage: [-4, 4], epsilon: [0.01, 0.99] };
export const ENDS = { ...LIMITS, ratio: [0, 10] };
const SENSE = { ratio: [0, 1000], advantage: [-1000, 1000], epsilon: [1e-6, 1 - 1e-6] };

/** The state made whole, or null if it is none. @returns {?State} */
export function sane({ ratio, advantage, epsilon }) {
  const state = { ratio, advantage, epsilon };
  return Object.entries(SENSE).every(([name, [least, most]]) => state[name] >= least && state[name] <= most) ? state : null;
}

/** Where the ratio is: −1 below the clip band, 0 inside (its ends belong to it), 1 above. */
export const side = ({ ratio, epsilon }) => (ratio > 1 + epsilon ? 1 : ratio < 1 - epsilon ? -1 : 0);

/** Which of the six cases: 1, 2, 3 for A > 0 below, inside, above; 4, 5, 6 for A < 0; 0 for A = 0. @param {State} state */
export const caseOf = (state) => (state.advantage === 0 ? 0 : side(state) + (state.advantage > 0 ? 2 : 5));

/** The two cases in which the minimum is flat. */
export const DEAD = [3, 4];

/** The objective of one sample at another ratio. */
export function objective(ratio, { advantage, epsilon }) {
  const clipped = Math.min(1 + epsilon, Math.max(1 - epsilon, ratio)) * advantage;
  return Math.min(ratio * advantage, clipped);
}

/** The three estimators of D(old‖new) on one sample, of r = log ρ. */
export const estimators = (r) => (r === -Infinity ? [Infinity, Infinity, Infinity] : [-r, (r * r) / 2, expExcess(r)]);

/** Everything the picture shows. @param {State} state */
export function measure(state) {
  const { ratio, advantage, epsilon } = state;
  const dead = DEAD.includes(caseOf(state));
  const clipped = Math.min(1 + epsilon, Math.max(1 - epsilon, ratio)) * advantage;
  const slope = dead ? 0 : advantage;
  const log_ratio = Math.log(ratio);
  const [k1, k2, k3] = estimators(log_ratio);
  return { value: dead ? clipped : ratio * advantage, unclipped: ratio * advantage, clipped, slope, gradient: ratio * slope, log_ratio, k1, k2, k3 };
}

/** A state in that case, near this one. @param {number} wanted 1 to 6 @param {State} state */
export function example(wanted, { advantage, epsilon }) {
  const positive = wanted < 4;
  const where = wanted - (positive ? 2 : 5);
  const inside = 1 + ((positive ? 1 : -1) * epsilon) / 2;
  const outside = where < 0 ? (1 - epsilon) * 0.7 : 1 + epsilon + 0.3;
  return { ratio: Number((where ? outside : inside).toFixed(4)), advantage: (positive ? 1 : -1) * (Math.abs(advantage) || 1) };
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const found = measure(state);
  const line = (symbol, name, value = name) => `print(f"${symbol} = {${value}:${pythonFormat(found[name])}}")`;
  return [
    ...(state.ratio === 0 ? ["import math", ""] : ["import numpy as np"]),
    "from kltext import kl_estimators, ppo_clip_objective",
    "",
    `ratio, advantage, epsilon = ${pythonNumber(state.ratio)}, ${pythonNumber(state.advantage)}, ${pythonNumber(state.epsilon)}`,
    "low, high = 1 - epsilon, 1 + epsilon",
    "",
    `log_ratio = ${state.ratio === 0 ? "-math.inf" : "np.log(ratio)"}  # log π_new − log π_old of the sampled action: only their difference counts`,
    "found = ppo_clip_objective(log_ratio, 0.0, advantage, epsilon=epsilon)",
    "dead = (advantage > 0 and ratio > high) or (advantage < 0 and ratio < low)  # as found.clipped says",
    "slope = 0.0 if dead else advantage",
    "k1, k2, k3 = kl_estimators(0.0, log_ratio)  # their means over samples of π_old estimate D(old‖new)",
    "",
    line("objective", "value", "found.value"),
    line("unclipped ρA", "unclipped", "ratio * advantage"),
    line("clipped clip(ρ)A", "clipped", "min(max(ratio, low), high) * advantage"),
    line("slope in ρ", "slope"),
    line("slope in log π", "gradient", "ratio * slope"),
    line("log ρ", "log_ratio"),
    line("k1", "k1"),
    line("k2", "k2"),
    line("k3", "k3"),
    "",
  ].join("\n");
}

/** Named states that each show one thing. */
export const PRESETS = [
  { name: "A good action, past the band", ratio: 1.35, advantage: 1, epsilon: 0.2 },
  { name: "A good action, made rarer", ratio: 0.5, advantage: 1, epsilon: 0.2 },
  { name: "Nothing has moved yet", ratio: 1, advantage: 1, epsilon: 0.2 },
  { name: "A bad action, on its way down", ratio: 0.9, advantage: -1, epsilon: 0.2 },
  { name: "A bad action, past the band", ratio: 0.6, advantage: -1, epsilon: 0.2 },
  { name: "A bad action, made likelier", ratio: 1.6, advantage: -1, epsilon: 0.2 },
  { name: "Far beyond, and nothing pulls", ratio: 5, advantage: 1, epsilon: 0.2 },
  { name: "Almost ruled out", ratio: 0.01, advantage: -1, epsilon: 0.2 },
  { name: "Just on the corner", ratio: 1.2, advantage: 1, epsilon: 0.2 },
  { name: "No advantage at all", ratio: 1.5, advantage: 0, epsilon: 0.2 },
];
