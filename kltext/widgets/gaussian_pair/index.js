/** GaussianPair: two normal densities under the hand, their log-ratio, and the integrand of their divergence. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { createEditors } from "./editors.js";
import { showFormula } from "./formula.js";
import { LIMITS, PRESETS, measure, python, sane } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { mean_p: "number", std_p: "number", mean_q: "number", std_q: "number", log_scale: "flag", unit: "word" };
const GRID = 0.05; // what a drag snaps to

function build(app) {
  let gesture = null; // {state, worth}: where a drag started, and how much of x a pixel is worth
  let measured = null; // what the picture shows of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let across = 1; // pixels of the x axis

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const scale = choice(app.uid, "Axis of the densities", "scale", { linear: "linear", log: "log" }, (value) => {
    parts.settle();
    app.set({ log_scale: value === "log" });
  });
  const editors = createEditors(put, (...of) => parts.notice(...of));
  const parts = frame(app, {
    title: "Gaussian pair: two normal densities P and Q, their log-ratio, and the integrand of D(P‖Q)",
    stage: "Densities of P and Q", presets: PRESETS, choices: [scale.element, unit.element], values: editors.element, python,
    rule: "Drag a curve by its top to move its mean, by the round handle on its flank to change its spread.",
    meanings: { entropy_p: "differential entropy" },
  });
  const view = createView(parts.svg, app.uid);

  /** Set mean or standard deviation, inside what hands can reach. */
  function put(name, value) {
    const [least, most] = LIMITS[name.slice(0, -2)];
    if (!Number.isNaN(value)) app.set({ [name]: Math.min(most, Math.max(least, value)) });
    else app.set({});
  }
  const nameOf = (id) => `${id.slice(2)}_${id[0]}`;
  const tidy = (value) => Number(value.toFixed(6));

  operateHandles(parts.svg, {
    begin() {
      gesture = { state: app.state, worth: (held.low + held.high) / across };
    },
    drag(id, dx) {
      const direction = id === "q:std" ? -1 : 1;
      const value = gesture.state[nameOf(id)] + direction * dx * gesture.worth;
      put(nameOf(id), tidy(Math.round(value / GRID) * GRID));
    },
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to }) {
      const name = nameOf(id);
      const [least, most] = LIMITS[id.slice(2)];
      put(name, by ? tidy(app.state[name] + by / 10) : to === "least" ? least : most);
    },
  }, app.signal);

  return {
    stage: parts.stage,
    draw(state, width) {
      measured = measure(state);
      held = onlyGrowing(extents(state), gesture && held);
      across = view.draw(state, measured, { width, reached: held });
      parts.show(measured.numbers, state.unit);
    },
    tell: [
      editors.show,
      (state) => showFormula(parts.formula, state, measured.numbers),
      (state, width) => {
        unit.show(state.unit);
        scale.show(state.log_scale ? "log" : "linear");
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
          parts: [measured.parts.spread, measured.parts.shift, "wrong spread + wrong mean = D(P‖Q)"],
          width, room: { pieces: Array(11).fill(8), words: 90 },
        });
      },
      view.describe,
    ],
  };
}

const isPreset = (state, preset) => ["mean_p", "std_p", "mean_q", "std_q"].every((name) => preset[name] === state[name]);

/** The result in a sentence. */
function inWords({ unit }, { numbers, parts }) {
  if (numbers.kl_pq === 0) return "P and Q are equal: r is 0 everywhere, and so are both divergences.";
  return `D(P‖Q) is ${number(numbers.kl_pq)} ${unit}: the wrong spread costs ${number(parts.spread)}, the wrong mean ${number(parts.shift)}.`;
}

export default widget({ fields, sane, build });
