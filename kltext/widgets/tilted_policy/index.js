/** TiltedPolicy: a reference, rewards and a price of divergence under the hand; the optimum, the frontier, and one's own policy below it. */
import { widget } from "../shared/app.js";
import { frame } from "../shared/frame.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { withProbability } from "../shared/probabilities.js";
import { createInspector } from "./inspector.js";
import { LIMIT, PRESETS, measure, place, priceAt, priceOf, python, sane } from "./math.js";
import { createView, extents } from "./view.js";
import { createFormula, inWords } from "./words.js";

const fields = { policy: "numbers", reference: "numbers", reward: "numbers", labels: "texts", beta: "word" };
const NUMBERS = [
  ["earned", "E[r]", "your average reward"],
  ["kl", "KL(π‖ref)", "your divergence"],
  ["balance", "J(π)", "your balance"],
  ["best_earned", "E*[r]", "the optimum's reward"],
  ["best_kl", "KL(π*‖ref)", "its divergence"],
  ["ceiling", "β log Z", "its balance, the ceiling"],
  ["gap", "β·KL(π‖π*)", "what you miss"],
];
const LAWS = { p: "policy", q: "reference" }; // the bars' short names

function build(app) {
  let chosen = 0;
  let worth = null; // how much of each axis a pixel is worth
  let measured = null; // what the picture shows of the present state

  const inspector = createInspector(app, { turn: (by) => hand.turn(by, app.state.policy.length), put, settle: () => parts.settle(), notice: (...of) => parts.notice(...of) });
  const parts = frame(app, {
    title: "Tilted policy: reward minus β times the divergence from a reference, and the best policy for it",
    stage: "The policies, the rewards, and the frontier", presets: PRESETS, choices: [], values: inspector.element, python, numbers: NUMBERS,
    rule: "Move a bar, a reward, or the price β; when one probability moves, the others of that law share the rest.",
  });
  const view = createView(parts.svg, app.uid);
  const showFormula = createFormula(parts.formula);
  app.root.classList.add("kl-tilt-app");

  function put(name, i, value, from = app.state) {
    const which = LAWS[name] ?? name;
    if (Number.isNaN(value)) return app.set({});
    if (which === "beta") return app.set({ beta: String(priceAt(value)) });
    if (which !== "reward") return app.set({ [which]: withProbability(from[which], i, value) });
    const limited = Math.max(-LIMIT, Math.min(LIMIT, value));
    return app.set({ reward: from.reward.map((old, j) => (j === i ? limited : old)) });
  }
  // The price belongs to no answer: its handle has no number, and taking it chooses none.
  const hand = operateOutcomes(app, parts, {
    put,
    scale: (which) => ({ beta: { right: worth.place, grid: 400 }, reward: { up: worth.reward, grid: 20, most: LIMIT } })[which] ?? { up: worth.probability },
    value: (which, i, state) => (which === "beta" ? place(priceOf(state)) : state[LAWS[which] ?? which][i]),
    key(which, i, { by, to }) {
      if (which === "reward" && to === "least") put("reward", i, -LIMIT);
      else if (which === "beta") put("beta", i, by ? place(priceOf(app.state)) + by / 100 : to === "least" ? 0 : 1);
      else return false;
      return true;
    },
  });

  return {
    stage: parts.stage,
    draw(state, width) {
      chosen = hand.chosenOf(state.policy.length);
      measured = measure(state);
      const needed = extents(state, measured);
      const { low, worst, ...reached } = hand.reach({ ...needed, low: -needed.low, worst: -needed.worst });
      worth = view.draw(state, measured, { width, chosen, reached: { ...reached, low: -low, worst: -worst } });
      parts.show(measured.numbers, "nats");
    },
    tell: [
      (state) => inspector.show(state, chosen),
      (state) => showFormula(state, measured, chosen),
      (state, width) => {
        const { numbers: { earned, balance, ceiling, gap } } = measured;
        const least = Math.min(0, ...state.reward);
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
          parts: gap === Infinity ? [0, Infinity, "infinitely far below the best"] : [Math.max(0, balance - least), Math.min(gap, ceiling - least), "your balance + what you miss = the best balance"],
          width, room: { pieces: [18, 22, 30], words: 190 },
        });
      },
      view.describe,
    ],
  };
}

const isPreset = (state, preset) => Object.keys(fields).every((name) => preset[name].toString() === state[name].toString());

export default widget({ fields, sane, build });
