/**
 * The likelihood fit's mathematics: the mean loss of a Gaussian model on a few data points, its floor, and the divergence between.
 * With P the normal law that has the data's mean and spread, mean loss = H(P,Q) = H(P) + D(P‖Q), exactly. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number[]} data 2 to 12 points, not all equal
 * @property {number} mean @property {number} std of the model Q
 * @property {"nats" | "bits"} unit
 */
import { NATS } from "../shared/divergence.js";
import { pythonList } from "../shared/format.js";
import { measure as measurePair, python as pythonPair } from "../gaussian_pair/math.js";

export const FEWEST = 2;
export const MOST = 12;
/** What hands can reach; from Python everything finite is allowed. */
export const LIMITS = { x: [-6, 6], mean: [-6, 6], std: [0.1, 5] };

/** The state made whole, or null if the data are not 2 to 12 numbers that differ, or the model is not a normal law. @returns {?State} */
export function sane({ data, mean, std, unit }) {
  const proper = Array.isArray(data) && data.length >= FEWEST && data.length <= MOST && [...data, mean, std].every(Number.isFinite);
  if (!proper || std <= 0 || !(moments(data).std > 0)) return null;
  return { data, mean, std, unit: unit === "bits" ? "bits" : "nats" };
}

/** Mean and spread of the data (divided by n): the best Gaussian's. @param {number[]} data */
export function moments(data) {
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  return { mean, std: Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length) };
}

/** −log q(x) in the unit: what one point costs. @param {State} state */
export const loss = (x, { mean, std, unit }) => (Math.log(std * Math.sqrt(2 * Math.PI)) + ((x - mean) / std) ** 2 / 2) / NATS[unit];

/** The pair of normal laws: P matches the data, Q is the model. @param {State} state */
export function pair({ data, mean, std, unit }) {
  const best = moments(data);
  return { mean_p: best.mean, std_p: best.std, mean_q: mean, std_q: std, log_scale: false, unit };
}

/** Everything the picture shows, in the state's unit. @param {State} state */
export const measure = (state) => ({ ...measurePair(pair(state)), losses: state.data.map((x) => loss(x, state)) });

/** One more point: in the middle of the widest gap. */
export function withPoint(data) {
  const sorted = [...data].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((x, i) => x - sorted[i]);
  const i = gaps.indexOf(Math.max(...gaps));
  return [...data, Number(((sorted[i] + sorted[i + 1]) / 2).toFixed(2))];
}

/** Python that prints the numbers shown. @param {State} state */
export const python = (state) => pythonPair(pair(state)).replace(/^mean_p, std_p = .*$/m, `data = np.array(${pythonList(state.data)})\nmean_p, std_p = data.mean(), data.std()  # the best Gaussian`);

/** Named states that each show one thing. */
export const PRESETS = [
  { name: "Five points, a narrow model", data: [-1.5, -0.5, 0, 0.5, 2.5], mean: 1.5, std: 0.8 },
  { name: "Right mean, spread too small", data: [-1.5, -0.5, 0, 0.5, 2.5], mean: 0.2, std: 0.6 },
  { name: "One point far out", data: [-0.6, -0.3, 0, 0.2, 0.4, 5], mean: 0, std: 0.5 },
  { name: "Two clumps, one Gaussian", data: [-2.2, -2, -1.8, 1.8, 2, 2.2], mean: 2, std: 0.5 },
  { name: "Nearly on one spot", data: [0.9, 1, 1.1], mean: 1, std: 1 },
];
