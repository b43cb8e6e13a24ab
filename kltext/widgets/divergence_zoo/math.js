/**
 * The divergence zoo's mathematics: all divergences of a pair, what each outcome adds to the chosen one, and the lower bound
 * that a tangent for each outcome proves. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number[]} p
 * @property {number[]} q
 * @property {string[]} labels
 * @property {string} generator the name of the chosen f
 * @property {number} alpha the order of the alpha-divergence
 * @property {number[]} drawn the heights of the drawn f, before it is made convex
 * @property {number[]} guess for each outcome the ratio at which its tangent touches f
 * @property {boolean} level whether f is shown without its slope at 1
 * @property {"kl" | "hellinger" | "js"} region
 * @property {"nats" | "bits"} unit
 */
import { NATS, total } from "../shared/divergence.js";
import { pythonFormat, pythonList, pythonNumber } from "../shared/format.js";
import { isLaw, named } from "../shared/pair.js";
import { KNOTS, slope } from "./drawn.js";
import { NAMES, generator } from "./generators.js";
import { REGIONS } from "./regions.js";

export const FEWEST = 2;
export const MOST = 6;
/** Between what numbers the order, the drawn heights and the guessed ratios lie. */
export const LIMITS = { alpha: [-10, 10], drawn: [-1, 3], guess: [0.001, 1000] };

const within = (name, values, count) => values?.length === count && values.every((x) => typeof x === "number" && x >= LIMITS[name][0] && x <= LIMITS[name][1]);

/** The state made whole, or null if it is not two laws on the same 2 to 6 outcomes and a generator. @returns {?State} */
export function sane({ p, q, labels, generator: name, alpha, drawn, guess, level, region, unit }) {
  if (!isLaw(p) || !isLaw(q) || p.length !== q.length || p.length < FEWEST || p.length > MOST || !Object.hasOwn(NAMES, name)) return null;
  if (!within("alpha", [alpha], 1) || !within("drawn", drawn, KNOTS.length) || !within("guess", guess, p.length)) return null;
  return {
    p, q, labels: named(labels, p.length), generator: name, alpha, drawn, guess,
    level: level === true, region: Object.hasOwn(REGIONS, region) ? region : "kl", unit: unit === "bits" ? "bits" : "nats",
  };
}

/** What a chosen f is multiplied by to be in the state's unit. */
const scaleOf = (f, unit) => (f.informs ? 1 / NATS[unit] : 1);

/** The chosen f as it is shown, in the state's unit: with its slope at 1, or level there. */
export function shownGenerator(state) {
  const f = generator(state.generator, state);
  const scale = scaleOf(f, state.unit);
  const tilt = state.level ? f.slope(1) : 0;
  const rest = f.slope(1) - tilt; // the slope at 1 that is left
  return {
    ...f, tilt: scale * tilt, rest: scale * rest,
    f: (t) => scale * (f.f(t) - tilt * (t - 1)), slope: (t) => scale * (f.slope(t) - tilt), zero: scale * (f.zero + tilt), far: scale * (f.far - tilt),
    share: (p, q) => scale * (f.share(p, q) + rest * (p - q)),
  };
}

/** The tangent of a shown f at the ratio t: its slope, which is what the critic says, and its height at 0, which is −f*(slope). */
export function tangent(f, t) {
  const slope = f.slope(t);
  return { t, f: f.f(t), slope, start: f.f(t) - t * slope };
}

/** What the tangents prove of each outcome: p·T − q·f*(T), which is q times the height of the tangent at p/q. */
export function proven(f, { p, q, guess }) {
  return guess.map((t, i) => {
    const line = tangent(f, t);
    return p[i] * (line.slope - f.rest) + q[i] * (line.start + f.rest) + f.rest * (p[i] - q[i]); // level at 1 nothing cancels
  });
}

/** The numbers shown; amounts of information in the state's unit. @param {State} state */
export function numbersOf(state) {
  const { p, q, unit } = state;
  const values = Object.entries(NAMES).map(([name, [number]]) => {
    const f = generator(name, state);
    return [number, scaleOf(f, unit) * Math.min(total(f.share, p, q), f.top ?? Infinity)];
  });
  return { ...Object.fromEntries(values), bound: proven(shownGenerator({ ...state, level: true }), state).reduce((a, b) => a + b) };
}

/** Everything the picture shows, in the state's unit. @param {State} state */
export function measure(state) {
  const { p, q } = state;
  const f = shownGenerator(state);
  const numbers = numbersOf(state);
  return {
    f, numbers, ratios: p.map((a, i) => a / q[i]), contributions: p.map((a, i) => f.share(a, q[i])), proven: proven(f, state),
    value: numbers[NAMES[state.generator][0]],
  };
}

/** The nearest number within its limits. */
export const clamped = (name, x) => Math.max(LIMITS[name][0], Math.min(LIMITS[name][1], x));

/** The guesses that touch f at each outcome's own ratio, as far as ratios go. @param {State} state */
export const best = ({ p, q, guess }) => p.map((a, i) => (a === 0 && q[i] === 0 ? guess[i] : Number(clamped("guess", a / q[i]).toPrecision(6))));

/** P and Q exchanged, and each tangent with them. @param {State} state */
export const swapped = ({ p, q, guess }) => ({ p: q, q: p, guess: guess.map((t) => Number((1 / t).toPrecision(6))) });

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const numbers = numbersOf(state);
  const { generator: chosen, unit, guess } = state;
  const { line } = generator("drawn", state);
  const say = (id, symbol, code, { informs }) =>
    `print(f"${symbol} = {${code}${informs && unit === "bits" ? " / math.log(2)" : ""}:${pythonFormat(numbers[id])}}${informs ? ` ${unit}` : ""}")`;
  const own = (name, usual) => (name === "alpha" || name === "drawn" ? name : usual);
  return [
    "import math",
    "",
    "import numpy as np",
    "from kltext import FGenerator, f_divergence",
    "from kltext.generators import generator",
    "",
    `outcomes = ${pythonList(state.labels)}`,
    `p = np.array(${pythonList(state.p)})`,
    `q = np.array(${pythonList(state.q)})`,
    `alpha = generator("alpha", alpha=${pythonNumber(state.alpha)})`,
    "# The highest of these lines, [height at 0, slope].",
    `lines = np.array([${line.slopes.map((rise, k) => pythonList([line.values[k] - rise * line.corners[k], rise])).join(", ")}])`,
    'drawn = FGenerator("drawn", lambda t: (lines[:, 0] + np.multiply.outer(t, lines[:, 1])).max(-1), at_zero=lines[0, 0], slope=lines[-1, 1])',
    "",
    ...Object.entries(NAMES).map(([name, [id, symbol]]) => say(id, symbol, `f_divergence(p, q, ${own(name, `'${name}'`)})`, generator(name, state))),
    "",
    "# Tangents: slopes T, heights at 0 are -f*(T).",
    `f = ${own(chosen, `generator("${chosen}")`)}`,
    `guess = np.array(${pythonList(guess)})`,
    chosen === "drawn" ? `T = np.array(${pythonList(guess.map((t) => slope(line, t)))})` : "T = f.derivative(guess)",
    say("bound", "bound", "(p @ T + q @ (f.f(guess) - guess * T))", generator(chosen, state)),
    "",
  ].join("\n");
}

const WEATHER = ["sun", "cloud", "snow"];
const CONVEX = [1, 0.3, 0.1, 0.8, 2];
const USUAL = { p: [0.6, 0.3, 0.1], q: [0.2, 0.3, 0.5], generator: "kl", alpha: 0.5, drawn: CONVEX, guess: [1, 1, 1], level: false, region: "kl", labels: WEATHER };
/** Named states that each show one thing. */
export const PRESETS = [
  { name: "One pair, all divergences" },
  { name: "A tangent at each ratio", guess: [3, 1, 0.2] },
  { name: "Q rules out snow", p: [0.7, 0.2, 0.1], q: [0.8, 0.2, 0] },
  { name: "P rules out snow", p: [0.8, 0.2, 0], q: [0.5, 0.2, 0.3], generator: "reverse-kl" },
  { name: "Nothing in common", p: [0.5, 0.5, 0, 0], q: [0, 0, 0.5, 0.5], labels: ["A", "B", "C", "D"], guess: [1, 1, 1, 1], generator: "js", region: "js" },
  { name: "Beyond two outcomes: H² = TV", p: [0.5, 0, 0.5], q: [0, 0.5, 0.5], generator: "squared-hellinger", region: "hellinger" },
  { name: "A rare surprise: small KL, large χ²", p: [0.9, 0.09, 0.01], q: [0.9, 0.0999, 0.0001], labels: ["usual", "odd", "rare"], generator: "chi2" },
  { name: "Close laws: every smooth f is like χ²", p: [0.503, 0.3, 0.197], q: [0.5, 0.3, 0.2], generator: "jeffreys" },
  { name: "Drawn flat around 1: blind to small changes", p: [0.5, 0.3, 0.2], q: [0.4, 0.3, 0.3], generator: "drawn", drawn: [0.6, 0, 0, 0.9, 2.4] },
  { name: "Drawn with a bump: made convex", generator: "drawn", drawn: [0.8, 0.9, -0.2, 1.4, 1.6] },
].map((preset) => ({ ...USUAL, ...preset }));
