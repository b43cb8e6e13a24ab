/** ClipMicroscope: PPO's clipped objective of one sample over the probability ratio, for both signs of the advantage, and where its gradient dies. */
import { widget } from "../shared/app.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { createEditors } from "./editors.js";
import { ENDS, LIMITS, PRESETS, caseOf, example, measure, python, sane, side } from "./math.js";
import { createView, extents } from "./view.js";
import { PIECES, inWords, showFormula } from "./words.js";

const fields = { ratio: "number", advantage: "number", epsilon: "number" };
const NUMBERS = [
  ["value", "min", "the objective"],
  ["unclipped", "ρA", "the unclipped term"],
  ["clipped", "clip(ρ)·A", "the clipped term"],
  ["slope", "∂/∂ρ", "gradient in the ratio"],
  ["gradient", "∂/∂log π", "gradient in log π"],
  ["log_ratio", "log ρ", "the log-ratio"],
  ["k1", "k1", "−log ρ"],
  ["k2", "k2", "½(log ρ)²"],
  ["k3", "k3", "ρ − 1 − log ρ"],
];
const STEPS = { ratio: 0.02, advantage: 0.1, epsilon: 0.01 };
const GRID = { ratio: 0.01, advantage: 0.05, epsilon: 0.01 }; // what a drag snaps to

function build(app) {
  let gesture = null; // {state, worth}: where a drag started, and what a pixel of each axis was worth
  let numbers = null; // of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let worth = null;

  const editors = createEditors(put, go, (...of) => parts.notice(...of));
  const parts = frame(app, {
    title: "Clip microscope: the PPO objective of one sample over its probability ratio, and where its gradient dies",
    stage: "The clipped objective over the ratio, its slope, and k1, k2, k3", presets: PRESETS, choices: [], values: editors.element, python,
    rule: "Drag the point along its curve, the end of the band, or A at the right.", numbers: NUMBERS,
  });
  const view = createView(parts.svg, app.uid);
  app.root.classList.add("kl-clip");

  /** Set a part of the state, inside what hands can reach. */
  function put(name, value) {
    const [least, most] = LIMITS[name];
    app.set(Number.isNaN(value) ? {} : { [name]: Math.min(most, Math.max(least, Number(value.toFixed(6)))) });
  }
  function go(wanted) {
    parts.settle();
    parts.notice("");
    app.set(example(wanted, app.state));
  }

  operateHandles(parts.svg, {
    begin() {
      gesture = { state: app.state, worth };
    },
    drag(id, dx, dy) {
      const { state, worth: pixel } = gesture;
      const by = id === "advantage" ? -dy * pixel.advantage : dx * pixel.ratio;
      put(id, Math.round((state[id] + by) / GRID[id]) * GRID[id]);
    },
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to }) {
      put(id, by ? app.state[id] + by * STEPS[id] : ENDS[id][to === "least" ? 0 : 1]);
    },
  }, app.signal);

  return {
    stage: parts.stage,
    draw(state, width) {
      numbers = measure(state);
      held = onlyGrowing(extents(state, numbers), gesture && held);
      worth = view.draw(state, numbers, { width, reached: held });
      parts.show(numbers, "nats");
    },
    tell: [
      (state) => showFormula(parts.formula, state, numbers),
      (state) => editors.show(state, caseOf(state), Math.max(2.5, state.ratio)),
      (state, width) => {
        const [away, { epsilon }] = [Number(Math.abs(state.ratio - 1).toFixed(9)), state]; // without the rounding of the subtraction
        const out = side(state) !== 0;
        parts.tell({
          text: inWords(state, numbers), example: PRESETS.findIndex(({ name: _, ...preset }) => Object.keys(preset).every((name) => preset[name] === state[name])),
          parts: out ? [epsilon, away - epsilon, `ε + ${number(away - epsilon, away < 100 ? 2 : 0)} beyond = |ρ − 1|`] : [away, Math.max(0, epsilon - away), `|ρ − 1| + ${number(Math.max(0, epsilon - away), 2)} left = ε`],
          width, room: { pieces: PIECES, words: 190 },
        });
      },
      view.describe,
    ],
  };
}

export default widget({ fields, sane, build });
