/**
 * The generators of f-divergences, in the forms of kltext/generators.py. Pure functions, no DOM.
 *
 * @typedef {object} Generator
 * @property {string} formula
 * @property {boolean} informs whether its divergence is an amount of information, in nats
 * @property {(t: number) => number} f @property {(t: number) => number} slope
 * @property {number} zero f(0+) @property {number} far lim f(t)/t
 * @property {number} [top] the largest value of the divergence, where rounding could exceed it
 * @property {(p: number, q: number) => number} share q·[f(p/q) − f′(1)(p/q − 1)] without cancellation, limits included: never negative
 */
import { alphaExcess, chi2Excess, excess, hellingerExcess, mixtureExcess } from "../shared/divergence.js";
import { convex, height, slope } from "./drawn.js";

const HALF = Math.LN2 / 2;
const log = Math.log;

/** @type {Record<string, Generator>} */
const CLASSICAL = {
  kl: { formula: "t·log t", informs: true, f: (t) => t * log(t), slope: (t) => 1 + log(t), zero: 0, far: Infinity, share: excess },
  "reverse-kl": { formula: "−log t", informs: true, f: (t) => -log(t), slope: (t) => -1 / t, zero: Infinity, far: 0, share: (p, q) => excess(q, p) },
  jeffreys: {
    formula: "(t − 1)·log t", informs: true, f: (t) => (t - 1) * log(t), slope: (t) => log(t) + 1 - 1 / t,
    zero: Infinity, far: Infinity, share: (p, q) => excess(p, q) + excess(q, p),
  },
  js: {
    formula: "½[t·log t − (t + 1)·log ½(t + 1)]", informs: true, f: (t) => (t * log(t) - (t + 1) * log((t + 1) / 2)) / 2,
    slope: (t) => log((2 * t) / (t + 1)) / 2, zero: HALF, far: HALF, share: mixtureExcess, top: Math.LN2,
  },
  "total-variation": {
    formula: "½|t − 1|", f: (t) => Math.abs(t - 1) / 2, slope: (t) => Math.sign(t - 1) / 2, zero: 0.5, far: 0.5,
    share: (p, q) => Math.abs(p - q) / 2, top: 1,
  },
  "squared-hellinger": {
    formula: "½(√t − 1)²", f: (t) => (Math.sqrt(t) - 1) ** 2 / 2, slope: (t) => (1 - 1 / Math.sqrt(t)) / 2, zero: 0.5, far: 0.5,
    share: hellingerExcess,
  },
  chi2: { formula: "(t − 1)²", f: (t) => (t - 1) ** 2, slope: (t) => 2 * (t - 1), zero: 1, far: Infinity, share: chi2Excess },
  "reverse-chi2": {
    formula: "(t − 1)²/t", f: (t) => (t - 1) ** 2 / t, slope: (t) => 1 - 1 / t ** 2, zero: Infinity, far: 1, share: (p, q) => chi2Excess(q, p),
  },
  triangular: {
    formula: "(t − 1)²/(t + 1)", f: (t) => (t - 1) ** 2 / (t + 1), slope: (t) => 1 - 4 / (t + 1) ** 2, zero: 1, far: 1,
    share: (p, q) => (p === q ? 0 : ((p - q) / Math.sqrt(p + q)) ** 2),
  },
};

/** @returns {Generator} */
function alpha(a) {
  const power = (b, t) => (b ? Math.expm1(b * log(t)) / b : log(t));
  return {
    formula: "[tᵅ − 1 − α(t − 1)]/(α(α − 1))", share: (p, q) => alphaExcess(p, q, a), zero: a > 0 ? 1 / a : Infinity, far: a < 1 ? 1 / (1 - a) : Infinity,
    f: (t) => (a > 0.5 ? (t * power(a - 1, t) - (t - 1)) / a : (power(a, t) - (t - 1)) / (a - 1)), // from the nearer limit
    slope: (t) => power(a - 1, t),
  };
}

/** @returns {Generator} */
function drawn(heights) {
  const line = convex(heights);
  const [f, rise] = [(t) => height(line, t), (t) => slope(line, t)];
  const [zero, far, tilt] = [line.values[0], line.slopes.at(-1), rise(1)];
  const share = (p, q) => (p > 0 && q > 0 ? q * f(p / q) - tilt * (p - q) : p * (far - tilt) + q * (zero + tilt));
  return { formula: "the line drawn", f, slope: rise, zero, far, share, line };
}

/** The name of each generator's divergence among the numbers shown, its symbol and its meaning. */
export const NAMES = {
  kl: ["kl_pq", "D(P‖Q)", "KL divergence"],
  "reverse-kl": ["kl_qp", "D(Q‖P)", "reverse KL"],
  jeffreys: ["jeffreys", "J(P,Q)", "Jeffreys, their sum"],
  js: ["js", "JS(P,Q)", "Jensen–Shannon"],
  "total-variation": ["tv", "TV(P,Q)", "total variation"],
  "squared-hellinger": ["squared_hellinger", "H²(P,Q)", "squared Hellinger"],
  chi2: ["chi2", "χ²(P‖Q)", "chi-squared"],
  "reverse-chi2": ["reverse_chi2", "χ²(Q‖P)", "reverse chi-squared"],
  triangular: ["triangular", "Δ(P,Q)", "triangular"],
  alpha: ["alpha", "D⁽ᵅ⁾", "alpha-divergence"],
  drawn: ["drawn", "drawn f", "drawn by hand"],
};

/** @param {string} name @param {{alpha: number, drawn: number[]}} state @returns {Generator} */
export const generator = (name, state) => (name === "alpha" ? alpha(state.alpha) : name === "drawn" ? drawn(state.drawn) : CLASSICAL[name]);
