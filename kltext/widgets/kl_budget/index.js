/** KlBudget: one latent dimension of a VAE in the plane of its mean and log variance, what it costs, and where that explodes. */
import { widget } from "../shared/app.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { createEditors } from "./editors.js";
import { PIECES, showFormula } from "./formula.js";
import { extents } from "./geometry.js";
import { FLOAT32_END, LIMITS, PRESETS, measure, python, sane } from "./math.js";
import { createView } from "./view.js";

const fields = { mean: "number", log_var: "number", budget: "number", dims: "number" };
const NUMBERS = [
  ["kl", "KL(q‖p)", "of this dimension, in nats"],
  ["mean_cost", "½μ²", "the mean’s part"],
  ["var_cost", "½(σ²−1−ℓ)", "the variance’s part"],
  ["grad_mean", "∂KL/∂μ", "gradient: μ"],
  ["grad_log_var", "∂KL/∂ℓ", "gradient: ½(σ²−1)"],
  ["left", "B − KL", "left of the budget"],
  ["total", "d·KL", "sum over d dimensions"],
];
const GRID = 0.05; // what a drag snaps to

function build(app) {
  let gesture = null; // {state, worth}: where a drag started, and what a pixel of each axis was worth
  let numbers = null; // of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let worth = null;

  const editors = createEditors(put, () => app.state, (...of) => parts.notice(...of));
  const parts = frame(app, {
    title: "KL budget: one latent dimension q = N(μ, σ²) of a VAE, what it costs against the prior N(0,1), and where that explodes",
    stage: "q in the plane of mean and log variance", presets: PRESETS, choices: [], values: editors.element, python,
    rule: "Drag q in the plane, or each coordinate beside its axis; drag B to change the budget.", numbers: NUMBERS,
  });
  const view = createView(parts.svg, app.uid);
  app.root.classList.add("kl-latent");

  /** Set parts of the state, inside what hands can reach. */
  function put(name, value, further = {}) {
    const near = (which, wanted) => {
      const [least, most] = LIMITS[which];
      return Math.min(most, Math.max(least, Number(wanted.toFixed(which === "dims" ? 0 : 6))));
    };
    const patch = Object.entries({ [name]: value, ...further }).filter(([, wanted]) => !Number.isNaN(wanted));
    app.set(Object.fromEntries(patch.map(([which, wanted]) => [which, near(which, wanted)])));
  }
  const snap = (value) => Math.round(value / GRID) * GRID;

  operateHandles(parts.svg, {
    begin() {
      gesture = { state: app.state, worth };
    },
    drag(id, dx, dy) {
      const { state, worth: pixel } = gesture;
      const mean = snap(state.mean + dx * pixel.mean);
      const log_var = snap(state.log_var - dy * pixel.log_var);
      if (id === "budget") {
        const edge = Math.max(0, Math.sqrt(2 * state.budget) - dx * pixel.mean);
        return put(id, Number((edge * edge / 2).toPrecision(2)));
      }
      return id === "point" ? put("mean", mean, { log_var }) : put(id, { mean, log_var }[id]);
    },
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to, across }) {
      const name = id !== "point" ? id : across ? "mean" : "log_var"; // in the plane the keys lead where they point
      const ends = { mean: [-held.half, held.half], log_var: [-held.down, held.up], budget: LIMITS.budget }[name];
      put(name, by ? app.state[name] + by / 10 : ends[to === "least" ? 0 : 1]);
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
      (state) => editors.show(state, held),
      (state, width) => {
        parts.tell({
          text: inWords(state, numbers), example: PRESETS.findIndex(({ name: _, ...preset }) => Object.keys(preset).every((name) => preset[name] === state[name])),
          parts: [numbers.mean_cost, numbers.var_cost, "½μ² + ½(σ²−1−ℓ) = KL(q‖p)"], width, room: { pieces: PIECES, words: 146 },
        });
      },
      view.describe,
    ],
  };
}

/** The result in a sentence, and what a dashboard makes of it. */
function inWords({ mean, log_var, budget, dims }, { kl, grad_log_var, mean_cost, var_cost, left, total }) {
  const few = (x) => number(x, Math.abs(x) < 100 ? 2 : 0);
  const sum = dims === 1 ? "" : ` A dashboard adds ${dims} like it up to a KL of ${few(total)}.`;
  if (kl === 0) return `q is the prior: no cost, no slope, and no word about x. That is collapse; an exploding KL is the opposite.`;
  if (log_var > FLOAT32_END) return "In float32 σ² = exp(log σ²) is infinite here, and so are the loss and its gradient: training ends. In float64 it is only absurd.";
  if (grad_log_var > 5) return `The variance explodes: σ² = ${few(Math.exp(log_var))}. One gradient step at learning rate 0.1 moves log σ² by ${few(-grad_log_var / 10)}.${sum}`;
  if (mean_cost > 10 && mean_cost > var_cost) return `The mean explodes, but its slope is only μ = ${few(mean)}: gradient descent brings it back steadily.${sum}`;
  if (log_var < -5) return `Too sure: σ = ${number(Math.exp(log_var / 2), 3)}. The log side never explodes: half a nat for each step of log σ², slope below ½.${sum}`;
  if (kl < 0.01) return `Nearly the prior: ${number(kl)} nats is close to collapse, and the slopes are close to 0.${sum}`;
  return `${left < 0 ? `Over the budget of ${few(budget)} by ${few(-left)} nats.` : `Inside the budget of ${few(budget)}: ${few(left)} nats are left.`}${sum}`;
}

export default widget({ fields, sane, build });
