/**
 * A mixture of two normal laws, its logarithm, and integrals against it: Gauss–Legendre on pieces in which everything is
 * smooth at its own scale. All in logarithms, so that nothing underflows. Pure functions, no DOM.
 *
 * @typedef {object} Mixture
 * @property {[number, number]} weights @property {[number, number]} means @property {[number, number]} stds
 * @property {[number, number]} logs of the components' factors @property {number[]} cuts between them everything is smooth @property {number[]} fewer those that count to seven digits
 */
import { legendre } from "../gaussian_pair/quadrature.js";

const HALF_LOG_TAU = Math.log(2 * Math.PI) / 2;
const [RULE, ROUGH] = [legendre(12), legendre(8)];
const REACH = 9; // standard deviations; beyond them a normal law has a probability of 2e-19
const NEAR = 7; // beyond them, 3e-12; for what is on the way
const LEVELS = [-38, -19, -9, -3, 0, 3, 9, 19, 38]; // of the log-ratio of the two components; beyond, one of them is all there is
const FEWER = [-18, -8, -2, 2, 8, 18];

export const logNormal = (x, mean, std) => -0.5 * ((x - mean) / std) ** 2 - Math.log(std) - HALF_LOG_TAU;

/** The mixture, with what every density and every integral of it needs: logarithms, and where to cut. @returns {Mixture} */
export function mixture(weights, means, stds) {
  const logs = weights.map((weight, i) => Math.log(weight) - Math.log(stds[i]) - HALF_LOG_TAU);
  return { weights, means, stds, logs, cuts: turns({ weights, means, stds }, LEVELS), fewer: turns({ weights, means, stds }, FEWER) };
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

/** Mean and standard deviation of the mixture. @param {Mixture} law */
export function moments({ weights: [w, v], means: [m, n], stds: [s, t] }) {
  return { mean: w * m + v * n, std: Math.sqrt(w * s * s + v * t * t + w * v * (m - n) ** 2) };
}

/** Where the log-ratio of the two components passes these levels, or turns. */
function turns({ weights: [w, v], means: [m, n], stds: [s, t] }, levels) {
  // In y = x − m the log-ratio is a·y² + b·y + c.
  const shift = n - m;
  const a = (1 / (t * t) - 1 / (s * s)) / 2;
  const b = -shift / (t * t);
  const c = Math.log(w / v) + Math.log(t / s) + (shift / t) ** 2 / 2;
  const found = a === 0 ? [] : [m - b / (2 * a)];
  for (const level of levels) {
    const square = b * b - 4 * a * (c - level);
    if (square < 0 || (a === 0 && b === 0)) continue;
    const r = -(b + (b < 0 ? -1 : 1) * Math.sqrt(square)) / 2;
    if (a !== 0) found.push(m + r / a);
    if (r !== 0) found.push(m + (c - level) / r);
  }
  return found.filter(Number.isFinite);
}

/** All of a normal law that counts, cut at each of its standard deviations, or at every second one. */
const steps = (mean, std, reach = REACH, stride = 1) => Array.from({ length: (2 * reach) / stride + 1 }, (_, k) => mean + (stride * k - reach) * std);

/** Call f(x, weight of dx) for the nodes between the ends. */
function sum(ends, f, rule = RULE) {
  ends.sort((a, b) => a - b);
  for (let i = 1; i < ends.length; i++) {
    const half = (ends[i] - ends[i - 1]) / 2;
    if (half > 0) for (const { x: node, weight } of rule) f(ends[i - 1] + half * (1 + node), half * weight);
  }
}

/** Call f(x, z, weight) so that the sum of weight·g(x) is E g(x) under the normal law. @param {Mixture} law */
function underNormal({ cuts, fewer }, mean, std, f, rough = false) {
  const [reach, stride, places, rule] = rough ? [NEAR, 2, fewer, ROUGH] : [REACH, 1, cuts, RULE];
  sum([...steps(mean, std, reach, stride), ...places.filter((x) => Math.abs(x - mean) < reach * std)], (x, dx) => {
    const z = (x - mean) / std;
    f(x, z, (dx / std) * Math.exp(-z * z / 2 - HALF_LOG_TAU));
  }, rule);
}

/**
 * Averages under a normal law, x = mean + std·z, of log p, and of its slope and curvature in z, with the powers of z that a
 * step needs: to rounding, or roughly, to seven digits, for what is on the way. @param {Mixture} law
 */
export function averages(law, mean, std, rough = false) {
  const { logs: [k, l], means: [m, n], stds: [s, t] } = law;
  let [log, slope, turn, bend, twist, stretch] = [0, 0, 0, 0, 0, 0];
  underNormal(law, mean, std, (x, z, weight) => {
    const [u, v] = [(m - x) / s, (n - x) / t];
    const [a, b] = [k - 0.5 * u * u, l - 0.5 * v * v];
    const lesser = Math.exp(-Math.abs(a - b));
    const share = lesser / (1 + lesser); // how likely the less likely component is at x
    const [first, second] = a < b ? [share, 1 - share] : [1 - share, share];
    const [c, d] = [(std * u) / s, (std * v) / t];
    const pull = weight * (first * c + second * d);
    const curl = weight * (first * second * (c - d) * (c - d) - first * (std / s) * (std / s) - second * (std / t) * (std / t));
    log += weight * (Math.max(a, b) + Math.log1p(lesser));
    slope += pull;
    turn += pull * z;
    bend += curl;
    twist += curl * z;
    stretch += curl * z * z;
  }, rough);
  return [log, slope, turn, bend, twist, stretch];
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
