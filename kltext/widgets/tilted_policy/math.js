/**
 * The tilted policy's mathematics: the optimum on the leash, the frontier over all prices β, and how far the reader's own
 * policy is from both. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number[]} policy the reader's own
 * @property {number[]} reference
 * @property {number[]} reward of each answer
 * @property {string[]} labels
 * @property {string} beta the price of a nat, as text: plain data has no infinity
 */
import { klDivergence } from "../shared/divergence.js";
import { pythonFormat, pythonList, pythonNumber } from "../shared/format.js";
import { isLaw, named } from "../shared/pair.js";

export const FEWEST = 2;
export const MOST = 6;
/** How large a reward may be, and how low a price. */
export const LIMIT = 5;
export const CHEAPEST = 0.02;

/** The state made whole, or null if it is not two laws and rewards of the same 2 to 6 answers, and a price. @returns {?State} */
export function sane({ policy, reference, reward, labels, beta }) {
  if (!isLaw(policy) || !isLaw(reference) || !Array.isArray(reward)) return null;
  const count = policy.length;
  if (reference.length !== count || reward.length !== count || count < FEWEST || count > MOST) return null;
  if (!reward.every((value) => Math.abs(value) <= LIMIT)) return null;
  const price = typeof beta === "string" && beta.trim() !== "" ? Number(beta) : NaN;
  if (!(price >= CHEAPEST)) return null;
  return { policy, reference, reward, labels: named(labels, count), beta: String(price) };
}

/** The price of a state. @param {State} state */
export const priceOf = ({ beta }) => Number(beta);

/** The place of a price on its axis, from 0 (∞: never leave the reference) to 1 (free). */
export const place = (beta) => 1 / (1 + beta);
export const LAST = place(CHEAPEST);

/** The price at a place, with three digits. */
export const priceAt = (t) => (t <= 0 ? Infinity : Math.max(CHEAPEST, Number(((1 - Math.min(t, LAST)) / Math.min(t, LAST)).toPrecision(3))));

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Σ π·r, what is never done counting nothing. */
export const average = (law, reward) => sum(law.map((mass, i) => (mass > 0 ? mass * reward[i] : 0)));

/** The optimum for a price, and β log Z. */
export function tilt(reference, reward, beta) {
  if (beta === Infinity) return { law: reference, ceiling: average(reference, reward) };
  const top = Math.max(...reward.filter((_, i) => reference[i] > 0));
  const change = sum(reference.map((mass, i) => (mass > 0 ? mass * Math.expm1((reward[i] - top) / beta) : 0))); // Z·e^(−top/β) − 1
  const weights = reference.map((mass, i) => (mass > 0 ? mass * Math.exp((reward[i] - top) / beta) : 0));
  const size = sum(weights);
  return { law: weights.map((weight) => weight / size), ceiling: top + beta * (change > -0.5 ? Math.log1p(change) : Math.log(size)) };
}

/** What is smaller is the rounding of a law that sums to 1. */
const ROUNDING = 1e-24;
const apart = (law, other) => {
  const divergence = klDivergence(law, other);
  return divergence >= ROUNDING ? divergence : 0;
};

/** The numbers shown. @param {State} state */
export function numbersOf(state) {
  const { policy, reference, reward } = state;
  const beta = priceOf(state);
  const { law, ceiling } = tilt(reference, reward, beta);
  const kl = apart(policy, reference);
  const price = (divergence) => (divergence === 0 ? 0 : beta * divergence);
  const earned = average(policy, reward);
  return {
    earned,
    kl,
    balance: earned - price(kl),
    best_earned: average(law, reward),
    best_kl: apart(law, reference),
    ceiling,
    gap: price(apart(policy, law)),
  };
}

const POINTS = 96;

/** Everything the picture shows: the numbers, the optimum, and the frontier from the reference to the best answers. @param {State} state */
export function measure(state) {
  const { reference, reward } = state;
  const laws = Array.from({ length: POINTS + 1 }, (_, k) => {
    const t = k / POINTS;
    return t === 0 ? reference : tilt(reference, reward, Math.max(CHEAPEST / 4, (1 - t) / t)).law;
  });
  return {
    numbers: numbersOf(state),
    law: tilt(reference, reward, priceOf(state)).law,
    frontier: laws.map((law) => ({ kl: klDivergence(law, reference), earned: average(law, reward) })),
  };
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const numbers = numbersOf(state);
  const beta = priceOf(state);
  const said = (name, text, expression) => `print(f"${text} = {${expression}:${pythonFormat(numbers[name])}}")`;
  const own = beta === Infinity ? "0.0 if policy == reference else math.inf" : "beta * kl_divergence(policy, optimum)";
  return [
    ...(beta === Infinity ? ["import math", ""] : []),
    "from kltext import kl_divergence, tilt",
    "from kltext.rlhf import regularised_reward, reward_kl_frontier, tilted_value",
    "",
    `answers = ${pythonList(state.labels)}`,
    `policy = ${pythonList(state.policy)}`,
    `reference = ${pythonList(state.reference)}`,
    `reward = ${pythonList(state.reward)}`,
    `beta = ${beta === Infinity ? "math.inf" : pythonNumber(beta)}`,
    "",
    "optimum = tilt(reference, reward, beta).law",
    "best = reward_kl_frontier(reference, reward, beta)",
    said("earned", "average reward", "sum(a * b for a, b in zip(policy, reward))"),
    said("kl", "KL to the reference", "kl_divergence(policy, reference)"),
    said("balance", "J", "regularised_reward(policy, reference, reward, beta)"),
    said("best_earned", "the best policy's reward", "best.reward"),
    said("best_kl", "its KL", "best.kl"),
    said("ceiling", "its J, β log Z", "tilted_value(reference, reward, beta)"),
    said("gap", "what is missed", own),
    "",
  ].join("\n");
}

const REVIEW = ["plain", "good", "great"];
const HALVES = [0.5, 0.25, 0.25];
const BITS = [0, 0.69314718, 1.38629436];
const THREE = [0.7, 0.2, 0.1];
/** Named states that each show one thing. */
export const PRESETS = [
  { name: "Three answers, by hand", policy: HALVES, reference: HALVES, reward: BITS, labels: REVIEW, beta: "1" },
  { name: "Greedy: always the best answer", policy: [0, 0, 1], reference: HALVES, reward: BITS, labels: REVIEW, beta: "1" },
  { name: "Hardly a leash", policy: THREE, reference: THREE, reward: [0, 1, 2], labels: REVIEW, beta: "0.1" },
  { name: "A tie at the top keeps its proportions", policy: [0.6, 0.3, 0.1], reference: [0.6, 0.3, 0.1], reward: [1, 2, 2], labels: REVIEW, beta: "0.1" },
  { name: "Never in the reference: never in the optimum", policy: [0.6, 0.4, 0], reference: [0.6, 0.4, 0], reward: [0, 1, 4], labels: REVIEW, beta: "0.5" },
  { name: "Does what the reference never does", policy: [0.5, 0.4, 0.1], reference: [0.6, 0.4, 0], reward: [0, 1, 4], labels: REVIEW, beta: "0.5" },
  { name: "The best for the other direction of KL", policy: [0.169259, 0.0936475, 0.7370935], reference: THREE, reward: [0, 1, 2], labels: REVIEW, beta: "0.5" },
  { name: "Best of four, just below the frontier", policy: [0.2401, 0.4160, 0.3439], reference: THREE, reward: [0, 1, 2], labels: REVIEW, beta: "0.85" },
  { name: "Equal rewards: nothing to gain", policy: [0.2, 0.3, 0.5], reference: THREE, reward: [1, 1, 1], labels: REVIEW, beta: "1" },
];
