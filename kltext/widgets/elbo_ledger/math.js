/**
 * The ledger's mathematics, whichever latent: the state made whole, its numbers in its unit, and named models. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {"states" | "linear" | "square" | "count"} mode three states, or a latent on the line with that likelihood
 * @property {number[]} prior @property {number[]} likelihood p(x|z) of the x that was seen @property {number[]} q @property {string[]} labels
 * @property {number} x @property {number} noise @property {number} mean @property {number} std
 * @property {"nats" | "bits"} unit
 */
import { NATS } from "../shared/divergence.js";
import { isLaw, named } from "../shared/pair.js";
import { write } from "./code.js";
import { LIMITS, MODELS, climb, measureLine } from "./line.js";
import { measureStates } from "./states.js";

const within = (value, [least, most]) => value >= least && value <= most;

/** The state made whole, or null if it makes no sense. @returns {?State} */
export function sane({ mode, prior, likelihood, q, labels, x, noise, mean, std, unit }) {
  const laws = [prior, q].every((law) => isLaw(law) && law.length === 3);
  if (!laws || !Array.isArray(likelihood) || likelihood.length !== 3 || !likelihood.every((value) => within(value, [0, 1]))) return null;
  if (!prior.some((mass, i) => mass > 0 && likelihood[i] > 0)) return null;
  if (mode !== "states" && !(mode in MODELS)) return null;
  if (![[mean, "mean"], [std, "std"], [noise, "noise"]].every(([value, name]) => within(value, LIMITS[name])) || !Number.isFinite(x)) return null;
  if (mode !== "states" && !(within(x, MODELS[mode].limits) && (mode !== "count" || Number.isInteger(x)))) return null;
  return { mode, prior, likelihood, q, labels: named(labels, 3), x, noise, mean, std, unit: unit === "bits" ? "bits" : "nats" };
}

/** Everything the picture shows; informations in the state's unit, but `nats` as they were. @param {State} state */
export function measure(state) {
  const measured = state.mode === "states" ? measureStates(state) : measureLine(state);
  const scale = 1 / NATS[state.unit];
  const numbers = Object.fromEntries(Object.entries(measured.numbers).map(([name, value]) => [name, scale * value]));
  return { ...measured, nats: measured.numbers, numbers, two: scale * measured.two };
}

/** Python that prints the numbers shown. @param {State} state */
export const python = (state) => write(state, measure(state));

/** The best q: the posterior of three states, or the best Gaussian uphill from here. @param {State} state */
export function best(state) {
  if (state.mode === "states") return { q: measureStates(state).posterior };
  const { posterior } = measureLine(state);
  if (posterior) return posterior;
  const { mean, std } = climb(state);
  return { mean: Number(mean.toFixed(6)), std: Number(std.toFixed(6)) };
}

const TIMEOUT = { mode: "states", prior: [0.5, 0.25, 0.25], likelihood: [0.125, 0.5, 0.25], labels: ["network", "database", "cold start"] };
/** Named states that each show one thing. */
export const PRESETS = [
  { name: "A timeout: q is the prior", ...TIMEOUT, q: [0.5, 0.25, 0.25] },
  { name: "q is the posterior: no gap", ...TIMEOUT, q: [0.25, 0.5, 0.25] },
  { name: "All on one cause", ...TIMEOUT, q: [0, 1, 0] },
  { name: "A cause ruled out: minus infinity", ...TIMEOUT, likelihood: [0.125, 0.5, 0], q: [0.4, 0.4, 0.2] },
  { name: "Next to impossible: deep, but finite", ...TIMEOUT, likelihood: [0.125, 0.5, 0.0001], q: [0.4, 0.4, 0.2] },
  { name: "x says nothing: posterior = prior", ...TIMEOUT, likelihood: [0.25, 0.25, 0.25], q: [0.2, 0.6, 0.2] },
  { name: "Line: a Gaussian posterior", mode: "linear", ...MODELS.linear.start },
  { name: "Squared: two peaks, q takes one", mode: "square", ...MODELS.square.start },
  { name: "Squared: q in the middle", mode: "square", ...MODELS.square.start, mean: 0, std: 1 },
  { name: "Counts: a skewed posterior", mode: "count", ...MODELS.count.start },
];
