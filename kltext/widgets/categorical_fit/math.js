/**
 * The categorical fit's mathematics: counts of what was observed and a law Q of any probabilities. With P the frequencies n(x)/n,
 * the loss per observation is H(P,Q) = H(P) + D(P‖Q), exactly. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number[]} counts how often each of 2 to 8 categories was observed
 * @property {number[]} q the model
 * @property {string[]} labels
 * @property {"nats" | "bits"} unit
 */
import { NATS } from "../shared/divergence.js";
import { isLaw, named, pairNumbers, pairPython } from "../shared/pair.js";

export const FEWEST = 2;
export const MOST = 8;
/** The most observations of one category that hands can reach; from Python more are allowed. */
export const HIGHEST = 40;

const sum = (values) => values.reduce((a, b) => a + b, 0);

/** The state made whole, or null if the counts are no sample of 2 to 8 categories or Q is no law on them. @returns {?State} */
export function sane({ counts, q, labels, unit }) {
  const sample = Array.isArray(counts) && counts.every((n) => Number.isSafeInteger(n) && n >= 0) && sum(counts) > 0;
  if (!sample || !isLaw(q) || q.length !== counts.length || q.length < FEWEST || q.length > MOST) return null;
  return { counts, q, labels: named(labels, q.length), unit: unit === "bits" ? "bits" : "nats" };
}

/** P: the share of each category. @param {number[]} counts */
export function frequencies(counts) {
  const n = sum(counts);
  return counts.map((count) => count / n);
}

/** −log of a probability, in the unit; never −0. */
const surprise = (probability, unit) => (probability === 1 ? 0 : -Math.log(probability) / NATS[unit]);

/** Everything the picture shows, in the state's unit; `loss` is the negative log-likelihood over n. @param {State} state */
export function measure({ counts, q, unit }) {
  const p = frequencies(counts);
  const losses = q.map((value) => surprise(value, unit));
  const n = sum(counts);
  return {
    p, n, losses,
    best: p.map((value) => surprise(value, unit)),
    loss: sum(counts.map((count, i) => (count === 0 ? 0 : count * losses[i]))) / n,
    numbers: pairNumbers(p, q, unit),
  };
}

/** Category i observed `count` times, as far as hands reach; one observation always stays. */
export function withCount(counts, i, count) {
  const rest = sum(counts) - counts[i];
  const taken = Math.min(Math.max(Math.round(count), rest === 0 ? 1 : 0), Math.max(HIGHEST, counts[i]));
  return counts.map((old, j) => (j === i ? taken : old));
}

/** The count with which category i has this share, the others' counts as they are. */
export function countOf(counts, i, share) {
  const rest = sum(counts) - counts[i];
  if (rest === 0) return counts[i]; // all of the data, however many they are
  return share < 1 ? (Math.max(0, share) * rest) / (1 - share) : HIGHEST;
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const { p, numbers } = measure(state);
  const law = [`counts = [${state.counts.join(", ")}]`, "p = [n / sum(counts) for n in counts]  # the frequencies"];
  return pairPython({ ...state, p }, numbers, law);
}

const ROBOT = { labels: ["idle", "moving", "loading", "blocked", "fault"], q: [0.5, 0.25, 0.125, 0.0625, 0.0625] };
/** Named states that each show one thing. */
export const PRESETS = [
  { name: "Six messages, the lab’s law", counts: [1, 3, 1, 0, 1], ...ROBOT },
  { name: "Ten times the data, the same shares", counts: [10, 30, 10, 0, 10], ...ROBOT },
  { name: "The fit meets a blocked robot", counts: [1, 3, 1, 1, 1], labels: ROBOT.labels, q: [1 / 6, 0.5, 1 / 6, 0, 1 / 6] },
  { name: "Ten labels of one picture", counts: [7, 3], labels: ["cat", "dog"], q: [0.9, 0.1] },
  { name: "Ten labels that agree", counts: [10, 0, 0], labels: ["cat", "dog", "fox"], q: [0.7, 0.2, 0.1] },
  { name: "A fair die, sixty throws", counts: [12, 7, 11, 9, 8, 13], labels: ["1", "2", "3", "4", "5", "6"], q: Array(6).fill(1 / 6) },
];
