/**
 * A latent with three values: evidence, posterior, and the bound for any law q of the latent, exactly. In nats. Pure functions, no DOM.
 * @typedef {[number, number, number]} Three
 */
import { entropy, klDivergence } from "../shared/divergence.js";
import { tidy } from "../shared/probabilities.js";

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

/* The triangle: state 0 stands left, state 1 above, state 2 right; its sides have length 1. */

const HEIGHT = Math.sqrt(3) / 2;
/** Where a law stands. @param {Three} q @returns {[number, number]} */
export const place = (q) => [q[2] + q[1] / 2, HEIGHT * q[1]];

/** The law that stands there, or the nearest on the edge; in steps of 1/200. @returns {Three} */
export function lawAt([x, y]) {
  const top = y / HEIGHT;
  const raw = [1 - x - top / 2, top, x - top / 2].map((mass) => Math.max(0, mass));
  const sum = raw[0] + raw[1] + raw[2];
  const q = raw.map((mass) => tidy(Math.round((200 * mass) / sum) / 200));
  const largest = q.indexOf(Math.max(...q));
  q[largest] = tidy(1 - q.reduce((total, mass, i) => (i === largest ? total : total + mass), 0));
  return q;
}

const RAYS = 96;
/**
 * The laws whose divergence from the posterior is `height`, as a line round the posterior with null where it has left the triangle: the
 * distance on each ray, and where the line leaves the angle, are found by halving. Empty where a state is ruled out.
 * @param {Three} posterior @param {number} height @returns {(?Three)[]}
 */
export function level(posterior, height) {
  if (posterior.includes(0)) return [];
  const ray = (angle) => {
    const [across, up] = [Math.cos(angle), Math.sin(angle) / HEIGHT];
    const step = [-across - up / 2, up, across - up / 2];
    const furthest = Math.min(...step.map((by, i) => (by < 0 ? -posterior[i] / by : Infinity)));
    const law = (r) => posterior.map((mass, i) => Math.max(0, mass + r * step[i]));
    const divergence = (r) => {
      let sum = 0;
      for (let i = 0; i < 3; i++) {
        const mass = posterior[i] + r * step[i];
        if (mass > 0) sum += mass * Math.log(mass / posterior[i]);
      }
      return sum;
    };
    if (divergence(furthest) < height) return null;
    let [low, high] = [0, furthest];
    for (let k = 0; k < 16; k++) {
      const middle = (low + high) / 2;
      if (divergence(middle) < height) low = middle;
      else high = middle;
    }
    return law(low);
  };
  const angles = [];
  for (let k = 0; k <= RAYS; k++) {
    let [inside, outside] = [k, k + 1].map((n) => (2 * Math.PI * n) / RAYS);
    angles.push(inside);
    if (!ray(inside) === !ray(outside)) continue;
    if (!ray(inside)) [inside, outside] = [outside, inside];
    for (let step = 0; step < 12; step++) {
      const middle = (inside + outside) / 2;
      if (ray(middle)) inside = middle;
      else outside = middle;
    }
    angles.push(inside);
  }
  return angles.map(ray);
}
