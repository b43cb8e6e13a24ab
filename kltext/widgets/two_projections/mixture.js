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
const FAR = 50; // and beyond this, its share is under 2e-22
const FEWER = [-18, -8, -2, 2, 8, 18];

export const logNormal = (x, mean, std) => -0.5 * ((x - mean) / std) ** 2 - Math.log(std) - HALF_LOG_TAU;

/** The mixture, with what every density and every integral of it needs: logarithms, and where to cut. @returns {Mixture} */
export function mixture(weights, means, stds) {
  const logs = weights.map((weight, i) => Math.log(weight) - Math.log(stds[i]) - HALF_LOG_TAU);
  return { weights, means, stds, logs, cuts: turns({ weights, means, stds }, LEVELS), fewer: turns({ weights, means, stds }, FEWER) };
}

/** log p(x), by log-sum-exp. @param {Mixture} law */
export function logDensity({ logs, means, stds }, x) {
  const [u, v] = [(x - means[0]) / stds[0], (x - means[1]) / stds[1]];
  const [a, b] = [logs[0] - 0.5 * u * u, logs[1] - 0.5 * v * v];
  return Math.max(a, b) + Math.log1p(lesser(a, b));
}

/** How likely the less likely component is, beside the other one; nothing, where a sum in double precision would not see it. */
const lesser = (a, b) => (Math.abs(a - b) > FAR ? 0 : Math.exp(-Math.abs(a - b)));

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
  return found.filter(Number.isFinite).sort((a, b) => a - b);
}

// The nodes of the integral that is being taken, in the units of a normal law, and their weights: written anew for each of
// the thousand integrals that a picture needs, while nothing is made or called for a single node.
const [Z, WEIGHT] = [new Float64Array(2048), new Float64Array(2048)];

/** Nodes for averages under N(mean, std²), in pieces of `stride` standard deviations and cut at these places. @returns {number} how many */
function underNormal(mean, std, reach, stride, places, rule) {
  let [count, from, next] = [0, -reach, 0];
  const piece = (to) => {
    const half = (to - from) / 2;
    for (const { x, weight } of rule) {
      const z = from + half * (1 + x);
      Z[count] = z;
      WEIGHT[count++] = half * weight * Math.exp(-z * z / 2 - HALF_LOG_TAU);
    }
    from = to;
  };
  for (let end = stride - reach; end <= reach; end += stride) {
    for (; next < places.length && places[next] < mean + std * end; next++) {
      const cut = (places[next] - mean) / std;
      if (cut > from) piece(cut);
    }
    if (end > from) piece(end);
  }
  return count;
}

const exactly = ({ cuts }, mean, std) => underNormal(mean, std, REACH, 1, cuts, RULE);
const roughly = ({ fewer }, mean, std) => underNormal(mean, std, NEAR, 2, fewer, ROUGH);

/**
 * Averages under a normal law, x = mean + std·z, of log p, and of its slope and curvature in z, with the powers of z that a
 * step needs: to rounding, or roughly, to seven digits, for what is on the way. @param {Mixture} law
 */
export function averages(law, mean, std, rough = false) {
  const { logs: [k, l], means: [m, n], stds: [s, t] } = law;
  const [p, q] = [std / s, std / t];
  let [log, slope, turn, bend, twist, stretch] = [0, 0, 0, 0, 0, 0];
  const count = rough ? roughly(law, mean, std) : exactly(law, mean, std);
  for (let i = 0; i < count; i++) {
    const z = Z[i];
    const weight = WEIGHT[i];
    const x = mean + std * z;
    const u = (m - x) / s;
    const v = (n - x) / t;
    const a = k - 0.5 * u * u;
    const b = l - 0.5 * v * v;
    const less = lesser(a, b);
    const share = less / (1 + less); // how likely the less likely component is at x
    const first = a < b ? share : 1 - share;
    const second = a < b ? 1 - share : share;
    const apart = p * u - q * v;
    const pull = weight * (first * p * u + second * q * v);
    const curl = weight * (first * second * apart * apart - first * p * p - second * q * q);
    log += weight * (Math.max(a, b) + Math.log1p(less));
    slope += pull;
    turn += pull * z;
    bend += curl;
    twist += curl * z;
    stretch += curl * z * z;
  }
  return [log, slope, turn, bend, twist, stretch];
}

/** The normal law nearest to the mixture P forward: it has the moments of P. With its D(P‖Q), in nats. @param {Mixture} law */
export function nearest(law) {
  const { mean, std } = moments(law);
  let value = 0;
  for (const own of [0, 1]) { // the average under each component
    const count = exactly(law, law.means[own], law.stds[own]);
    for (let i = 0; i < count; i++) {
      const x = law.means[own] + law.stds[own] * Z[i];
      value += law.weights[own] * WEIGHT[i] * (logDensity(law, x) - logNormal(x, mean, std));
    }
  }
  return { mean, std, value: Math.max(0, value) };
}

/** D(P‖Q) of another normal law Q: what the nearest one has, and its divergence from there (Pythagoras). */
export function fromMixture(forward, mean, std) {
  const beyond = (forward.std / std) ** 2 - 1;
  return forward.value + (beyond - Math.log1p(beyond) + ((forward.mean - mean) / std) ** 2) / 2;
}

/** D(Q‖P) to the mixture P of a normal law Q, in nats. @param {Mixture} law */
export function toMixture(law, mean, std) {
  let value = 0;
  const count = exactly(law, mean, std);
  for (let i = 0; i < count; i++) {
    const x = mean + std * Z[i];
    value += WEIGHT[i] * (logNormal(x, mean, std) - logDensity(law, x));
  }
  return Math.max(0, value);
}
