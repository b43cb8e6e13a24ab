/** From which of two laws did an outcome come?  The best answer, what another one misses, and how far apart the laws are. Pure functions, no DOM. */
import { excess } from "./divergence.js";

/** p/(p + q) of one outcome; ½ where nothing ever is. */
export const best = (p, q) => (p === 0 && q === 0 ? 0.5 : p / (p + q));

/** A divergence this small is the rounding of the best answer itself. */
const exact = (x) => (x < 1e-24 ? 0 : x);

/** What the answer d misses at one outcome of the best one's score, in nats: (p + q)·D(Ber(best)‖Ber(d)). */
export function missed(p, q, d) {
  const both = p + q; // taken out first: the smallest masses times d would be 0, and their divergence ∞
  return both === 0 ? 0 : exact(both * (excess(p / both, d) + excess(q / both, 1 - d)));
}

/** W₁ between two laws on the places 0, 1, 2, …: the distribution functions' differences, added up. */
export function wasserstein(p, q) {
  let [ahead, work] = [0, 0];
  for (let i = 0; i + 1 < p.length; i++) {
    ahead += p[i] - q[i];
    work += Math.abs(ahead);
  }
  return work;
}
