/**
 * Two projections: a mixture P of two normal laws, the normal law nearest to it forward (its moments) and reverse (walked to
 * from a start), and every local minimum of the reverse objective. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number} mean_1 @property {number} std_1 @property {number} mean_2 @property {number} std_2 the two modes of P
 * @property {number} weight of the first mode
 * @property {number} start_mean @property {number} start_std where the reverse fit starts
 * @property {"reverse" | "forward"} landscape which objective is drawn over (μ, log σ)
 */
import { pythonFormat, pythonNumber } from "../shared/format.js";
import { forwardWalk, minima, walk } from "./fit.js";
import { fromMixture, mixture, nearest, toMixture } from "./mixture.js";

/** What hands can reach; from Python everything finite is allowed. */
export const LIMITS = { mean: [-6, 6], std: [0.3, 3], weight: [0.02, 0.98], separation: [0, 12], start_mean: [-8, 8], start_std: [0.2, 8] };

const NAMES = ["mean_1", "std_1", "mean_2", "std_2", "weight", "start_mean", "start_std"];

/** The state made whole, or null if it is no mixture and no start. @returns {?State} */
export function sane(state) {
  const { std_1, std_2, weight, start_std, landscape } = state;
  if (!NAMES.every((name) => Number.isFinite(state[name])) || Math.min(std_1, std_2, start_std) <= 0 || weight <= 0 || weight >= 1) return null;
  return { ...Object.fromEntries(NAMES.map((name) => [name, state[name]])), landscape: landscape === "forward" ? "forward" : "reverse" };
}

/** P of a state. @param {State} state */
export const target = ({ mean_1, std_1, mean_2, std_2, weight }) => mixture([weight, 1 - weight], [mean_1, mean_2], [std_1, std_2]);

/** How far apart the modes are. @param {State} state */
export const separation = ({ mean_1, mean_2 }) => Math.abs(mean_1 - mean_2);

/** The modes moved to that distance, about the middle between them. @param {State} state */
export function separated({ mean_1, mean_2 }, distance) {
  const middle = (mean_1 + mean_2) / 2;
  const [tidy, half] = [(x) => Number(x.toFixed(10)), mean_1 > mean_2 ? -distance / 2 : distance / 2];
  return { mean_1: tidy(middle - half), mean_2: tidy(middle + half) };
}

/** Half the separation in units of the spread, where the modes are alike; NaN where they are not. @param {State} state */
export const symmetric = (state) => (state.std_1 === state.std_2 && state.weight === 0.5 ? separation(state) / 2 / state.std_1 : NaN);

/** A mean that is zero but for rounding, as zero. */
export const zero = (x) => (Math.abs(x) < 1e-9 ? 0 : x);

let known = { key: "", found: null };
/** What depends on P alone: the forward fit and the minima of the reverse objective. @param {State} state */
function fits(state) {
  const law = target(state);
  const key = JSON.stringify([law.weights, law.means, law.stds]);
  if (known.key !== key) {
    known = { key, found: { law, forward: nearest(law), optima: minima(law, known.found?.optima) } };
  }
  return known.found;
}

/** Everything the picture shows, in nats; `down` is the walk on the landscape that is shown. @param {State} state */
export function measure(state) {
  const { law, forward, optima } = fits(state);
  const { path, end } = walk(law, state.start_mean, state.start_std);
  const down = state.landscape === "forward" ? forwardWalk(forward, state.start_mean, state.start_std) : path;
  return {
    law, forward, optima, path, end, down,
    numbers: {
      forward_pq: forward.value,
      reverse_pq: fromMixture(forward, end.mean, end.std),
      forward_qp: toMixture(law, forward.mean, forward.std),
      reverse_qp: end.value,
      forward_std: forward.std,
      reverse_std: end.std,
    },
  };
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const { numbers, end } = measure(state);
  const line = (text, name, value) => `print(f"${text} = {${value}:${pythonFormat(numbers[name])}}")`;
  const n = pythonNumber;
  return [
    "from kltext import GaussianMixture, i_projection, m_projection",
    "from kltext.densities import density_kl",
    "",
    `p = GaussianMixture([${n(state.weight)}, ${n(1 - state.weight)}], [${n(state.mean_1)}, ${n(state.mean_2)}], stds=[${n(state.std_1)}, ${n(state.std_2)}])`,
    "forward = m_projection(p)",
    "optima = i_projection(p)  # every local minimum that is found",
    `reverse = min(optima, key=lambda fit: abs(fit.mean - ${n(Number(end.mean.toFixed(9)))}) + abs(fit.std - ${n(Number(end.std.toFixed(9)))}))`,
    "normal = {name: GaussianMixture([1.0], [fit.mean], stds=fit.std) for name, fit in ((\"forward\", forward), (\"reverse\", reverse))}",
    "",
    "def kl(one, other):",
    "    return density_kl(one.log_density, other.log_density, points=[*one.means, *other.means]).value",
    "",
    line("forward fit: D(P‖Q)", "forward_pq", "forward.value"),
    line("reverse fit: D(P‖Q)", "reverse_pq", "kl(p, normal['reverse'])"),
    line("forward fit: D(Q‖P)", "forward_qp", "kl(normal['forward'], p)"),
    line("reverse fit: D(Q‖P)", "reverse_qp", "reverse.value"),
    line("forward fit: σ", "forward_std", "forward.std"),
    line("reverse fit: σ", "reverse_std", "reverse.std"),
    "",
  ].join("\n");
}

const preset = (name, [mean_1, std_1], [mean_2, std_2], weight, [start_mean, start_std]) => ({ name, mean_1, std_1, mean_2, std_2, weight, start_mean, start_std });
/** Named states that each show one thing. */
export const PRESETS = [
  preset("Two modes far apart", [-3, 1], [3, 1], 0.5, [1, 0.4]),
  preset("Same P, start wide: the middle", [-3, 1], [3, 1], 0.5, [1, 4]),
  preset("Close: one minimum, between", [-1.5, 1], [1.5, 1], 0.5, [2.5, 0.4]),
  preset("Just before the jump", [-2.8, 1], [2.8, 1], 0.5, [2, 0.5]),
  preset("Just after the jump", [-2.81, 1], [2.81, 1], 0.5, [2, 0.5]),
  preset("High peak, little mass", [-3, 0.3], [3, 2], 0.25, [-2, 0.5]),
  preset("A small mode missed", [-4, 1], [3, 1], 0.05, [0, 1]),
  preset("A narrow mode in a wide one", [0, 0.4], [0, 3], 0.5, [2, 2]),
];
