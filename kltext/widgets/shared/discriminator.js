/** From which of two laws did an outcome come?  The best answer, what another one misses, and how far apart the laws are. Pure functions, no DOM. */
import { excess } from "./divergence.js";

/** p/(p + q) of one outcome; ½ where nothing ever is. */
export const best = (p, q) => (p === 0 && q === 0 ? 0.5 : p / (p + q));

/** A divergence this small is the rounding of the best answer itself; and where nothing ever is (0 · ∞), nothing is missed. */
const exact = (x) => (x > 1e-24 ? x : 0);

/** What the answer d misses at one outcome of the best one's score, in nats. With p and q inside, the smallest ones times d would be 0. */
export const missed = (p, q, d) => exact((p + q) * (excess(best(p, q), d) + excess(best(q, p), 1 - d)));

/** W₁ between two laws on the places 0, 1, 2, …: the distribution functions' differences, added up. */
export function wasserstein(p, q) {
  let [ahead, work] = [0, 0];
  for (let i = 0; i + 1 < p.length; i++) {
    ahead += p[i] - q[i];
    work += Math.abs(ahead);
  }
  return work;
}
