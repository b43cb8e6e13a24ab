/** UrnGame: two urns, twenty draws, and bets on which urn each ball came from, scored in bits. */
import { widget } from "../shared/app.js";
import { number, probability, signed } from "../shared/format.js";
import { frame } from "../shared/frame.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { withProbability } from "../shared/probabilities.js";
import { createEditor } from "./editor.js";
import { DRAWS, FRESH, PRESETS, measure, played, playedOut, python, sane } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { p: "numbers", q: "numbers", labels: "texts", bets: "numbers", bet: "number", seed: "number", reveal: "flag" };
const NUMBERS = [
  ["first", "if urn 1", "what this bet scores"],
  ["second", "if urn 2", "what this bet scores"],
  ["score", "score", "bits won so far"],
  ["average", "average", "bits won per draw"],
  ["worth", "your bets", "their worth in the long run"],
  ["best", "best bets", "JS(P,Q): nobody does better"],
  ["lost", "given away", "best − yours, a divergence"],
];

function build(app) {
  let worth = null; // how much of each axis a pixel is worth
  let measured = null; // what the picture shows of the present state

  const commit = () => { if (!over()) app.set(played(app.state)); };
  const locked = () => app.state.bets.length > 0 && !over();
  const over = () => app.state.bets.length === DRAWS;
  const editor = createEditor(app, {
    put, commit, turn: (by) => hand.turn(by, app.state.p.length),
    rest: () => app.set(playedOut(app.state)),
    again: () => app.set({ ...FRESH, seed: (app.state.seed + 1) % 2 ** 32 }),
    reveal: () => app.set({ reveal: !app.state.reveal }),
    notice: (...of) => parts.notice(...of),
  });
  const parts = frame(app, {
    title: "Urn game: from which of two urns did each ball come? Bets scored in bits, beside the best score that is possible",
    stage: "The urns, your bets and their scores", presets: PRESETS, choices: [], values: editor.element, first: true, python, numbers: NUMBERS,
    rule: "Slide or drag your bet, then press Bet (or Enter on the handle). Before a game and after it, drag the urns too.",
  });
  const view = createView(parts.svg, app.uid);
  app.root.classList.add("kl-urn-app");

  /** A bet still to be made, or a share of an urn, which begins a new game. */
  function put(which, i, value, from = app.state) {
    if (Number.isNaN(value)) return app.set({});
    if (which === "bet") return app.set({ bet: Math.min(1, Math.max(0, value)) });
    return app.set({ ...FRESH, bet: app.state.bets.length ? 0.5 : app.state.bet, [which]: withProbability(from[which], i, value) });
  }
  const hand = operateOutcomes(app, parts, {
    put, scale: (which) => (which === "bet" ? { up: worth.bet, grid: 100 } : { up: worth.probability }),
    value: (which, i, state) => (which === "bet" ? state.bet : state[which][i]),
    shut: (_, which) => which !== "bet" && locked(),
  });
  parts.svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.getAttribute("data-kl-handle") === "bet") commit();
  }, { signal: app.signal });

  return {
    stage: parts.stage,
    draw(state, width) {
      measured = measure(state);
      worth = view.draw(state, measured, { width, reached: hand.reach(extents(state, measured)) });
      parts.show(measured.numbers, "bits", "–");
    },
    tell: [
      (state) => editor.show(state, measured, hand.chosenOf(state.p.length)),
      () => showFormula(parts.formula, measured),
      (state, width) => {
        const { numbers } = measured;
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => ["p", "q", "labels"].every((name) => preset[name].join() === state[name].join())),
          parts: numbers.worth >= 0 ? [numbers.worth, numbers.lost, "worth + given away = JS(P,Q)"] : [0, numbers.lost, "worth less than an even bet"],
          width, room: { pieces: [9, 14, 16], words: 118 },
        });
      },
      view.describe,
    ],
  };
}

/** How a score is made, with the last bet's numbers. */
function showFormula(line, { draws }) {
  const last = draws.at(-1);
  const given = last ? (last.urn === 1 ? last.bet : 1 - last.bet) : 0.5;
  const text = `${last ? `draw ${last.i + 1}` : "an even bet"}: 1 + log₂ ${probability(given)} = ${last ? signed(last.score) : 0} bits`;
  if (line.textContent !== text) line.textContent = text;
}

/** The result in a sentence. */
function inWords({ p, q }, { draws, over, numbers }) {
  const { best, worth, lost, average } = numbers;
  if (p.every((share, i) => share === q[i])) return "Both urns hold the same: no ball tells anything, and nobody wins more than 0 bits.";
  if (draws.length === 0) return `With the best bets a ball earns ${number(best)} bits on average. How close do you come?`;
  if (worth === -Infinity) return "A certain bet can be wrong: in the long run your bets are worth minus infinity.";
  const now = `Your bets are worth ${number(worth)} bits a draw, ${number(lost)} less than the best.`;
  if (!over) return now;
  const luck = average - worth;
  const chance = Math.abs(luck) < 5e-5 ? "exactly that" : `${number(Math.abs(luck))} ${luck > 0 ? "more, by good luck" : "less, by bad luck"}`;
  return `${lost < 1e-9 ? `Your bets are the best ones, worth ${number(worth)} bits a draw.` : now} In ${DRAWS} draws they earned ${Number.isFinite(luck) ? chance : "minus infinity"}.`;
}

export default widget({ fields, sane, build });
