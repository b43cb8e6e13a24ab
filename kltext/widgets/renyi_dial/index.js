/** RenyiDial: two laws under the hand, and their Rényi divergence as a curve over all orders, with a dial on the order. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { frame } from "../shared/frame.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { withProbability } from "../shared/probabilities.js";
import { createInspector } from "./inspector.js";
import { PRESETS, measure, orderAt, orderOf, place, python, sane, stepped } from "./math.js";
import { createView, extents } from "./view.js";
import { createFormula, inWords, symbol } from "./words.js";

const fields = { p: "numbers", q: "numbers", labels: "texts", alpha: "word", both: "flag", unit: "word" };
const NUMBERS = [
  ["renyi", "(P‖Q)", "at the dial"],
  ["kl_pq", "D(P‖Q)", "KL divergence, order 1"],
  ["kl_qp", "D(Q‖P)", "the other direction"],
  ["squared_hellinger", "H²(P,Q)", "Hellinger squared; order ½"],
  ["chi2", "χ²(P‖Q)", "chi-squared; order 2"],
  ["max", "(P‖Q)", "the largest log-ratio"],
];
const SNAP = 0.012; // how near a drag must come to an order with a name to take it, on an axis of length 1

function build(app) {
  let chosen = 0;
  let worth = null; // how much of each axis a pixel is worth
  let measured = null; // what the picture shows of the present state

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const inspector = createInspector(app, { turn: (by) => hand.turn(by, app.state.p.length), put, settle: () => parts.settle(), notice: (...of) => parts.notice(...of) });
  const parts = frame(app, {
    title: "Rényi dial: two distributions P and Q, and their Rényi divergence over all orders",
    stage: "P and Q, and the divergence over the order", presets: PRESETS, choices: [unit.element], values: inspector.element, python, numbers: NUMBERS,
    rule: "Turn the dial on the axis of orders; move one outcome and the others of that law share the rest.",
  });
  const view = createView(parts.svg, app.uid);
  const showFormula = createFormula(parts.formula);
  app.root.classList.add("kl-dial-app");
  for (const [name, order] of [["renyi", "α"], ["max", "∞"]]) app.root.querySelector(`.kl-readout-${name} .kl-symbol > span`).prepend(...symbol(order));

  function put(which, i, value, from = app.state) {
    if (Number.isNaN(value)) return app.set({});
    return app.set(which === "alpha" ? { alpha: String(orderAt(value, SNAP)) } : { [which]: withProbability(from[which], i, value) });
  }
  // The dial belongs to no outcome: its handle has no number, and taking it chooses none.
  const hand = operateOutcomes(app, parts, {
    put,
    scale: (which) => (which === "alpha" ? { right: worth.place, grid: 1000 } : { up: worth.probability }),
    value: (which, i, state) => (which === "alpha" ? place(orderOf(state)) : state[which][i]),
    key(which, i, { by, to }) {
      if (which !== "alpha") return false;
      app.set({ alpha: String(by ? stepped(orderOf(app.state), by / 100) : to === "least" ? 0 : Infinity) });
      return true;
    },
  });

  return {
    stage: parts.stage,
    draw(state, width) {
      chosen = hand.chosenOf(state.p.length);
      measured = measure(state);
      worth = view.draw(state, measured, { width, chosen, reached: hand.reach(extents(state, measured)) });
      parts.show(measured.numbers, state.unit);
    },
    tell: [
      (state) => inspector.show(state, chosen),
      (state) => showFormula(state, measured),
      (state, width) => {
        const { renyi, max } = measured.numbers;
        unit.show(state.unit);
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
          parts: renyi === Infinity ? [0, Infinity, "infinite at this order"] : [renyi, Math.max(0, max - renyi), "this order + what higher orders add = order ∞"],
          width, room: { pieces: [13, 42, 16], words: 122 },
        });
      },
      view.describe,
    ],
  };
}

const isPreset = (state, preset) => ["p", "q", "labels", "alpha"].every((name) => preset[name].toString() === state[name].toString());

export default widget({ fields, sane, build });
