/**
 * PPO's policy updates on three actions, really computed: gradient ascent on the sampled objective over the logits of a softmax. The
 * same objectives as `kltext.ppo_clip_objective`, `kltext.ppo_kl_objective` and `kltext.adapt_kl_coefficient`. Pure functions, no DOM.
 * @typedef {import("../shared/simplex.js").Three} Three
 * @typedef {object} Batch
 * @property {Three} old π_old @property {Three} advantages A of each action @property {Three} counts how often each was sampled
 * @property {number} epsilon ε @property {number} rate the step size @property {number} steps how many gradient steps
 */
import { klDivergence } from "../shared/divergence.js";

/** Whether a ratio is where its advantage gains nothing more: then the clip takes the gradient. */
export const silent = (ratio, advantage, epsilon) => (advantage > 0 ? ratio > 1 + epsilon : advantage < 0 && ratio < 1 - epsilon);

/** Logits move in multiples of 1/GRID: a large step size amplifies the last digits, and so every machine takes the same path. */
const GRID = 2 ** 24;

/**
 * The policies on the way, from π_old on: with β, ascent on the surrogate less β·D(old‖new), in steps of rate/(1 + rate·β), with which
 * a dear penalty does not swing; without, ascent on the clipped surrogate.
 * @param {Batch} batch @param {?number} beta @returns {Three[]}
 */
export function ascend({ old, advantages, counts, epsilon, rate, steps }, beta) {
  const total = counts[0] + counts[1] + counts[2];
  const pace = beta === null ? rate : rate / (1 + rate * beta);
  const start = old.map(Math.log);
  const moved = [0, 0, 0]; // the logits' way from there
  let policy = old;
  const path = [old];
  for (let step = 0; step < steps; step++) {
    const pull = [0, 0, 0]; // the gradient in log π of each action
    for (let a = 0; a < 3; a++) {
      const ratio = step === 0 ? 1 : policy[a] / old[a];
      if (counts[a] > 0 && !(beta === null && silent(ratio, advantages[a], epsilon))) pull[a] = (counts[a] / total) * ratio * advantages[a];
    }
    const sum = pull[0] + pull[1] + pull[2];
    for (let a = 0; a < 3; a++) moved[a] = Math.round(GRID * (moved[a] + pace * (pull[a] - policy[a] * sum - (beta ?? 0) * (policy[a] - old[a])))) / GRID;
    const [a, b, c] = [start[0] + moved[0], start[1] + moved[1], start[2] + moved[2]];
    const top = Math.max(a, b, c);
    const [x, y, z] = [Math.exp(a - top), Math.exp(b - top), Math.exp(c - top)];
    policy = [x / (x + y + z), y / (x + y + z), z / (x + y + z)];
    path.push(policy);
  }
  return path;
}

/** The next coefficient, from the divergence that the last update reached. */
export function adapt(beta, kl, target) {
  if (kl < target / 1.5) return beta / 2;
  return kl > 1.5 * target ? 2 * beta : beta;
}

const ROUNDS = 12;
/**
 * The update made again and again on the same batch, β adapted after each to the divergence that it reached.
 * @returns {{beta: number, path: Three[], ends: Three[]}} the last update, its β, and where each round ended
 */
export function adaptive(batch, beta, target) {
  const ends = [];
  for (let round = 1; ; round++) {
    const path = ascend(batch, beta);
    const end = path[path.length - 1];
    ends.push(end);
    const next = adapt(beta, klDivergence(batch.old, end), target);
    if (next === beta || round === ROUNDS) return { beta, path, ends };
    beta = next;
  }
}

/** The corners of all laws with low ≤ π ≤ high, in order round them; what rounding leaves of nothing is nothing. @returns {Three[]} */
export function corners(low, high) {
  const found = [];
  for (const [i, j, k] of [[0, 1, 2], [0, 2, 1], [1, 2, 0]]) {
    for (const a of [low[i], high[i]]) {
      for (const b of [low[j], high[j]]) {
        const rest = 1 - a - b;
        if (rest < low[k] - 1e-12 || rest > high[k] + 1e-12) continue;
        const law = [0, 0, 0];
        [law[i], law[j], law[k]] = [a, b, Math.abs(rest) < 1e-12 ? 0 : rest];
        if (!found.some((other) => other.every((mass, n) => Math.abs(mass - law[n]) < 1e-12))) found.push(law);
      }
    }
  }
  const middle = [0, 1, 2].map((n) => found.reduce((sum, law) => sum + law[n], 0) / found.length);
  const angle = (law) => Math.atan2(law[1] - middle[1], law[2] - middle[2]);
  return found.sort((one, other) => angle(one) - angle(other));
}

/** Where every ratio that was sampled is inside the clip band. @param {Batch} batch */
export const band = ({ old, counts, epsilon }) => corners(
  old.map((mass, a) => (counts[a] > 0 ? (1 - epsilon) * mass : 0)), old.map((mass, a) => (counts[a] > 0 ? Math.min(1, (1 + epsilon) * mass) : 1)),
);

/** Where the clipped objective is flat: no sample has a gradient. @param {Batch} batch */
export const flat = ({ old, advantages, counts, epsilon }) => {
  const bound = (sign, free) => old.map((mass, a) => (counts[a] > 0 && sign * advantages[a] > 0 ? (1 + sign * epsilon) * mass : free));
  const [low, high] = [bound(1, 0), bound(-1, 1)];
  return low.every((mass) => mass <= 1) ? corners(low, high) : [];
};
