/**
 * The code budget's mathematics: strips as high as p and as wide as −log q, what moving their edges does, and a sample of symbols.
 * Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number[]} p @property {number[]} q @property {string[]} labels
 * @property {number} seed of the sampled symbols
 * @property {"nats" | "bits"} unit
 */
import { NATS } from "../shared/divergence.js";
import { withProbability } from "../shared/probabilities.js";
import { measure as measurePair, sane as sanePair } from "../ratio_microscope/math.js";

export { python } from "../ratio_microscope/math.js";

export const DRAWS = 120;
/** The longest code word, in bits, that hands can reach. */
export const LONGEST = 12;

/** The state made whole, or null if P and Q are not two distributions on the same 2 to 12 outcomes. @returns {?State} */
export function sane({ p, q, labels, seed, unit }) {
  const pair = sanePair({ p, q, labels, locked: [], unit });
  if (pair === null) return null;
  return { p: pair.p, q: pair.q, labels: pair.labels, seed: Number.isSafeInteger(seed) && seed >= 0 ? seed : 1, unit: pair.unit };
}

/** −log of a probability, in the unit; 0 for certainty, never −0. */
export const length = (probability, unit) => (probability === 1 ? 0 : -Math.log(probability) / NATS[unit]);

/** Strip i as long as `wanted` (in the unit): q = e^−length; the other strips share what is left of the budget in their old proportions. */
export const withLength = (q, i, wanted, unit) => withProbability(q, i, Math.exp(-NATS[unit] * Math.max(0, wanted)));

/** The upper edge of strip j moved: its height becomes `value`, taken from or given to the strip above it. */
export function withEdge(p, j, value) {
  const both = p[j] + p[j - 1];
  const height = Math.min(Math.max(value, 0), both);
  return p.map((old, i) => (i === j ? height : i === j - 1 ? Math.max(0, Number((both - height).toFixed(12))) : old));
}

/** A generator of numbers in [0, 1) from a seed (mulberry32). */
export function generator(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Symbols drawn from P: the same ones for the same seed. @returns {number[]} */
export function sample(p, seed, draws = DRAWS) {
  const random = generator(seed);
  const possible = p.map((_, i) => i).filter((i) => p[i] > 0);
  return Array.from({ length: draws }, () => {
    let left = random();
    return possible.find((i) => (left -= p[i]) < 0) ?? possible.at(-1);
  });
}

/** What the sampled symbols cost in all, after each draw, with the code for Q and with the code for P. @param {State} state */
export function costs({ p, q, seed, unit }) {
  let [paid, needed] = [0, 0];
  return [{ paid, needed }, ...sample(p, seed).map((i) => ({ paid: (paid += length(q[i], unit)), needed: (needed += length(p[i], unit)) }))];
}

/** Everything the picture shows, in the state's unit. @param {State} state */
export function measure(state) {
  const { numbers, contributions } = measurePair(state);
  return { numbers, contributions, costs: costs(state) };
}

/** Named pairs that each show one thing. */
export const PRESETS = [
  { name: "The robot: code from the lab, data from the field", p: [0.125, 0.5, 0.125, 0.125, 0.125], q: [0.5, 0.25, 0.125, 0.0625, 0.0625], labels: ["idle", "moving", "loading", "blocked", "fault"] },
  { name: "The other way round", p: [0.5, 0.25, 0.125, 0.0625, 0.0625], q: [0.125, 0.5, 0.125, 0.125, 0.125], labels: ["idle", "moving", "loading", "blocked", "fault"] },
  { name: "The right code", p: [0.5, 0.25, 0.125, 0.125], q: [0.5, 0.25, 0.125, 0.125], labels: ["A", "B", "C", "D"] },
  { name: "Two bits for everything", p: [0.7, 0.2, 0.05, 0.05], q: [0.25, 0.25, 0.25, 0.25], labels: ["A", "B", "C", "D"] },
  { name: "No word for D", p: [0.5, 0.2, 0.2, 0.1], q: [0.5, 0.25, 0.25, 0], labels: ["A", "B", "C", "D"] },
  { name: "One-hot label, classifier at 70 %", p: [1, 0, 0], q: [0.7, 0.2, 0.1], labels: ["cat", "dog", "fox"] },
];
