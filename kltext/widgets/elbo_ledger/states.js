/**
 * A latent with three values: evidence, posterior, and the bound for any law q of the latent, exactly. In nats. Pure functions, no DOM.
 * @typedef {[number, number, number]} Three
 */
import { entropy, klDivergence } from "../shared/divergence.js";
import { contour } from "../shared/simplex.js";

/** The average of the values under q, with 0·(−∞) = 0. */
const average = (q, values) => q.reduce((sum, mass, i) => (mass === 0 ? sum : sum + mass * values[i]), 0);

/** A divergence this small is the rounding of the posterior itself. */
const exact = (x) => (x < 1e-24 ? 0 : x);

/** log p(x,z) for each z, log p(x), and p(z|x). @param {{prior: Three, likelihood: Three}} of */
export function infer({ prior, likelihood }) {
  const joint = prior.map((mass, i) => Math.log(mass) + Math.log(likelihood[i]));
  const largest = joint.indexOf(Math.max(...joint));
  const below = joint.map((value) => value - joint[largest]);
  const rest = Math.log1p(below.reduce((sum, value, i) => (i === largest ? sum : sum + Math.exp(value)), 0));
  return { joint, evidence: joint[largest] + rest, posterior: below.map((value) => Math.exp(value - rest)) };
}

/** E log ½(w₁ + w₂) for two independent draws from q, with w = p(x,z)/q(z). @param {number[]} joint its logarithms @param {Three} q */
export function twoSamples(joint, q) {
  const weights = joint.map((value, i) => value - Math.log(q[i]));
  const pair = (a, b) => (a === b ? a : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))) - Math.LN2);
  return average(q, q.map((_, i) => average(q, weights.map((weight) => pair(weights[i], weight)))));
}

/** All that the ledger needs. @param {{prior: Three, likelihood: Three, q: Three}} state */
export function measureStates({ prior, likelihood, q }) {
  const { joint, evidence, posterior } = infer({ prior, likelihood });
  const gap = exact(klDivergence(q, posterior));
  return {
    joint, posterior, two: twoSamples(joint, q),
    numbers: {
      bound: evidence - gap,
      evidence,
      gap,
      reconstruction: average(q, likelihood.map(Math.log)),
      to_prior: klDivergence(q, prior),
      energy: average(q, joint),
      entropy: entropy(q),
    },
  };
}

/** The states on which q stands although the joint rules them out. */
export const impossible = ({ q }, { posterior }) => [0, 1, 2].filter((i) => q[i] > 0 && posterior[i] === 0);

/** How high the gauge must be to hold every law q with a finite gap: KL is convex, so a corner is worst. @param {Three} posterior */
export const deepest = (posterior) => Math.max(...posterior.map((mass) => (mass > 0 ? -Math.log(mass) : 0)));

/**
 * The laws whose divergence from the posterior is `height`, as a line round the posterior. Empty where a state is ruled out.
 * @param {Three} posterior @param {number} height @returns {(?Three)[]}
 */
export function level(posterior, height) {
  if (posterior.includes(0)) return [];
  return contour(posterior, height, (law) => {
    let sum = 0;
    for (let i = 0; i < 3; i++) if (law[i] > 0) sum += law[i] * Math.log(law[i] / posterior[i]);
    return sum;
  });
}
