/**
 * One latent dimension of a variational autoencoder: q = N(μ, σ²) against the prior p = N(0, 1), with ℓ = log σ². In nats, in the
 * same forms as `kltext.vae_kl`, so that both agree to the last digits. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number} mean μ @property {number} log_var ℓ
 * @property {number} budget what the dimension may cost, in nats
 * @property {number} dims how many dimensions like this one a dashboard adds up
 */
import { expExcess } from "../shared/divergence.js";
import { pythonFormat, pythonNumber } from "../shared/format.js";

/** What hands can reach, and what a state may be at all. */
export const LIMITS = { mean: [-64, 64], log_var: [-64, 128], budget: [0.01, 100], dims: [1, 128] };
const SENSE = { mean: [-1e100, 1e100], log_var: [-700, 700], budget: [Number.MIN_VALUE, 1e100], dims: [1, 1e9] };

/** From here on e^ℓ is infinite in float32. */
export const FLOAT32_END = Math.log((2 - 2 ** -23) * 2 ** 127);

/** The state made whole, or null if it is none. @returns {?State} */
export function sane({ mean, log_var, budget, dims }) {
  const state = { mean, log_var, budget, dims };
  return Object.entries(SENSE).every(([name, [least, most]]) => state[name] >= least && state[name] <= most) && Number.isInteger(dims) ? state : null;
}

/** Everything the picture shows, in nats. @param {State} state */
export function measure({ mean, log_var, budget, dims }) {
  const spread = expExcess(log_var);
  const kl = (mean * mean + spread) / 2;
  return { kl, mean_cost: (mean * mean) / 2, var_cost: spread / 2, grad_mean: mean, grad_log_var: Math.expm1(log_var) / 2, left: budget - kl, total: dims * kl };
}

/** The two ℓ, one on each side of 0, at which e^ℓ − 1 − ℓ is c ≥ 0: Newton's method from outside, where it cannot miss. */
export function spreads(c) {
  const root = (start) => {
    let at = start;
    for (let k = 0; k < 60; k++) {
      const slope = Math.expm1(at);
      const next = slope === 0 ? at : at - (expExcess(at) - c) / slope;
      if (Math.abs(next - at) <= 1e-15 * Math.abs(at)) return next;
      at = next;
    }
    return at;
  };
  const wide = Math.sqrt(2 * c);
  return [root(c < 1 / 3 ? -Math.sqrt(3 * c) : -1 - c), root(Math.min(wide, Math.log1p(c + wide)))];
}

const STEPS = 48;
/** The (μ, ℓ) that cost so many nats, from μ = −reach to reach above and back below; closed where the reach holds all of them. */
export function level(nats, reach) {
  const most = Math.sqrt(2 * nats);
  const end = Math.min(most, reach);
  const means = Array.from({ length: STEPS + 1 }, (_, i) => -end * Math.cos((Math.PI * i) / STEPS));
  const pairs = means.map((mean, i) => spreads(end === most && i % STEPS === 0 ? 0 : Math.max(0, 2 * nats - mean * mean)));
  return { upper: means.map((mean, i) => [mean, pairs[i][1]]), lower: means.map((mean, i) => [mean, pairs[i][0]]) };
}

const LOG_ROOT = Math.log(2 * Math.PI) / 2;
/** The densities of q and of the prior at z. */
export const density = (z, mean = 0, logVar = 0) => Math.exp(-0.5 * ((z - mean) / Math.exp(logVar / 2)) ** 2 - logVar / 2 - LOG_ROOT);

/** r(z) = log q(z) − log p(z), written so that a q close to the prior loses nothing. */
export function logRatio(z, { mean, log_var }) {
  const std = Math.exp(log_var / 2);
  const w = (z - mean) / std;
  return -log_var / 2 + (((mean + z * Math.expm1(log_var / 2)) / std) * (z + w)) / 2;
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const found = measure(state);
  const line = (symbol, name, value = name) => `print(f"${symbol} = {${value}:${pythonFormat(found[name])}}")`;
  return [
    "import numpy as np",
    "from kltext import vae_kl",
    "",
    `mean, log_var = ${pythonNumber(state.mean)}, ${pythonNumber(state.log_var)}`,
    `budget, dims = ${pythonNumber(state.budget)}, ${state.dims}`,
    "",
    "kl = vae_kl(mean, log_var)  # of one dimension, in nats",
    "",
    line("KL(q‖p)", "kl"),
    line("the mean's part ½μ²", "mean_cost", "vae_kl(mean, 0.0)"),
    line("the variance's part ½(σ²−1−ℓ)", "var_cost", "vae_kl(0.0, log_var)"),
    line("slope in μ", "grad_mean", "mean"),
    line("slope in ℓ", "grad_log_var", "np.expm1(log_var) / 2"),
    line("left of the budget", "left", "budget - kl"),
    line("all dimensions", "total", "dims * kl"),
    "",
  ].join("\n");
}

/** Named states that each show one thing. */
export const PRESETS = [
  { name: "A working dimension", mean: 1, log_var: -1.5 },
  { name: "The prior: collapsed", mean: 0, log_var: 0 },
  { name: "Nearly collapsed", mean: 0.05, log_var: -0.02 },
  { name: "Too sure", mean: 0.5, log_var: -8 },
  { name: "The variance explodes", mean: 0, log_var: 6 },
  { name: "The mean explodes", mean: 50, log_var: 0 },
  { name: "Beyond float32", mean: 0, log_var: 89 },
  { name: "“KL 64”: 128 dimensions", mean: 1, log_var: 0, dims: 128 },
  { name: "“KL 4000”: 20 dimensions", mean: 20, log_var: 0, dims: 20 },
];
