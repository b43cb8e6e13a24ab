/** CodeBudget: strips as high as p and as wide as −log q; the area is what a symbol costs, H(P,Q) = H(P) + D(P‖Q). */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { NATS } from "../shared/divergence.js";
import { withProbability } from "../shared/probabilities.js";
import { createEditor } from "./editor.js";
import { LONGEST, PRESETS, length, measure, python, sane, withEdge, withLength } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { p: "numbers", q: "numbers", labels: "texts", seed: "number", unit: "word" };

function build(app) {
  let chosen = 0;
  let gesture = null; // {state, worth}: where a drag started, and what a pixel was worth then
  let focus = null; // {id, state}: proportions as they were when a handle got the focus
  let worth = null;
  let measured = null;
  let held = null; // how far the axes reached; while the hand is down they only grow

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const editor = createEditor(app, { choose, put, notice: (...of) => parts.notice(...of), resample: () => app.set({ seed: app.state.seed + 1 }) });
  const parts = frame(app, {
    title: "Code budget: one strip for each outcome, as high as p and as wide as −log q; the area is the cross-entropy",
    stage: "Strips of height p and width −log q", presets: PRESETS, choices: [unit.element], values: editor.element, python,
    rule: "Drag a strip’s right end: the other words lengthen or shorten to keep the budget. Drag an edge at the left to move probability.",
  });
  const view = createView(parts.svg, app.uid);

  function choose(i) {
    if (i !== chosen) parts.notice("");
    chosen = i;
    app.set({});
  }
  function put(which, i, value) {
    app.set(Number.isNaN(value) ? {} : { [which]: withProbability(app.state[which], i, value) });
  }
  /** Move the edge that a handle holds: a height for p, a length for q. */
  function move(id, value, from) {
    const [which, i] = parse(id);
    if (which === "p") app.set({ p: withEdge(from.p, i, value) });
    else app.set({ q: withLength(from.q, i, Math.min(value, longest()), app.state.unit) });
  }
  const parse = (id) => [id[0], Number(id.slice(2))];
  const longest = () => LONGEST * Math.LN2 / NATS[app.state.unit];
  const present = (id, { p, q, unit: u }) => (id[0] === "p" ? p[parse(id)[1]] : Math.min(length(q[parse(id)[1]], u), longest()));

  operateHandles(parts.svg, {
    begin(id) {
      gesture = { state: app.state, worth };
      choose(parse(id)[1]);
    },
    drag(id, dx, dy) {
      const by = id[0] === "p" ? -dy * gesture.worth.probability : dx * gesture.worth.length;
      const grid = id[0] === "p" ? 200 : 20;
      move(id, Math.round((present(id, gesture.state) + by) * grid) / grid, gesture.state);
    },
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to }) {
      if (focus?.id !== id) focus = { id, state: app.state };
      chosen = parse(id)[1];
      const most = id[0] === "p" ? 1 : longest();
      const value = by ? present(id, app.state) + by / (id[0] === "p" ? 100 : 10) : to === "least" ? 0 : most;
      move(id, Number(value.toFixed(6)), focus.state);
    },
  }, app.signal);
  parts.svg.addEventListener("focusout", () => { focus = null; }, { signal: app.signal });
  parts.svg.addEventListener("focusin", (event) => {
    const id = event.target.getAttribute("data-kl-handle");
    if (id && parse(id)[1] !== chosen) choose(parse(id)[1]);
  }, { signal: app.signal });

  return {
    stage: parts.stage,
    draw(state, width) {
      chosen = Math.min(chosen, state.p.length - 1);
      measured = measure(state);
      held = onlyGrowing(extents(state, measured), gesture && held);
      worth = view.draw(state, measured, { width, chosen, reached: held });
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
