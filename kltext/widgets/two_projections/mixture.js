/**
 * A mixture of two normal laws, its logarithm, and integrals against it: Gauss–Legendre on pieces in which everything is
 * smooth at its own scale. All in logarithms, so that nothing underflows. Pure functions, no DOM.
 *
 * @typedef {object} Mixture
 * @property {[number, number]} weights @property {[number, number]} means @property {[number, number]} stds
 * @property {[number, number]} logs of the components' factors @property {number[]} cuts between them everything is smooth
 */
import { legendre } from "../shared/quadrature.js";

const HALF_LOG_TAU = Math.log(2 * Math.PI) / 2;
const RULE = legendre(12);
const REACH = 9; // standard deviations; beyond them a normal law has a probability of 2e-19
const LEVELS = [-38, -19, -9, -3, 0, 3, 9, 19, 38]; // of the log-ratio of the two components; beyond, one of them is all there is

export const logNormal = (x, mean, std) => -0.5 * ((x - mean) / std) ** 2 - Math.log(std) - HALF_LOG_TAU;

/** The mixture, with what every density and every integral of it needs: logarithms, and where to cut. @returns {Mixture} */
export function mixture(weights, means, stds) {
  const logs = weights.map((weight, i) => Math.log(weight) - Math.log(stds[i]) - HALF_LOG_TAU);
  return { weights, means, stds, logs, cuts: turns({ weights, means, stds }) };
}

const logJoint = ({ logs, means, stds }, i, x) => {
  const z = (x - means[i]) / stds[i];
  return logs[i] - 0.5 * z * z;
};

/** log p(x), by log-sum-exp. @param {Mixture} law */
export function logDensity(law, x) {
  const [a, b] = [logJoint(law, 0, x), logJoint(law, 1, x)];
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** log p at x with its first and second derivative. @param {Mixture} law */
export function derivatives(law, x) {
  const { means: [m, n], stds: [s, t] } = law;
  const a = logJoint(law, 0, x);
  const b = logJoint(law, 1, x);
  const lesser = Math.exp(-Math.abs(a - b));
  const share = lesser / (1 + lesser); // how likely the less likely component is at x
  const [first, second] = a < b ? [share, 1 - share] : [1 - share, share];
  const u = (m - x) / (s * s);
  const v = (n - x) / (t * t);
  return [Math.max(a, b) + Math.log1p(lesser), first * u + second * v, first * second * (u - v) * (u - v) - first / (s * s) - second / (t * t)];
}

/** Mean and standard deviation of the mixture. @param {Mixture} law */
export function moments({ weights: [w, v], means: [m, n], stds: [s, t] }) {
  return { mean: w * m + v * n, std: Math.sqrt(w * s * s + v * t * t + w * v * (m - n) ** 2) };
}

/** Where the log-ratio of the two components passes the levels, or turns. */
function turns({ weights: [w, v], means: [m, n], stds: [s, t] }) {
  // In y = x − m the log-ratio is a·y² + b·y + c.
  const shift = n - m;
  const a = (1 / (t * t) - 1 / (s * s)) / 2;
  const b = -shift / (t * t);
  const c = Math.log(w / v) + Math.log(t / s) + (shift / t) ** 2 / 2;
  const found = a === 0 ? [] : [m - b / (2 * a)];
  for (const level of LEVELS) {
    const square = b * b - 4 * a * (c - level);
    if (square < 0 || (a === 0 && b === 0)) continue;
    const r = -(b + (b < 0 ? -1 : 1) * Math.sqrt(square)) / 2;
    if (a !== 0) found.push(m + r / a);
    if (r !== 0) found.push(m + (c - level) / r);
  }
  return found.filter(Number.isFinite);
}

/** All of a normal law that counts, cut at each of its standard deviations. */
const steps = (mean, std) => Array.from({ length: 2 * REACH + 1 }, (_, k) => mean + (k - REACH) * std);

/** Call f(x, weight of dx) for the nodes between the ends. */
function sum(ends, f) {
  ends.sort((a, b) => a - b);
  for (let i = 1; i < ends.length; i++) {
    const half = (ends[i] - ends[i - 1]) / 2;
    if (half > 0) for (const { x: node, weight } of RULE) f(ends[i - 1] + half * (1 + node), half * weight);
  }
}

/** Call f(x, z, weight) so that the sum of weight·g(x) is E g(x) under the normal law. @param {Mixture} law */
export function underNormal({ cuts }, mean, std, f) {
  const inside = cuts.filter((x) => Math.abs(x - mean) < REACH * std);
  sum([...steps(mean, std), ...inside], (x, dx) => {
    const z = (x - mean) / std;
    f(x, z, (dx / std) * Math.exp(-z * z / 2 - HALF_LOG_TAU));
  });
}

/** D(P‖Q) of the mixture P from a normal law Q, in nats. @param {Mixture} law */
export function fromMixture(law, mean, std) {
  let value = 0;
  const ends = [...steps(law.means[0], law.stds[0]), ...steps(law.means[1], law.stds[1])];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  sum([...ends, ...law.cuts.filter((x) => x > low && x < high)], (x, dx) => {
    const log = logDensity(law, x);
    value += dx * Math.exp(log) * (log - logNormal(x, mean, std));
  });
  return Math.max(0, value);
}

/** D(Q‖P) to the mixture P of a normal law Q, in nats. @param {Mixture} law */
export function toMixture(law, mean, std) {
  let value = 0;
  underNormal(law, mean, std, (x, z, weight) => { value += weight * (logNormal(x, mean, std) - logDensity(law, x)); });
  return Math.max(0, value);
}
