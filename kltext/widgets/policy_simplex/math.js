/**
 * Three actions under PPO: the state made whole, where each kind of update ends, how far that is from the old policy, and what a batch
 * makes of the distance. Pure functions, no DOM.
 *
 * @typedef {import("./update.js").Batch & {method: "clip" | "fixed" | "adaptive" | "hand", hand: import("../shared/simplex.js").Three,
 *   labels: string[], delta: number, beta: number}} State
 *   `method` is the update whose end is the new policy, `hand` the new policy if the reader has put it there; `delta` is δ, the radius of
 *   the KL ball and the target of the adaptive β, which begins with `beta`
 */
import { expExcess, klDivergence, logRatio } from "../shared/divergence.js";
import { isLaw, named } from "../shared/pair.js";
import { write } from "./code.js";
import { adaptive, ascend, band, silent } from "./update.js";

/** What hands can reach, and what a state may be at all. */
export const LIMITS = { old: [0.005, 0.99], advantages: [-3, 3], counts: [0, 20], epsilon: [0.01, 0.9], delta: [0.001, 2], beta: [0.01, 50], rate: [0.01, 20], steps: [0, 200] };
const METHODS = ["clip", "fixed", "adaptive", "hand"];

const within = (value, [least, most]) => value >= least && value <= most;
const three = (values, limits, whole = false) => Array.isArray(values) && values.length === 3 && values.every((value) => within(value, limits) && (!whole || Number.isInteger(value)));

/** The state made whole, or null if it makes no sense. @returns {?State} */
export function sane({ old, advantages, counts, labels, method, hand, epsilon, delta, beta, rate, steps }) {
  if (![old, hand].every((law) => isLaw(law) && law.length === 3) || old.some((mass) => mass < 1e-6)) return null;
  if (!three(advantages, LIMITS.advantages) || !three(counts, LIMITS.counts, true) || counts.every((count) => count === 0)) return null;
  const state = { old, advantages, counts, labels: named(labels, 3), method, hand, epsilon, delta, beta, rate, steps };
  const numbers = ["epsilon", "delta", "beta", "rate", "steps"].every((name) => within(state[name], LIMITS[name]));
  return numbers && Number.isInteger(steps) && METHODS.includes(method) ? state : null;
}

/** The updates, really computed; of these the hand changes nothing. @param {State} state */
export function updates(state) {
  const regulated = adaptive(state, state.beta, state.delta);
  return { clip: ascend(state, null), fixed: ascend(state, state.beta), adaptive: regulated.path, ends: regulated.ends, used: regulated.beta, band: band(state) };
}

/** Everything the picture shows. @param {State} state @param {ReturnType<typeof updates>} found */
export function measure(state, found = updates(state)) {
  const { old, counts, advantages, epsilon, method, hand, delta, beta } = state;
  const end = (path) => path[path.length - 1];
  const policy = method === "hand" ? hand : end(found[method]);
  const total = counts[0] + counts[1] + counts[2];
  const mean = (value) => counts.reduce((sum, count, a) => (count > 0 ? sum + (count / total) * value(a) : sum), 0);
  const ratios = policy.map((mass, a) => mass / old[a]);
  const shift = policy.map((mass, a) => -logRatio(old[a], mass)); // log π_new − log π_old
  const dead = ratios.map((ratio, a) => silent(ratio, advantages[a], epsilon));
  const kl = klDivergence(old, policy);
  const coefficient = method === "adaptive" ? found.used : beta;
  const unclipped = mean((a) => ratios[a] * advantages[a]);
  const clipped = mean((a) => Math.min(ratios[a] * advantages[a], Math.min(1 + epsilon, Math.max(1 - epsilon, ratios[a])) * advantages[a]));
  const penalised = method === "fixed" || method === "adaptive";
  return {
    policy, ratios, dead, total, coefficient, penalised, unclipped, value: penalised ? unclipped - coefficient * kl : clipped,
    numbers: {
      kl, k1: mean((a) => -shift[a]), k2: mean((a) => shift[a] ** 2 / 2), k3: mean((a) => (shift[a] === -Infinity ? Infinity : expExcess(shift[a]))),
      dead: mean((a) => Number(dead[a])), left: delta - kl, widest: Math.max(...found.band.map((law) => klDivergence(old, law))),
      kl_clip: klDivergence(old, end(found.clip)), kl_fixed: klDivergence(old, end(found.fixed)), kl_adaptive: klDivergence(old, end(found.adaptive)), used: found.used,
    },
  };
}

/** Python that prints the numbers shown. @param {State} state */
export const python = (state) => write(state, measure(state).numbers);

const USUAL = { old: [0.5, 0.3, 0.2], advantages: [1, -0.5, -1], counts: [6, 2, 2], method: "clip", hand: [0.6, 0.3, 0.1], epsilon: 0.2, delta: 0.06, beta: 1, rate: 0.5, steps: 40 };
/** Named states that each show one thing. */
export const PRESETS = [
  { name: "Three actions, ten samples", ...USUAL },
  { name: "A large step: silenced, far outside", ...USUAL, rate: 8 },
  { name: "The same, leashed by β = 1", ...USUAL, rate: 8, method: "fixed" },
  { name: "β that finds its target", ...USUAL, method: "adaptive" },
  { name: "In the band, close", ...USUAL, old: [0.475, 0.05, 0.475], advantages: [1, 0.5, -1], counts: [5, 0, 5], method: "hand", hand: [0.5, 0.05, 0.45] },
  { name: "In the band, infinitely far", ...USUAL, old: [0.475, 0.05, 0.475], advantages: [1, 0.5, -1], counts: [5, 0, 5], method: "hand", hand: [0.5, 0, 0.5] },
  { name: "An action nobody sampled", ...USUAL, counts: [6, 0, 4] },
  { name: "A single sample", ...USUAL, counts: [0, 0, 1], advantages: [1, -0.5, 1] },
  { name: "A rare action, very good", ...USUAL, old: [0.6, 0.35, 0.05], advantages: [-0.2, -0.2, 3], counts: [6, 3, 1] },
];
