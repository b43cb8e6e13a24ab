/** CodeBudget: strips as high as p and as wide as −log q; the area is what a symbol costs, H(P,Q) = H(P) + D(P‖Q). */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame } from "../shared/frame.js";
import { NATS } from "../shared/divergence.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { withProbability } from "../shared/probabilities.js";
import { createEditor } from "./editor.js";
import { LONGEST, PRESETS, length, measure, python, sane, withEdge, withLength } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { p: "numbers", q: "numbers", labels: "texts", seed: "number", unit: "word" };

function build(app) {
  let chosen = 0;
  let worth = null; // how much probability and length a pixel is worth
  let measured = null; // what the picture shows of the present state

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const editor = createEditor(app, { turn: (by) => hand.turn(by, app.state.p.length), put: type, notice: (...of) => parts.notice(...of), resample: () => app.set({ seed: app.state.seed + 1 }) });
  const parts = frame(app, {
    title: "Code budget: one strip for each outcome, as high as p and as wide as −log q; the area is the cross-entropy",
    stage: "Strips of height p and width −log q", presets: PRESETS, choices: [unit.element], values: editor.element, python,
    rule: "Drag a strip’s right end: the other words lengthen or shorten to keep the budget. Drag an edge at the left to move probability.",
  });
  const view = createView(parts.svg, app.uid);

  function type(which, i, value) {
    app.set(Number.isNaN(value) ? {} : { [which]: withProbability(app.state[which], i, value) });
  }
  const longest = () => LONGEST * Math.LN2 / NATS[app.state.unit];
  const hand = operateOutcomes(app, parts, {
    value: (which, i, { p, q, unit: u }) => (which === "p" ? p[i] : Math.min(length(q[i], u), longest())),
    scale: (which) => (which === "p" ? { up: worth.probability } : { right: worth.length, grid: 20, most: longest() }),
    /** Move the edge that a handle holds: a height for p, a length for q. */
    put(which, i, value, from) {
      app.set(which === "p" ? { p: withEdge(from.p, i, value) } : { q: withLength(from.q, i, Math.min(value, longest()), app.state.unit) });
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
    tell(state, width) {
      const { numbers } = measured;
      view.describe();
      unit.show(state.unit);
      editor.show(state, measured, chosen);
      const line = `H(P,Q) = H(P) + D(P‖Q): ${number(numbers.cross_entropy_pq)} = ${number(numbers.entropy_p)} + ${number(numbers.kl_pq)} ${state.unit}`;
      if (parts.formula.textContent !== line) parts.formula.textContent = line;
      parts.tell({
        text: inWords(state, numbers), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
        parts: [numbers.entropy_p, numbers.kl_pq, "H(P) + D(P‖Q) = H(P,Q)"],
        width, room: { pieces: [24, 34], words: 120 },
      });
    },
  };
}

const isPreset = (state, preset) => ["p", "q", "labels"].every((name) => preset[name].join() === state[name].join());

/** The result in a sentence. */
function inWords({ p, q, labels, unit }, numbers) {
  const wordless = labels.filter((_, i) => p[i] > 0 && q[i] === 0);
  if (wordless.length > 0) return `The cost is infinite: the code has no word for “${wordless[0]}”, which occurs.`;
  if (numbers.kl_pq === 0) return `The code fits: a symbol costs ${number(numbers.entropy_p)} ${unit}, and no code costs less.`;
  return `A symbol costs ${number(numbers.cross_entropy_pq)} ${unit}, ${number(numbers.kl_pq)} more than with the right code.`;
}

export default widget({ fields, sane, build });
