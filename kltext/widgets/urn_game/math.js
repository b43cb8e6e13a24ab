/**
 * The urn game's mathematics: what is drawn, what a bet scores, and what a way of betting is worth. Pure functions, no DOM.
 * A score is 1 + log₂ of the probability given to the truth, in bits: an even bet earns 0, a certain one 1 or −∞.
 *
 * @typedef {object} State
 * @property {number[]} p the colours' shares in urn 1
 * @property {number[]} q the colours' shares in urn 2
 * @property {string[]} labels the colours
 * @property {number[]} bets made so far, one for each draw: the probability given to urn 1
 * @property {number} bet the next one, still to be made
 * @property {number} seed of the draws
 * @property {boolean} reveal show the best bets before the end
 */
import { best, missed } from "../shared/discriminator.js";
import { jsDivergence } from "../shared/divergence.js";
import { pythonFormat, pythonList, pythonNumber } from "../shared/format.js";
import { isLaw, named } from "../shared/pair.js";
import { uniforms } from "../shared/random.js";

export const [FEWEST, MOST, DRAWS] = [2, 5, 20];

const isBet = (value) => value >= 0 && value <= 1;

/** The state made whole, or null if it is no game of two urns. @returns {?State} */
export function sane({ p, q, labels, bets, bet, seed, reveal }) {
  if (!isLaw(p) || !isLaw(q) || p.length !== q.length || p.length < FEWEST || p.length > MOST) return null;
  if (!Array.isArray(bets) || bets.length > DRAWS || !bets.every(isBet) || !isBet(bet)) return null;
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) return null;
  return { p, q, labels: named(labels, p.length), bets, bet, seed, reveal: Boolean(reveal) };
}

/** The ball that the i-th draw brings: a fair coin picks the urn, then the colour is drawn from it. */
export function drawn({ p, q, seed }, i) {
  const [coin, u] = uniforms(seed, 2 * i, 2);
  const urn = coin < 0.5 ? 1 : 2;
  const law = urn === 1 ? p : q;
  let [colour, sum] = [0, law[0]];
  while (colour + 1 < law.length && (u >= sum || law[colour] === 0)) sum += law[++colour];
  while (law[colour] === 0) colour--; // what rounding leaves over goes to the last colour that there is
  return { urn, colour };
}

/** What a bet earns, in bits, if the truth was given this probability. */
export const scoreOf = (given) => 1 + Math.log2(given);

/** The last bet on each colour; an even one where there is none yet. */
export function policyOf(state) {
  const last = state.p.map(() => 0.5);
  state.bets.forEach((bet, i) => { last[drawn(state, i).colour] = bet; });
  return last;
}

/** With one more bet: the next one begins where the last one on that colour was. */
export function played(state, bet = state.bet) {
  const next = { ...state, bets: [...state.bets, bet] };
  return { bets: next.bets, bet: policyOf(next)[drawn(state, next.bets.length).colour] };
}

/** The game to its end: each ball gets the last bet on its colour. */
export function playedOut(state) {
  const policy = policyOf(state);
  const bets = [...state.bets];
  while (bets.length < DRAWS) bets.push(policy[drawn(state, bets.length).colour]);
  return { bets };
}

/** An unplayed game. */
export const FRESH = { bets: [], bet: 0.5, reveal: false };

/** Everything the picture shows, in bits. @param {State} state */
export function measure(state) {
  const { p, q, bets, bet } = state;
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  let total = 0;
  const draws = bets.map((made, i) => {
    const { urn, colour } = drawn(state, i);
    const score = scoreOf(urn === 1 ? made : 1 - made);
    total += score;
    return { i, urn, colour, bet: made, score, average: total / (i + 1) };
  });
  const policy = policyOf(state);
  const over = bets.length === DRAWS;
  const js = jsDivergence(p, q) / Math.LN2;
  const weighted = (share, given) => (share === 0 ? 0 : share * scoreOf(given));
  return {
    draws, policy, over,
    ball: over ? null : drawn(state, bets.length).colour,
    ideal: over || state.reveal ? p.map((a, i) => best(a, q[i])) : null,
    numbers: {
      ...(!over && { first: scoreOf(bet), second: scoreOf(1 - bet) }),
      score: total,
      ...(bets.length > 0 && { average: total / bets.length }),
      worth: sum(p.map((a, i) => (weighted(a, policy[i]) + weighted(q[i], 1 - policy[i])) / 2)),
      best: js,
      lost: sum(p.map((a, i) => missed(a, q[i], policy[i]))) / (2 * Math.LN2),
    },
  };
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const { draws, policy, over, numbers } = measure(state);
  const line = (symbol, value, name) => `print(f"${symbol} = {${value}:${pythonFormat(numbers[name])}} bits")`;
  const any = draws.length > 0;
  return [
    "import numpy as np",
    `from kltext import js_divergence, kl_divergence${any || !over ? ", surprisal" : ""}`,
    "",
    `colours = ${pythonList(state.labels)}`,
    `p = np.array(${pythonList(state.p)})  # urn 1`,
    `q = np.array(${pythonList(state.q)})  # urn 2`,
    `bets = np.array(${pythonList(policy)})  # your probability of urn 1, for each colour`,
    ...(any ? [`truth = np.array(${pythonList(draws.map(({ urn, bet }) => (urn === 1 ? bet : 1 - bet)))})  # what you gave to the right urn, draw by draw`] : []),
    "",
    "# Urn and colour together: as they are, and as the bets have them. The divergence is what the bets give away.",
    "both = np.concatenate([p, q]) / 2",
    "guess = np.tile((p + q) / 2, 2) * np.concatenate([bets, 1 - bets])",
    "best = js_divergence(p, q, base=2)",
    "lost = kl_divergence(both, guess, base=2)",
    ...(any ? ["scores = 1 - surprisal(truth, base=2)  # an even bet earns 0"] : []),
    "",
    ...(over ? [] : [["if urn 1", pythonNumber(state.bet), "first"], ["if urn 2", pythonNumber(1 - state.bet), "second"]].map(([symbol, given, name]) => line(symbol, `1 - surprisal(${given}, base=2)`, name))),
    line("score", any ? "np.sum(scores)" : "0.0", "score"),
    ...(any ? [line("average", "np.mean(scores)", "average")] : []),
    line("worth of your bets", "best - lost", "worth"),
    line("best bets, JS(P,Q)", "best", "best"),
    line("given away", "lost", "lost"),
    "",
  ].join("\n");
}

/** Named urns that each show one thing. */
export const PRESETS = [
  { name: "White, grey and black", p: [0.6, 0.3, 0.1], q: [0.2, 0.3, 0.5], labels: ["white", "grey", "black"] },
  { name: "Nearly the same urns", p: [0.5, 0.5], q: [0.4, 0.6], labels: ["white", "black"] },
  { name: "One colour gives it away", p: [0.7, 0.3, 0], q: [0.5, 0.3, 0.2], labels: ["white", "grey", "black"] },
  { name: "No colour in common", p: [0.5, 0.5, 0, 0], q: [0, 0, 0.5, 0.5], labels: ["white", "silver", "slate", "black"] },
  { name: "The same urn twice", p: [0.4, 0.4, 0.2], q: [0.4, 0.4, 0.2], labels: ["white", "grey", "black"] },
  { name: "Five colours", p: [0.4, 0.25, 0.2, 0.1, 0.05], q: [0.05, 0.15, 0.2, 0.25, 0.35], labels: ["white", "silver", "grey", "slate", "black"] },
].map((preset) => ({ ...preset, ...FRESH }));
