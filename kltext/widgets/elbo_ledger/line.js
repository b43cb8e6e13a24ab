/**
 * A latent on the line: z ~ N(0,1), an observation x, and a Gaussian q. Every average under q has a closed form; only log p(x) is an
 * integral over z: by the trapezoidal rule, which for so smooth an integrand is right to twelve digits and more. In nats. Pure functions, no DOM.
 *
 * @typedef {object} Line
 * @property {number} x the observation @property {number} noise its standard deviation
 * @property {number} mean of q @property {number} std of q
 */
import { excess } from "../shared/divergence.js";

const LOG_ROOT = Math.log(2 * Math.PI) / 2;

const logFactorial = (n) => (n < 2 ? 0 : Math.log(n) + logFactorial(n - 1));
const square = (x) => x * x;
const normal = (distance, std) => -distance / (2 * std * std) - Math.log(std) - LOG_ROOT; // of a squared distance

/** The three likelihoods: log p(x|z), and its average under N(m, v), v being a variance. */
export const MODELS = {
  linear: {
    said: "x|z ~ N(z, σ²)", limits: [-4, 4], start: { x: 2, noise: 1, mean: 1, std: 1 },
    log: (z, { x, noise }) => normal(square(x - z), noise),
    average: (m, v, { x, noise }) => normal(square(x - m) + v, noise),
  },
  square: {
    said: "x|z ~ N(z², σ²)", limits: [-2, 9], start: { x: 1.5, noise: 0.5, mean: 0.8, std: 0.5 },
    log: (z, { x, noise }) => normal(square(x - z * z), noise),
    average: (m, v, { x, noise }) => normal(square(x - m * m - v) + 2 * v * v + 4 * m * m * v, noise),
  },
  count: {
    said: "x|z ~ Poisson(eᶻ)", limits: [0, 30], start: { x: 0, noise: 1, mean: 0, std: 1 },
    log: (z, { x }) => x * z - Math.exp(z) - logFactorial(x),
    average: (m, v, { x }) => x * m - Math.exp(m + v / 2) - logFactorial(x),
  },
};
/** What q and the noise may be. */
export const LIMITS = { mean: [-4, 4], std: [0.01, 3], noise: [0.1, 3] };

export const logNormal = (z, mean, std) => normal(square(z - mean), std);
const logJoint = (z, state) => logNormal(z, 0, 1) + MODELS[state.mode].log(z, state);

const STEP = 0.01; // the narrowest posterior has a standard deviation of 0.016; beyond ±10 is nothing
const NODES = Array.from({ length: 20 / STEP + 1 }, (_, i) => i * STEP - 10);

let [known, kept] = ["", null];
/** log p(x), and the highest value of log p(z|x). @param {Line} state */
export function infer(state) {
  const { mode, x, noise } = state;
  const key = `${mode} ${x} ${noise}`;
  if (key === known) return kept;
  const logs = NODES.map((z) => logJoint(z, state));
  const top = Math.max(...logs);
  const evidence = mode === "linear" ? normal(x * x, Math.hypot(1, noise)) : top + Math.log(STEP * logs.reduce((sum, log) => sum + Math.exp(log - top), 0));
  [known, kept] = [key, { evidence, peak: top - evidence }];
  return kept;
}

/** log p(z|x). @param {Line} state */
export const logPosterior = (z, state) => logJoint(z, state) - infer(state).evidence;

/** D(N(mean, std²) ‖ N(m, s²)). */
const divergence = (mean, std, m, s) => excess(1, square(std / s)) / 2 + square((mean - m) / s) / 2;

/** All that the ledger needs. @param {Line} state */
export function measureLine(state) {
  const { mode, x, noise, mean, std } = state;
  const { evidence, peak } = infer(state);
  const reconstruction = MODELS[mode].average(mean, std * std, state);
  const to_prior = divergence(mean, std, 0, 1);
  const posterior = mode === "linear" ? { mean: x / (1 + noise ** 2), std: noise / Math.hypot(1, noise) } : null;
  const gap = posterior ? divergence(mean, std, posterior.mean, posterior.std) : evidence - (reconstruction - to_prior);
  return {
    posterior, peak,
    numbers: {
      bound: posterior ? evidence - gap : reconstruction - to_prior,
      evidence, gap, reconstruction, to_prior,
      energy: reconstruction + normal(mean * mean + std * std, 1),
      entropy: Math.log(std) + LOG_ROOT + 0.5,
    },
  };
}

/** Uphill from q to the highest bound near it: to the best of four neighbours, and where none is better to nearer ones. @param {Line} state */
export function climb(state) {
  const bound = ([mean, std]) => MODELS[state.mode].average(mean, std * std, state) - divergence(mean, std, 0, 1);
  let q = [state.mean, state.std];
  for (let [step, k] = [0.25, 0]; step > 1e-8 && k < 3000; k++) {
    const [mean, std] = q;
    const next = [[mean + step * std, std], [mean - step * std, std], [mean, std * (1 + step)], [mean, std / (1 + step)]].reduce((top, one) => (bound(one) > bound(top) ? one : top), q);
    step = next === q ? step / 2 : Math.min(0.5, 2 * step);
    q = next;
  }
  return { mean: q[0], std: q[1] };
}
