/** DivergenceZoo: two laws under the hand, a convex f chosen or drawn, its tangents, and all f-divergences of the pair. */
import { widget } from "../shared/app.js";
import { choice, h } from "../shared/dom.js";
import { frame } from "../shared/frame.js";
import { spokenAmount } from "../shared/format.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { withProbability } from "../shared/probabilities.js";
import { NAMES } from "./generators.js";
import { createInspector } from "./inspector.js";
import { LIMITS, PRESETS, clamped, measure, python, sane } from "./math.js";
import { createView, extents } from "./view.js";
import { createFormula, inWords } from "./words.js";

const fields = {
  p: "numbers", q: "numbers", labels: "texts", generator: "word", alpha: "number", drawn: "numbers", guess: "numbers", level: "flag", region: "word", unit: "word",
};
function build(app) {
  let chosen = 0;
  let worth = null; // how much of each axis a pixel is worth
  let measured = null; // what the picture shows of the present state
  let reached = null;

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const region = choice(app.uid, "Inequality", "region", { kl: "TV–KL", hellinger: "TV–H²", js: "TV–JS" }, (value) => app.set({ region: value }));
  const inspector = createInspector(app, { turn: (by) => hand.turn(by, app.state.p.length), put, settle: () => parts.settle(), notice: (...of) => parts.notice(...of) });
  const parts = frame(app, {
    title: "Divergence zoo: P and Q, f, and all f-divergences", stage: "P and Q, f, contributions, inequalities",
    presets: PRESETS, choices: [unit.element, region.element], values: inspector.element, python,
    numbers: [...Object.values(NAMES), ["bound", "bound", "what the tangents prove"]],
    rule: "Choose f among the numbers. Move one outcome, and the others share the rest; slide a tangent along f.",
  });
  const view = createView(parts.svg, app.uid);
  const showFormula = createFormula(parts.formula);
  app.root.classList.add("kl-zoo-app");
  const radios = Object.entries(NAMES).map(([name, [number, symbol, meaning]]) => {
    const input = h("input", {
      type: "radio", name: `${app.uid}-generator`, value: name, "data-kl-choice": `generator:${name}`, "aria-label": `${symbol}, ${meaning}`,
      change: () => { parts.settle(); app.set({ generator: name }); },
    });
    app.root.querySelector(`.kl-readout-${number} .kl-symbol`).prepend(input);
    return input;
  });

  /** Which number of the state a handle moves: its name and its place. */
  const moves = (which, i) => (which.startsWith("knot") ? ["drawn", Number(which.slice(4))] : [which, i]);
  function put(which, i, value, from = app.state) {
    if (Number.isNaN(value)) return app.set({});
    const [name, k] = moves(which, i);
    if (!LIMITS[name]) return app.set({ [name]: withProbability(from[name], k, value) });
    const x = clamped(name, value);
    return app.set({ [name]: name === "alpha" ? x : app.state[name].map((old, j) => (j === k ? x : old)) });
  }
  const hand = operateOutcomes(app, parts, {
    put,
    scale: (which) => (which === "guess" ? { right: worth.t, grid: 100, most: reached.t } : which === "p" || which === "q" ? { up: worth.probability } : { up: worth.f, grid: 100, most: LIMITS.drawn[1] }),
    value(which, i, state) {
      const [name, k] = moves(which, i);
      return state[name][k];
    },
    key(which, i, { to }) {
      if (to !== "least" || !which.startsWith("knot")) return false;
      put(which, i, LIMITS.drawn[0]);
      return true;
    },
  });
  const said = ({ generator, unit }) => `${NAMES[generator][2]} ${spokenAmount(measured.value, measured.f.informs ? unit : "")}`;

  return {
    stage: parts.stage,
    draw(state, width) {
      chosen = hand.chosenOf(state.p.length);
      measured = measure(state);
      reached = hand.reach(extents(state, measured, chosen));
      worth = view.draw(state, measured, { width, chosen, reached, said: said(state) });
      parts.show(measured.numbers, state.unit);
    },
    tell: [
      (state) => inspector.show(state, measured, chosen),
      (state) => showFormula(state, measured, measured.f.formula),
      (state, width) => {
        const now = app.state; // a text may be late, a choice just made must stay
        unit.show(now.unit);
        region.show(now.region);
        radios.forEach((input) => { input.checked = input.value === now.generator; });
        const proven = Math.max(0, measured.numbers.bound);
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => Object.keys(preset).every((name) => name === "name" || preset[name].toString() === state[name].toString())),
          parts: [proven, Math.max(0, measured.value - proven), measured.value === Infinity ? "infinite" : "proven + left out by tangents"],
          width, room: { pieces: [11, 18, 46], words: 230 },
        });
      },
      view.describe,
    ],
  };
}

export default widget({ fields, sane, build });
