/**
 * The Bregman gap's mathematics: four exponential families with T(x) = x, each by its mean, its natural parameter θ, its
 * log-partition function A(θ) and the conjugate A*(μ). A mean on the edge has an infinite θ. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {"bernoulli" | "poisson" | "exponential" | "gaussian"} family
 * @property {number} mean_p @property {number} mean_q
 * @property {boolean} both show the gap of the other direction as well
 */
import { excess, excessNear, logRatio } from "../shared/divergence.js";
import { pythonFormat, pythonNumber } from "../shared/format.js";

const NEAR = 0.05;
const softplus = (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
const xLogX = (x) => (x === 0 ? 0 : x * Math.log(x));

/** 1 − p and 1 − q are rounded; their difference need not be. */
const complement = (p, q) => (p < 1 && Math.abs(q - p) <= NEAR * (1 - p) ? excessNear(1 - p, p - q, 1 - p + (1 - q)) : excess(1 - p, 1 - q));

/**
 * Each family: its name, the range of its mean, what hands can reach of θ and μ, how much of θ and
 * μ the axes show at least and where they end, the step of a key in μ, the means it starts with, and its functions.
 */
export const FAMILIES = {
  bernoulli: {
    name: "Bernoulli", range: [0, 1], reach: { natural: [-6, 6], mean: [0, 1] }, step: 0.01, start: [0.3, 0.9],
    window: { natural: [5, -Infinity, Infinity], mean: [2, 0, 1] },
    natural: (m) => Math.log(m) - Math.log1p(-m), mean: (t) => 1 / (1 + Math.exp(-t)),
    A: softplus, dual: (m) => xLogX(m) + xLogX(1 - m), kl: (p, q) => excess(p, q) + complement(p, q),
    formulas: ["log(1 + exp θ)", "μ log μ + (1−μ) log(1−μ)"],
  },
  poisson: {
    name: "Poisson", range: [0, Infinity], reach: { natural: [-2.3, 2.2], mean: [0, 9] }, step: 0.1, start: [3, 5],
    window: { natural: [1.6, -Infinity, Infinity], mean: [4, 0, Infinity] },
    natural: Math.log, mean: Math.exp, A: Math.exp, dual: (m) => xLogX(m) - m, kl: excess,
    formulas: ["exp θ", "μ log μ − μ"],
  },
  exponential: {
    name: "Exponential", range: [Number.MIN_VALUE, Infinity], reach: { natural: [-5, -0.2], mean: [0.2, 5] }, step: 0.1, start: [1, 3],
    window: { natural: [1, -Infinity, 0], mean: [2, 0, Infinity] },
    natural: (m) => -1 / m, mean: (t) => -1 / t, A: (t) => -Math.log(-t), dual: (m) => -1 - Math.log(m),
    kl: (p, q) => (Math.abs(p - q) <= NEAR * q ? excessNear(1, (p - q) / q, (p + q) / q) : p / q - 1 - logRatio(p, q)),
    formulas: ["−log(−θ)", "−1 − log μ"],
  },
  gaussian: {
    name: "Gaussian", range: [-Infinity, Infinity], reach: { natural: [-3, 3], mean: [-3, 3] }, step: 0.1, start: [-1, 1.5],
    window: { natural: [3, -Infinity, Infinity], mean: [3, -Infinity, Infinity] },
    natural: (m) => m, mean: (t) => t, A: (t) => (t * t) / 2, dual: (m) => (m * m) / 2, kl: (p, q) => (p - q) ** 2 / 2,
    formulas: ["θ²/2", "μ²/2"],
  },
};

/** The state made whole, or null if it is not two laws of one family. @returns {?State} */
export function sane({ family, mean_p, mean_q, both }) {
  if (!Object.hasOwn(FAMILIES, family)) return null;
  const [least, most] = FAMILIES[family].range;
  const proper = (mean) => Number.isFinite(mean) && mean >= least && mean <= most;
  return proper(mean_p) && proper(mean_q) ? { family, mean_p, mean_q, both: Boolean(both) } : null;
}

/** Everything the picture shows: the numbers in nats, and of each law θ, A(θ) and A*(μ). @param {State} state */
export function measure({ family, mean_p, mean_q }) {
  const { natural, A, dual, kl } = FAMILIES[family];
  const point = (mean) => ({ mean, theta: natural(mean), A: A(natural(mean)), dual: dual(mean) });
  return { numbers: { kl_pq: kl(mean_p, mean_q), kl_qp: kl(mean_q, mean_p), mean_p, mean_q }, p: point(mean_p), q: point(mean_q) };
}

/** The tangent at a law, above θ and above μ. Where θ is infinite, the first is the line that the curve approaches, and the second is upright. */
export const tangent = (law) => (theta) => law.mean * theta - law.dual;
export const dualTangent = (law) => (mean) => law.theta * mean - law.A;

/** The mean that a handle or a field asks for, inside what hands can reach. @param {"natural" | "mean"} kind */
export function reached(family, kind, value) {
  const [least, most] = FAMILIES[family].reach[kind];
  const taken = Math.min(most, Math.max(least, value));
  return kind === "mean" ? taken : FAMILIES[family].mean(taken);
}

/** Whether a subtraction of values of A keeps the digits that are printed. */
function plain({ numbers, p, q }) {
  const size = Math.max(1, ...[p, q].flatMap(({ A, mean, theta }) => [A, mean * theta].map(Math.abs)));
  return Number.isFinite(size) && (numbers.kl_pq === 0 || Math.min(numbers.kl_pq, numbers.kl_qp) > 1e-9 * size);
}

/** Python of a family: A, its slope, and both natural parameters. */
function pythonFamily(family, means) {
  if (family === "gaussian") return ["from kltext import bregman_divergence", "", "A = lambda t: t**2 / 2  # Gaussian with variance 1", "mean = lambda t: t  # its slope", `theta_p, theta_q = ${means.join(", ")}`];
  const { name } = FAMILIES[family];
  return [
    `from kltext import ${name}, bregman_divergence`, "", `family = ${name}()`, "A, mean = family.log_partition, family.mean  # a convex function and its slope",
    `theta_p, theta_q = ${means.map((mean) => `family.natural(${mean})`).join(", ")}`,
  ];
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const found = measure(state);
  const means = [state.mean_p, state.mean_q].map(pythonNumber);
  const line = (symbol, key, value, unit = "") => `print(f"${symbol} = {${value}:${pythonFormat(found.numbers[key])}}${unit}")`;
  const ending = (there, back, p, q) => [line("D(P‖Q)", "kl_pq", there, " nats"), line("D(Q‖P)", "kl_qp", back, " nats"), line("mean of P", "mean_p", p), line("mean of Q", "mean_q", q), ""];
  if (!plain(found)) {
    return [
      "from kltext.widgets import BregmanGap",
      "",
      "# Subtracting values of A would lose these digits, or θ is infinite: the widget's class has the exact forms.",
      `gap = BregmanGap("${state.family}", ${means.join(", ")})`,
      "",
      ...ending("gap.kl_pq", "gap.kl_qp", "gap.mean_p", "gap.mean_q"),
    ].join("\n");
  }
  return [
    ...pythonFamily(state.family, means),
    "",
    "# The tangent touches at the law that generates the data, which comes second.",
    "kl_pq = bregman_divergence(A, theta_q, theta_p, gradient=mean)",
    "kl_qp = bregman_divergence(A, theta_p, theta_q, gradient=mean)",
    "",
    ...ending("kl_pq", "kl_qp", "mean(theta_p)", "mean(theta_q)"),
  ].join("\n");
}

/** Named states that each show one thing. */
export const PRESETS = [
  { name: "Rates 3 and 5", family: "poisson", mean_p: 3, mean_q: 5 },
  { name: "Gaussian: symmetric", family: "gaussian", mean_p: -1, mean_q: 1.5 },
  { name: "Two coins", family: "bernoulli", mean_p: 0.3, mean_q: 0.9 },
  { name: "Logits 3 and 5", family: "bernoulli", mean_p: FAMILIES.bernoulli.mean(3), mean_q: FAMILIES.bernoulli.mean(5) },
  { name: "Waits of 1 and 3", family: "exponential", mean_p: 1, mean_q: 3 },
  { name: "Nearly equal", family: "poisson", mean_p: 3, mean_q: 3.001 },
  { name: "Q on the edge", family: "bernoulli", mean_p: 0.7, mean_q: 1 },
  { name: "P on the edge", family: "bernoulli", mean_p: 1, mean_q: 0.7 },
];
