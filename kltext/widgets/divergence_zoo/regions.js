/**
 * Which pairs of total variation v and another divergence two laws can have, in nats: what two outcomes reach, what only three
 * or more reach besides, and the inequalities that enclose both. Pure functions, no DOM.
 */
import { jsDivergence } from "../shared/divergence.js";

const STEPS = Array.from({ length: 121 }, (_, k) => k / 120);
const VARIATIONS = STEPS.map((s) => 1 - (1 - s) ** 2); // closer together towards 1
export const along = (edge) => VARIATIONS.map((v) => [v, edge(v)]);

/** The smallest D for each v, by a parameter (Fedotov, Harremoës & Topsøe). */
function leastKl(x) {
  if (x === 0) return [0, 0];
  const [coth, sinh] = [1 / Math.tanh(x), Math.sinh(x)];
  return [(x * (1 - (coth - 1 / x) ** 2)) / 2, Math.log(x / sinh) + x * coth - (x / sinh) ** 2];
}

/** Two coins as alike as v allows, and one of them certain. */
const alike = (v) => jsDivergence([(1 + v) / 2, (1 - v) / 2], [(1 - v) / 2, (1 + v) / 2]);
const certain = (v) => jsDivergence([v, 1 - v], [0, 1]);

/**
 * `least` and `most` bound what two outcomes reach, `most` and `widest` what only more do; `bounds` are what the inequalities
 * say at v, the first drawn dashed, the second dotted, as in `legend`.
 */
export const REGIONS = {
  kl: {
    number: "kl_pq", symbol: "D(P‖Q)", floor: 2, least: STEPS.map((s) => leastKl(300 * s ** 3)),
    bounds: (v) => [2 * v * v, -Math.log(1 - v * v)], legend: "Pinsker (dashed), Bretagnolle–Huber (dotted)",
  },
  hellinger: {
    number: "squared_hellinger", symbol: "H²(P,Q)", floor: 1, least: along((v) => 1 - Math.sqrt(1 - v * v)), most: along((v) => 1 - Math.sqrt(1 - v)), widest: [[0, 0], [1, 1]],
    bounds: (v) => [1 - Math.sqrt(1 - v * v), v], legend: "TV ≤ H√(2 − H²) (dashed), H² ≤ TV (dotted)",
  },
  js: {
    number: "js", symbol: "JS(P,Q)", floor: Math.LN2, least: along(alike), most: along(certain), widest: [[0, 0], [1, Math.LN2]],
    bounds: (v) => [alike(v), v * Math.LN2], legend: "the JS sandwich (dashed and dotted)",
  },
};
