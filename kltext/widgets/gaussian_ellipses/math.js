/**
 * The mathematics of two bivariate Gaussians: their divergence and its three terms. Pure functions, no DOM.
 * A law has a mean, standard deviations along its two principal axes, and the tilt of the first axis in degrees.
 *
 * @typedef {object} State
 * @property {number[]} mean_p @property {number[]} axes_p @property {number} angle_p
 * @property {number[]} mean_q @property {number[]} axes_q @property {number} angle_q
 * @property {boolean} contours show what shifting Q would cost
 * @property {"nats" | "bits"} unit
 * @typedef {{mean: number[], axes: number[], angle: number}} Law
 */
import { NATS, excessNear, logRatio } from "../shared/divergence.js";
import { pythonFormat, pythonList, pythonNumber } from "../shared/format.js";

/** What hands can reach; from Python means may be any and spreads may be from 0.01 to 100. */
export const LIMITS = { mean: [-4, 4], axes: [0.1, 3], angle: [-180, 180] };
const SPREADS = [0.01, 100];
const NEAR = 0.08; // relative difference of variances up to which a series takes over

/** The state made whole, or null if it is not two Gaussians. @returns {?State} */
export function sane({ mean_p, axes_p, angle_p, mean_q, axes_q, angle_q, contours, unit }) {
  const pair = (values) => Array.isArray(values) && values.length === 2 && values.every(Number.isFinite);
  const spreads = (values) => pair(values) && values.every((value) => value >= SPREADS[0] && value <= SPREADS[1]);
  if (!pair(mean_p) || !pair(mean_q) || !spreads(axes_p) || !spreads(axes_q) || ![angle_p, angle_q].every(Number.isFinite)) return null;
  return { mean_p, axes_p, angle_p, mean_q, axes_q, angle_q, contours: Boolean(contours), unit: unit === "bits" ? "bits" : "nats" };
}

/** One of the two laws. @param {State} state @param {"p" | "q"} which @returns {Law} */
export const law = (state, which) => ({ mean: state[`mean_${which}`], axes: state[`axes_${which}`], angle: state[`angle_${which}`] });

/** Cosine and sine of an angle in degrees, exact at the right angles. */
export function direction(angle) {
  const turn = angle % 360;
  if (turn % 90 === 0) return [[1, 0], [0, 1], [-1, 0], [0, -1]][(turn / 90 + 4) % 4];
  return [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
}

/** The angle between the axes of both, from −45° to 45°, and P's spreads in the order in which its axes then lie along Q's. */
function aligned(p, q) {
  let turn = (p.angle - q.angle) % 180;
  if (Math.abs(turn) > 90) turn -= 180 * Math.sign(turn);
  if (Math.abs(turn) <= 45) return [turn, ...p.axes];
  return [turn - 90 * Math.sign(turn), p.axes[1], p.axes[0]];
}

/** v − 1 − log v of the variance v = l² = 1 + m. */
const spreadCost = (l, m) => (Math.abs(m) <= NEAR ? excessNear(1, m, 2 + m) : (l - 1) * (l + 1) - 2 * Math.log(l));

/**
 * D(P‖Q) in nats and its terms. In Q's axes and units P's covariance is I + E; E is taken from the differences of the spreads,
 * so that nothing cancels where P ≈ Q, and the shape's cost is a sum of parts that are never negative, as in kltext.mvn_kl.
 * @param {Law} p @param {Law} q
 */
export function klEllipses(p, q) {
  const [turn, a, b] = aligned(p, q);
  const [c, d] = q.axes;
  const [cosine, sine] = direction(turn);
  const bend = (b - a) * (b + a) * sine; // (b² − a²) sin
  const [along, across, swing] = [(a - c) * (a + c), (b - d) * (b + d), bend * sine];
  const e11 = (along + swing) / (c * c);
  const e22 = (across - swing) / (d * d);
  const rounding = 2e-15 * ((Math.abs(along) + Math.abs(swing)) / (c * c) + (Math.abs(across) + Math.abs(swing)) / (d * d));
  const first = Math.hypot(a * cosine, b * sine) / c; // the Cholesky factor of I + E: first, off and last
  const off = (bend * cosine) / (c * d) / first;
  const last = ((a / c) * (b / d)) / first;
  const shape = (spreadCost(first, e11) + spreadCost(last, e22 - off * off) + off * off) / 2;

  const [x, y] = [p.mean[0] - q.mean[0], p.mean[1] - q.mean[1]];
  const [ux, uy] = direction(q.angle);
  const mahalanobis = (((x * ux + y * uy) / c) ** 2 + ((y * ux - x * uy) / d) ** 2) / 2;
  return { total: shape + mahalanobis, shape, trace: Math.abs(e11 + e22) > rounding ? (e11 + e22) / 2 : 0, volume: logRatio(c, a) + logRatio(d, b), mahalanobis };
}

/** Everything the picture shows, in the state's unit. @param {State} state */
export function measure(state) {
  const [p, q] = [law(state, "p"), law(state, "q")];
  const there = klEllipses(p, q);
  const scale = 1 / NATS[state.unit];
  const { trace, volume, mahalanobis, shape } = there;
  return {
    shape: scale * shape,
    numbers: { kl_pq: scale * there.total, kl_qp: scale * klEllipses(q, p).total, trace: scale * trace, volume: scale * volume, mahalanobis: scale * mahalanobis },
  };
}

/** The shift that costs so much, in standard deviations of Q. @param {number} cost @param {"nats" | "bits"} unit */
export const radius = (cost, unit) => Math.sqrt(2 * cost * NATS[unit]);

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const { numbers } = measure(state);
  const log = state.unit === "bits" ? "np.log2" : "np.log";
  const base = state.unit === "bits" ? ", base=2" : "";
  const nats = state.unit === "bits" ? " / np.log(2)" : "";
  const line = (symbol, name) => `print(f"${symbol} = {${name}:${pythonFormat(numbers[name])}} ${state.unit}")`;
  const set = (which) => `mean_${which}, cov_${which} = np.array(${pythonList(state[`mean_${which}`])}), covariance(${pythonList(state[`axes_${which}`])}, ${pythonNumber(state[`angle_${which}`])})`;
  return [
    "import numpy as np",
    "from kltext import mvn_kl",
    "",
    "",
    "def covariance(spreads, degrees):",
    '    "Covariance with these standard deviations along axes that are turned so far."',
    "    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))",
    "    axes = np.array([[cos, -sin], [sin, cos]])",
    "    return axes @ np.diag(np.square(spreads)) @ axes.T",
    "",
    "",
    set("p"),
    set("q"),
    "",
    `kl_pq = mvn_kl(mean_p, cov_p, mean_q, cov_q${base})`,
    `kl_qp = mvn_kl(mean_q, cov_q, mean_p, cov_p${base})`,
    `trace = np.trace(np.linalg.solve(cov_q, cov_p - cov_q)) / 2${nats}  # tr(cov_q⁻¹ cov_p) − 2, halved`,
    `volume = ${log}(np.linalg.det(cov_q) / np.linalg.det(cov_p)) / 2`,
    `mahalanobis = (mean_p - mean_q) @ np.linalg.solve(cov_q, mean_p - mean_q) / 2${nats}`,
    "",
    line("D(P‖Q)", "kl_pq"),
    line("D(Q‖P)", "kl_qp"),
    line("trace", "trace"),
    line("log-volume", "volume"),
    line("Mahalanobis", "mahalanobis"),
    "",
  ].join("\n");
}

const preset = (name, [mean_p, axes_p, angle_p], [mean_q, axes_q, angle_q]) => ({ name, mean_p, axes_p, angle_p, mean_q, axes_q, angle_q });
const LONG = [[0, 0], [1.6, 0.5], 30];

/** Named pairs that each show one thing. */
export const PRESETS = [
  preset("Two tilted clouds", [[-0.5, 0], [1.5, 0.6], 30], [[0.8, 0.4], [1.2, 0.8], -20]),
  preset("Same shape, 1.5 along its length", LONG, [[1.299038, 0.75], [1.6, 0.5], 30]),
  preset("Same shape, 1.5 across it", LONG, [[-0.75, 1.299038], [1.6, 0.5], 30]),
  preset("Turned by 90°", LONG, [[0, 0], [1.6, 0.5], -60]),
  preset("Q forgets P’s correlation of 0.8", [[0, 0], [Math.sqrt(1.8), Math.sqrt(0.2)], 45], [[0, 0], [1, 1], 0]),
  preset("P inside Q", [[0, 0], [0.7, 0.4], 20], [[0, 0], [1.75, 1], 20]),
  preset("Q inside P", [[0, 0], [1.75, 1], 20], [[0, 0], [0.7, 0.4], 20]),
  preset("Nearly equal", [[0, 0], [1.5, 0.8], 25], [[0.004, 0.002], [1.503, 0.799], 25.2]),
];
