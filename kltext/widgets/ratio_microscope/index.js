/** RatioMicroscope: two distributions under the hand, their log-ratio, and what it adds up to. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { frame } from "../shared/frame.js";
import { number, probability } from "../shared/format.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { showFormula } from "./formula.js";
import { createInspector } from "./inspector.js";
import { PRESETS, impossible, measure, python, sane, withProbability } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { p: "numbers", q: "numbers", labels: "texts", locked: "numbers", unit: "word" };

function build(app) {
  let chosen = 0;
  let worth = 0; // how much probability a pixel is worth
  let measured = null; // what the picture shows of the present state

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const inspector = createInspector(app, { choose: (i) => hand.choose(i), turn: (by) => hand.turn(by, app.state.p.length), put, settle: () => parts.settle(), notice: (...of) => parts.notice(...of) });
  const parts = frame(app, {
    title: "Ratio microscope: two distributions P and Q, their log-ratio, and the contributions to D(P‖Q)",
    stage: "P and Q, outcome by outcome", presets: PRESETS, choices: [unit.element], values: inspector.element, python,
    rule: "Move one outcome and the unlocked others share the rest, keeping their proportions.",
  });
  const view = createView(parts.svg, app.uid);

  function put(which, i, value, from = app.state) {
    app.set({ [which]: withProbability(from[which], i, value, app.state.locked) });
  }
  const hand = operateOutcomes(app, parts, { put, scale: () => ({ up: worth }), shut: (i) => app.state.locked.includes(i) });

  return {
    stage: parts.stage,
    draw(state, width) {
      chosen = hand.chosenOf(state.p.length);
      measured = measure(state);
      worth = view.draw(state, measured, { width, chosen, reached: hand.reach(extents(state, measured)) });
      parts.show(measured.numbers, state.unit);
    },
    tell: [
      (state) => inspector.show(state, measured, chosen),
      (state, width) => showFormula(parts.formula, state, measured.numbers, { chosen, most: terms(width) }),
      (state, width) => {
        const { numbers } = measured;
        unit.show(state.unit);
        parts.tell({
          text: inWords(state, numbers), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
          parts: [numbers.entropy_p, numbers.kl_pq, "H(P) + D(P‖Q) = H(P,Q)"],
          width, room: { pieces: [9, ...Array(Math.min(state.p.length, terms(width))).fill(24), 15], words: 95 },
        });
      },
      view.describe,
    ],
  };
}

/** How many terms of the formula are printed. */
const terms = (width) => (width < 440 ? 3 : 5);

const isPreset = (state, preset) => ["p", "q", "labels"].every((name) => preset[name].join() === state[name].join());

/** The result in a sentence. */
function inWords(state, numbers) {
  const ruled = impossible(state);
  if (ruled.length > 0) {
    const names = ruled.map((i) => `“${state.labels[i]}”`);
    const mass = probability(ruled.reduce((sum, i) => sum + state.p[i], 0));
    return `D(P‖Q) is infinite: Q rules out ${names.length > 3 ? `${names.slice(0, 3).join(", ")} and more` : names.join(" and ")}, to which P gives ${mass}.`;
  }
  if (state.p.every((value, i) => value === state.q[i])) return "P and Q are equal: every log-ratio is 0, and so are both divergences.";
  const cost = `Believing Q while P generates the data costs ${number(numbers.kl_pq)} ${state.unit} of extra surprise per draw.`;
  return numbers.kl_qp === Infinity ? `${cost} The other direction is infinite.` : cost;
}

export default widget({ fields, sane, build });
