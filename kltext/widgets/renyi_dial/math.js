/**
 * The Rényi dial's mathematics: the numbers shown, the curve over the order, and the dial's axis t = α/(1 + α), on which
 * all orders from 0 to ∞ have a place. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number[]} p
 * @property {number[]} q
 * @property {string[]} labels
 * @property {string} alpha the order, as text: plain data has no infinity
 * @property {boolean} both whether D_α(Q‖P) is shown as well
 * @property {"nats" | "bits"} unit
 */
import { NATS, klDivergence } from "../shared/divergence.js";
import { pythonFormat, pythonList, pythonNumber } from "../shared/format.js";
import { isLaw, named } from "../shared/pair.js";
import { chi2Divergence, maxDivergence, renyiDivergence, squaredHellinger } from "./orders.js";

export const FEWEST = 2;
export const MOST = 6;

/** The orders with a name of their own. */
export const NAMED = [{ order: 0, name: "support" }, { order: 0.5, name: "Hellinger" }, { order: 1, name: "KL" }, { order: 2, name: "χ²" }, { order: Infinity, name: "max" }];

/** The state made whole, or null if it is not two laws on the same 2 to 6 outcomes and an order. @returns {?State} */
export function sane({ p, q, labels, alpha, both, unit }) {
  if (!isLaw(p) || !isLaw(q) || p.length !== q.length || p.length < FEWEST || p.length > MOST) return null;
  const order = typeof alpha === "string" && alpha.trim() !== "" ? Number(alpha) : NaN;
  if (!(order >= 0)) return null;
  return { p, q, labels: named(labels, p.length), alpha: String(order), both: both === true, unit: unit === "bits" ? "bits" : "nats" };
}

/** The order of a state. @param {State} state */
export const orderOf = ({ alpha }) => Number(alpha);

/** The place of an order on the dial's axis, from 0 to 1. */
export const place = (order) => (order === Infinity ? 1 : order / (1 + order));

/** The order at a place: one with a name if it is within `reach`, else with four digits. */
export function orderAt(t, reach = 1e-9) {
  const near = NAMED.find(({ order }) => Math.abs(place(order) - t) <= reach);
  if (near) return near.order;
  return t <= 0 ? 0 : t >= 1 ? Infinity : Number((t / (1 - t)).toPrecision(4));
}

/** The order one step along the axis; a step that would pass an order with a name stops on it. */
export function stepped(order, by) {
  const from = place(order);
  const passed = NAMED.map((named) => place(named.order)).filter((t) => (by > 0 ? t > from + 1e-9 && t < from + by : t < from - 1e-9 && t > from + by));
  return orderAt(passed.length ? (by > 0 ? Math.min(...passed) : Math.max(...passed)) : from + by);
}

/** The numbers shown; what measures information in the state's unit. @param {State} state */
export function numbersOf(state) {
  const { p, q, unit } = state;
  const scale = 1 / NATS[unit];
  return {
    renyi: scale * renyiDivergence(p, q, orderOf(state)),
    kl_pq: scale * klDivergence(p, q),
    kl_qp: scale * klDivergence(q, p),
    squared_hellinger: squaredHellinger(p, q),
    chi2: chi2Divergence(p, q),
    max: scale * maxDivergence(p, q),
  };
}

const POINTS = 120; // a multiple of 6, so that the orders 0, ½, 1, 2 and ∞ are among them
const PLACES = Array.from({ length: POINTS + 1 }, (_, k) => k / POINTS);

/** Everything the picture shows, in the state's unit; a curve is its values at the places k/120. @param {State} state */
export function measure(state) {
  const { p, q, both, unit } = state;
  const scale = 1 / NATS[unit];
  const curve = (a, b) => PLACES.map((t) => scale * renyiDivergence(a, b, orderAt(t)));
  const order = orderOf(state);
  return {
    places: PLACES,
    there: curve(p, q),
    back: both ? curve(q, p) : [],
    mirrored: order > 0 && order < 1 ? scale * renyiDivergence(q, p, 1 - order) : NaN,
    numbers: numbersOf(state),
  };
}

/** The outcomes that P allows and Q rules out. @param {State} state */
export const impossible = ({ p, q }) => p.map((_, i) => i).filter((i) => p[i] > 0 && q[i] === 0);

/** Whether no outcome is possible under both. @param {State} state */
export const disjoint = ({ p, q }) => p.every((a, i) => a === 0 || q[i] === 0);

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const numbers = numbersOf(state);
  const order = orderOf(state);
  const base = state.unit === "bits" ? ", base=2" : "";
  const said = (name, symbol, call, unit = "") => `print(f"${symbol} = {${call}:${pythonFormat(numbers[name])}}${unit}")`;
  const amount = (name, symbol, call) => said(name, symbol, `${call}${base})`, ` ${state.unit}`);
  return [
    "import math",
    "",
    "from kltext import chi2_divergence, hellinger, kl_divergence, renyi_divergence",
    "",
    `outcomes = ${pythonList(state.labels)}`,
    `p = ${pythonList(state.p)}`,
    `q = ${pythonList(state.q)}`,
    `alpha = ${order === Infinity ? "math.inf" : pythonNumber(order)}`,
    "",
    amount("renyi", "D_α(P‖Q)", "renyi_divergence(p, q, alpha"),
    amount("kl_pq", "D(P‖Q)", "kl_divergence(p, q"),
    amount("kl_qp", "D(Q‖P)", "kl_divergence(q, p"),
    said("squared_hellinger", "H²(P,Q)", "hellinger(p, q) ** 2"),
    said("chi2", "χ²(P‖Q)", "chi2_divergence(p, q)"),
    amount("max", "D_∞(P‖Q)", "renyi_divergence(p, q, math.inf"),
    "",
  ].join("\n");
}

const WEATHER = ["sun", "cloud", "snow"];
/** Named pairs that each show one thing. */
export const PRESETS = [
  { name: "Never down: higher order, larger value", p: [0.6, 0.3, 0.1], q: [0.2, 0.3, 0.5], labels: WEATHER, alpha: "2" },
  { name: "Equal laws: flat at zero", p: [0.6, 0.3, 0.1], q: [0.6, 0.3, 0.1], labels: WEATHER, alpha: "2" },
  { name: "Q rules out snow: infinite from order 1 on", p: [0.7, 0.2, 0.1], q: [0.8, 0.2, 0], labels: WEATHER, alpha: "0.5" },
  { name: "P rules out snow: above zero at order 0", p: [0.8, 0.2, 0], q: [0.5, 0.2, 0.3], labels: WEATHER, alpha: "0" },
  { name: "Nothing in common: infinite at every order", p: [0.5, 0.5, 0, 0], q: [0, 0, 0.5, 0.5], labels: ["A", "B", "C", "D"], alpha: "1" },
  { name: "Randomised response: private, the maximum is small", p: [0.55, 0.45], q: [0.45, 0.55], labels: ["yes", "no"], alpha: "Infinity" },
  { name: "A rare surprise: small KL, large maximum", p: [0.9, 0.09, 0.01], q: [0.9, 0.0999, 0.0001], labels: ["usual", "odd", "rare"], alpha: "1" },
  { name: "Crooked die, fair model", p: [0.1, 0.1, 0.1, 0.1, 0.1, 0.5], q: Array(6).fill(1 / 6), labels: ["1", "2", "3", "4", "5", "6"], alpha: "0.5" },
];
