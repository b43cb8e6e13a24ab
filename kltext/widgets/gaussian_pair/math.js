/**
 * The Gaussian pair's mathematics: closed forms where they exist, quadrature where not. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number} mean_p @property {number} std_p
 * @property {number} mean_q @property {number} std_q
 * @property {boolean} log_scale densities on a logarithmic axis
 * @property {"nats" | "bits"} unit
 */
import { NATS, excessNear } from "../shared/divergence.js";
import { pythonFormat, pythonNumber } from "../shared/format.js";
import { legendre } from "./quadrature.js";

/** What hands can reach; from Python everything finite is allowed. */
export const LIMITS = { mean: [-8, 8], std: [0.1, 5] };

/** The state made whole, or null if it is not two normal laws. @returns {?State} */
export function sane({ mean_p, std_p, mean_q, std_q, log_scale, unit }) {
  if (![mean_p, std_p, mean_q, std_q].every(Number.isFinite) || std_p <= 0 || std_q <= 0) return null;
  return { mean_p, std_p, mean_q, std_q, log_scale: Boolean(log_scale), unit: unit === "bits" ? "bits" : "nats" };
}

export const density = (x, mean, std) => Math.exp(-0.5 * ((x - mean) / std) ** 2) / (std * Math.sqrt(2 * Math.PI));

/** r(x) = log p(x) − log q(x) in nats, a parabola; written so that nearly equal laws lose nothing. @param {State} state */
export function logRatio(x, { mean_p, std_p, mean_q, std_q }) {
  const z = (x - mean_p) / std_p;
  const w = (x - mean_q) / std_q;
  const difference = ((x - mean_p) * (std_p - std_q) + std_p * (mean_p - mean_q)) / (std_p * std_q); // w − z
  return Math.log1p((std_q - std_p) / std_p) + (difference * (w + z)) / 2;
}

/** v − 1 − log v with v = (std_p/std_q)²: twice what the wrong spread costs. */
function spreadCost(stdP, stdQ) {
  const ratio = stdP / stdQ;
  if (Math.abs(stdP - stdQ) > 0.04 * stdQ) return (ratio - 1) * (ratio + 1) - 2 * Math.log(ratio);
  return excessNear(1, ((stdP - stdQ) / stdQ) * (ratio + 1), ratio * ratio + 1);
}

/** D(P‖Q) in nats and its two parts: the wrong spread and the wrong mean. */
export function klGaussian(meanP, stdP, meanQ, stdQ) {
  const spread = spreadCost(stdP, stdQ) / 2;
  const shift = ((meanP - meanQ) / stdQ) ** 2 / 2;
  return { total: spread + shift, spread, shift };
}

/** Where p = q, in rising order. @param {State} state */
export function crossings({ mean_p, std_p, mean_q, std_q }) {
  // In z = (x − mean_p)/std_p the log-ratio is az² + bz + c.
  const shift = (mean_p - mean_q) / std_q;
  const ratio = std_p / std_q;
  const a = ((ratio - 1) * (ratio + 1)) / 2;
  const b = ratio * shift;
  const c = (shift * shift) / 2 - Math.log(ratio);
  if (a === 0) return b === 0 ? [] : [mean_p - (std_p * c) / b];
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c)); // never negative: two normal laws always cross
  const s = -(b + (b < 0 ? -root : root)) / 2;
  return [s / a, s === 0 ? -s / a : c / s].sort((x, y) => x - y).map((z) => mean_p + std_p * z);
}

const RULE = legendre(20);

/** Ends of the pieces on which p and q are smooth at their own scale: every standard deviation of both, and the crossings. */
function pieces(state) {
  const steps = Array.from({ length: 19 }, (_, k) => k - 9);
  const ends = [...steps.map((k) => state.mean_p + k * state.std_p), ...steps.map((k) => state.mean_q + k * state.std_q), ...crossings(state)];
  return ends.sort((a, b) => a - b);
}

/** ½[(1 + s) log(1 + s) + (1 − s) log(1 − s)], between 0 and log 2. */
function mixtureCost(s) {
  const size = Math.abs(s);
  if (size >= 1) return Math.LN2;
  if (size > 0.25) return ((1 + size) * Math.log1p(size) + (1 - size) * Math.log1p(-size)) / 2;
  let series = 0;
  for (let k = 11; k > 0; k--) series = s * s * (1 / (2 * k * (2 * k - 1)) + series);
  return series;
}

/** In nats: JS, TV, and what of D(P‖Q) is gained where r > 0 and lost where r < 0. All are integrals of functions of r. @param {State} state */
export function integrals(state) {
  const ends = pieces(state);
  let [js, tv, gain, loss] = [0, 0, 0, 0];
  for (let i = 1; i < ends.length; i++) {
    const half = (ends[i] - ends[i - 1]) / 2;
    if (half === 0) continue;
    for (const { x: node, weight } of RULE) {
      const x = ends[i - 1] + half * (1 + node);
      const p = density(x, state.mean_p, state.std_p) * half * weight;
      const middle = (p + density(x, state.mean_q, state.std_q) * half * weight) / 2;
      if (middle < 1e-25) continue;
      const r = logRatio(x, state);
      const s = Math.tanh(r / 2); // (p − q)/(p + q)
      js += middle * mixtureCost(s);
      tv += middle * Math.abs(s);
      if (r > 0) gain += p * r;
      else loss += p * r;
    }
  }
  return { js, tv, gain, loss };
}

/** Everything the picture shows, in the state's unit. @param {State} state */
export function measure(state) {
  const { mean_p, std_p, mean_q, std_q, unit } = state;
  const scale = 1 / NATS[unit];
  const there = klGaussian(mean_p, std_p, mean_q, std_q);
  const { js, tv, gain, loss } = integrals(state);
  const entropy = Math.log(std_p) + (Math.log(2 * Math.PI) + 1) / 2;
  const cross = Math.log(std_q) + (Math.log(2 * Math.PI) + (std_p / std_q) ** 2) / 2 + there.shift;
  return {
    parts: { spread: scale * there.spread, shift: scale * there.shift, gain: scale * gain, loss: scale * loss },
    numbers: {
      kl_pq: scale * there.total,
      kl_qp: scale * klGaussian(mean_q, std_q, mean_p, std_p).total,
      entropy_p: scale * entropy,
      cross_entropy_pq: scale * cross,
      js: scale * js,
      tv,
    },
  };
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const { numbers } = measure(state);
  const bits = state.unit === "bits";
  const laws = ["mean_p, std_p, mean_q, std_q", "mean_q, std_q, mean_p, std_p"];
  const base = bits ? ", base=2" : "";
  const line = (symbol, name, value, unit = ` ${state.unit}`) => `print(f"${symbol} = {${value}:${pythonFormat(numbers[name])}}${unit}")`;
  return [
    "from statistics import NormalDist",
    "",
    "import numpy as np",
    "from kltext import gaussian_kl, js_divergence",
    "",
    `mean_p, std_p = ${pythonNumber(state.mean_p)}, ${pythonNumber(state.std_p)}`,
    `mean_q, std_q = ${pythonNumber(state.mean_q)}, ${pythonNumber(state.std_q)}`,
    "",
    `kl_pq = gaussian_kl(${laws[0]}${base})`,
    `kl_qp = gaussian_kl(${laws[1]}${base})`,
    `entropy = np.log${bits ? "2" : ""}(std_p * np.sqrt(2 * np.pi * np.e))`,
    "",
    "# JS has no closed form: sum over a fine grid that covers both laws.",
    "low, high = min(mean_p - 9 * std_p, mean_q - 9 * std_q), max(mean_p + 9 * std_p, mean_q + 9 * std_q)",
    "x = np.linspace(low, high, 200_001)",
    "p, q = np.exp(-(((x - mean_p) / std_p) ** 2) / 2), np.exp(-(((x - mean_q) / std_q) ** 2) / 2)",
    `js = js_divergence(p / p.sum(), q / q.sum()${base})`,
    "tv = 1 - NormalDist(mean_p, std_p).overlap(NormalDist(mean_q, std_q))",
    "",
    line("D(P‖Q)", "kl_pq", "kl_pq"),
    line("D(Q‖P)", "kl_qp", "kl_qp"),
    line("H(P)", "entropy_p", "entropy"),
    line("H(P,Q)", "cross_entropy_pq", "entropy + kl_pq"),
    line("JS(P,Q)", "js", "js"),
    line("TV(P,Q)", "tv", "tv", ""),
    "",
  ].join("\n");
}

/** Named pairs that each show one thing. */
export const PRESETS = [
  { name: "Shifted and wider", mean_p: 0, std_p: 1, mean_q: 1, std_q: 2 },
  { name: "Equal spread: same both ways", mean_p: -1, std_p: 1, mean_q: 1, std_q: 1 },
  { name: "Wide Q, narrow P", mean_p: 0, std_p: 0.5, mean_q: 0, std_q: 2 },
  { name: "Narrow Q, wide P", mean_p: 0, std_p: 2, mean_q: 0, std_q: 0.5 },
  { name: "Q narrow and far away", mean_p: 0, std_p: 1, mean_q: 3, std_q: 0.4 },
  { name: "Nearly equal", mean_p: 0, std_p: 1, mean_q: 0.02, std_q: 1.01 },
  { name: "One latent of a VAE and its prior", mean_p: 0.8, std_p: 0.5, mean_q: 0, std_q: 1 },
];
