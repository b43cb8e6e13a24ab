/** LikelihoodFit: a Gaussian model on a few data points; the mean loss and the divergence move together, the floor is the data's. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { createEditors } from "./editors.js";
import { LIMITS, PRESETS, measure, moments, python, sane, withPoint } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { data: "numbers", mean: "number", std: "number", unit: "word" };
const GRID = 0.05; // what a drag snaps to

function build(app) {
  let gesture = null; // {state, worth}: where a drag started, and how much of x a pixel is worth
  let measured = null; // what the picture shows of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let across = 1; // pixels of the x axis

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const glide = (patch) => {
    parts.settle();
    app.set(patch);
  };
  const editors = createEditors({
    put: (name, value) => app.set(Number.isNaN(value) ? {} : { [name]: within(name, value) }),
    notice: (...of) => parts.notice(...of),
    fit: () => glide(moments(app.state.data)),
    add: () => glide({ data: withPoint(app.state.data) }),
    remove: () => glide({ data: app.state.data.slice(0, -1) }),
  });
  const parts = frame(app, {
    title: "Likelihood fit: data points, a Gaussian model Q, its mean loss and the divergence from the best Gaussian P",
    stage: "Data points and the model", presets: PRESETS, choices: [unit.element], values: editors.element, python,
    rule: "Drag a point on its axis, the model by its top, or its spread by the round handle on its flank.",
    meanings: { kl_pq: "gap to the best Gaussian", entropy_p: "floor: loss of the best", cross_entropy_pq: "mean loss" },
  });
  const view = createView(parts.svg, app.uid);

  const within = (kind, value) => Math.min(LIMITS[kind][1], Math.max(LIMITS[kind][0], value));
  const tidy = (value) => Number(value.toFixed(6));
  const parse = (id) => (id[0] === "x" ? ["x", Number(id.slice(2))] : [id.slice(2), null]);
  const present = (id, state) => (id[0] === "x" ? state.data[parse(id)[1]] : state[parse(id)[0]]);
  function move(id, value) {
    const [kind, i] = parse(id);
    const taken = within(kind, tidy(value));
    app.set(kind === "x" ? { data: app.state.data.map((x, j) => (j === i ? taken : x)) } : { [kind]: taken });
  }

  operateHandles(parts.svg, {
    begin() {
      gesture = { state: app.state, worth: (held.low + held.high) / across };
    },
    drag(id, dx) {
      const by = (id === "q:std" ? -1 : 1) * dx * gesture.worth;
      move(id, Math.round((present(id, gesture.state) + by) / GRID) * GRID);
    },
    end() {
      gesture = null;
      glide({});
    },
    step(id, { by, to }) {
      const [least, most] = LIMITS[parse(id)[0]];
      move(id, by ? present(id, app.state) + by / 10 : to === "least" ? least : most);
    },
  }, app.signal);

  return {
    stage: parts.stage,
    draw(state, width) {
      measured = measure(state);
      held = onlyGrowing(extents(state, measured), gesture && held);
      across = view.draw(state, measured, { width, reached: held });
      parts.show(measured.numbers, state.unit);
    },
    tell(state, width) {
      const { numbers } = measured;
      view.describe();
      unit.show(state.unit);
      editors.show(state);
      const line = `mean loss = H(P,Q) = H(P) + D(P‖Q): ${number(numbers.cross_entropy_pq)} = ${number(numbers.entropy_p)} + ${number(numbers.kl_pq)} ${state.unit}`;
      if (parts.formula.textContent !== line) parts.formula.textContent = line;
      parts.tell({
        text: inWords(state, measured), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
        parts: [measured.parts.spread, measured.parts.shift, "wrong spread + wrong mean = D(P‖Q)"],
        width, room: { pieces: [36, 34], words: 110 },
      });
    },
  };
}

const isPreset = (state, preset) => preset.mean === state.mean && preset.std === state.std && preset.data.join() === state.data.join();

/** The result in a sentence. */
function inWords({ unit, data }, { numbers }) {
  const best = moments(data);
  const gaussian = `N(${number(best.mean, 2)}, ${number(best.std, 2)}²)`;
  if (numbers.kl_pq === 0) return `The fit is the best Gaussian, ${gaussian}: the loss stands on its floor, ${number(numbers.entropy_p)} ${unit}.`;
  return `The loss is ${number(numbers.kl_pq)} ${unit} above that of the best Gaussian, ${gaussian}.`;
}

export default widget({ fields, sane, build });
