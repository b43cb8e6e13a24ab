/** CategoricalFit: counts and a law of any probabilities; what the loss has above the entropy of the shares is the divergence. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame } from "../shared/frame.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { withProbability } from "../shared/probabilities.js";
import { createEditor } from "./editor.js";
import { HIGHEST, PRESETS, countOf, frequencies, measure, python, sane, withCount } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { counts: "numbers", q: "numbers", labels: "texts", unit: "word" };

function build(app) {
  let chosen = 0;
  let worth = 0; // how much probability a pixel is worth
  let measured = null; // what the picture shows of the present state

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const editor = createEditor(app, {
    turn: (by) => hand.turn(by, app.state.q.length), count, put: (which, i, value) => (Number.isNaN(value) ? app.set({}) : put(which, i, value)),
    notice: (...of) => parts.notice(...of),
    fit() {
      parts.settle();
      app.set({ q: frequencies(app.state.counts) });
    },
  });
  const parts = frame(app, {
    title: "Categorical fit: counts of a few categories, a model Q, its loss per observation and the divergence from the shares P",
    stage: "Shares of the observations and the model", presets: PRESETS, choices: [unit.element], values: editor.element, python,
    rule: "Drag a blue bar to add or remove observations, an orange one to change Q: its others share the rest.",
    meanings: { kl_pq: "gap: loss above the floor", entropy_p: "floor: entropy of the data", cross_entropy_pq: "loss per observation" },
  });
  const view = createView(parts.svg, app.uid);

  function count(i, value, from = app.state) {
    app.set(Number.isNaN(value) ? {} : { counts: withCount(from.counts, i, value) });
  }
  /** A share of P is reached by whole observations, the others' counts as they are. */
  function put(which, i, value, from = app.state) {
    if (which === "q") app.set({ q: withProbability(from.q, i, value) });
    else count(i, countOf(from.counts, i, value), from);
  }
  const hand = operateOutcomes(app, parts, {
    put,
    value: (which, i, { counts, q }) => (which === "q" ? q[i] : frequencies(counts)[i]),
    scale: () => ({ up: worth }),
    key(which, i, { by, to }) {
      if (which === "q") return false;
      count(i, by ? app.state.counts[i] + Math.sign(by) * Math.max(1, Math.abs(by)) : to === "least" ? 0 : HIGHEST);
      return true;
    },
  });

  return {
    stage: parts.stage,
    draw(state, width) {
      chosen = hand.chosenOf(state.q.length);
      measured = measure(state);
      worth = view.draw(state, measured, { width, chosen, reached: hand.reach(extents(state, measured)) });
      parts.show(measured.numbers, state.unit);
    },
    tell: [
      (state) => editor.show(state, measured, chosen),
      (state, width) => {
        const { numbers, loss } = measured;
        unit.show(state.unit);
        const line = `NLL / n = H(P,Q) = H(P) + D(P‖Q): ${number(loss)} = ${number(numbers.entropy_p)} + ${number(numbers.kl_pq)} ${state.unit}`;
        if (parts.formula.textContent !== line) parts.formula.textContent = line;
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => ["counts", "q", "labels"].every((name) => preset[name].join() === state[name].join())),
          parts: [numbers.entropy_p, numbers.kl_pq, "H(P) + D(P‖Q) = loss"],
          width, room: { pieces: [34, 34], words: 118 },
        });
      },
      view.describe,
    ],
  };
}

/** The result in a sentence. */
function inWords({ counts, q, labels, unit }, { n, numbers }) {
  const refused = labels.filter((_, i) => counts[i] > 0 && q[i] === 0);
  if (refused.length > 0) return `The loss is infinite: Q gives “${refused[0]}” no probability, and it was observed.`;
  if (numbers.kl_pq === 0) return `Q is P: the loss stands on its floor, the entropy of the shares, ${number(numbers.entropy_p)} ${unit}. No law does better on these data.`;
  return `The loss is ${number(numbers.kl_pq)} ${unit} per observation above its floor; for all ${n} together ${number(n * numbers.kl_pq, 3)}.`;
}

export default widget({ fields, sane, build });
