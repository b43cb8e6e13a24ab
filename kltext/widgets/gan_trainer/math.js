/**
 * What the picture of a GAN in training shows: data, generator and discriminator on the cells of the line, the value under its ceiling,
 * and how far the two laws are apart. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number} mean_1 @property {number} mean_2 the data's two modes
 * @property {number} std their spread
 * @property {number} share of the first mode
 * @property {"saturating" | "non-saturating"} loss of the generator
 * @property {number} d_steps of the discriminator for each of the generator
 * @property {number} seed
 * @property {number} step how many steps are done
 */
import { best, missed, wasserstein } from "../shared/discriminator.js";
import { jsDivergence } from "../shared/divergence.js";
import { pythonFormat, pythonNumber } from "../shared/format.js";
import { forward, sigmoid } from "./network.js";
import { CELL, CELLS, LAST, createRun, dataLaw, generatorLaw } from "./training.js";

export const LIMITS = { mean_1: [-4, 4], mean_2: [-4, 4], std: [0.2, 1], share: [0, 1], d_steps: [1, 10], step: [0, LAST] };
export const EVERY = 10; // steps between two points of the curves over training
export const COIN = -Math.log(4); // the value of D = ½

/** The state made whole, or null if it is no training that the page can show. @returns {?State} */
export function sane(state) {
  const within = ([name, [least, most]]) => Number.isFinite(state[name]) && state[name] >= least && state[name] <= most;
  const whole = (name) => Number.isInteger(state[name]);
  if (!Object.entries(LIMITS).every(within) || !["d_steps", "step", "seed"].every(whole) || state.seed < 0 || state.seed >= 2 ** 32) return null;
  if (!["saturating", "non-saturating"].includes(state.loss)) return null;
  return Object.fromEntries(["mean_1", "mean_2", "std", "share", "loss", "d_steps", "seed", "step"].map((name) => [name, state[name]]));
}

const setupOf = ({ mean_1, mean_2, step: _, ...rest }) => ({ means: [mean_1, mean_2], ...rest });

/** log(1 + eˣ). */
const softplus = (x) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

/** Laws, discriminator and numbers of two networks, in nats. */
export function compare({ d, g }, p, loss) {
  const q = generatorLaw(g);
  const logits = forward(d, CELLS).y;
  const D = Array.from(logits, sigmoid);
  const sum = (term) => CELLS.reduce((total, _, i) => total + term(p[i], q[i], i), 0);
  const js = jsDivergence(p, q);
  return {
    q, D,
    numbers: {
      value: -sum((a, b, i) => a * softplus(-logits[i]) + b * softplus(logits[i])),
      ceiling: 2 * js + COIN,
      gap: sum((a, b, i) => missed(a, b, D[i])),
      js,
      w1: CELL * wasserstein(p, q),
      slope: sum((_, b, i) => b * (loss === "saturating" ? D[i] : 1 - D[i])),
    },
  };
}

/** What is measured of each state of a setup, its run remembered while only the step changes. */
export function createMeasure() {
  let key = "";
  let run = null;
  let p = null;
  return function measure(state) {
    const setup = setupOf(state);
    const wanted = JSON.stringify(setup);
    if (wanted !== key) {
      p = dataLaw(setup);
      run = createRun(setup, (nets) => compare(nets, p, setup.loss).numbers, EVERY);
    }
    key = wanted;
    const shown = compare(run.at(state.step), p, state.loss);
    const middle = (state.mean_1 + state.mean_2) / 2;
    const near = (law) => law.reduce((sum, mass, i) => sum + (CELLS[i] < middle === state.mean_1 < state.mean_2 ? mass : 0), 0);
    return { ...shown, p, ideal: p.map((a, i) => best(a, shown.q[i])), records: run.records, near: near(shown.q) };
  };
}

/** The numbers alone. @param {State} state */
export const numbersOf = (state) => createMeasure()(state).numbers;

/** Python that trains the same networks and prints the numbers shown. @param {State} state @param {object} [numbers] */
export function python(state, numbers = numbersOf(state)) {
  const line = (symbol, value, name, unit = " nats") => `print(f"${symbol} = {${value}:${pythonFormat(numbers[name])}}${unit}")`;
  const saturating = state.loss === "saturating";
  return [
    "import numpy as np",
    "from kltext import js_divergence, wasserstein_1d",
    "from kltext.gan import discriminator_gap, gan_value_from_logits",
    "from kltext.widgets.gan_trainer.training import CELLS, Setup, data_law, forward, generator_law, sigmoid, train",
    "",
    "setup = Setup(",
    `    means=(${pythonNumber(state.mean_1)}, ${pythonNumber(state.mean_2)}), std=${pythonNumber(state.std)}, share=${pythonNumber(state.share)},`,
    `    loss="${state.loss}", d_steps=${state.d_steps}, seed=${state.seed},`,
    ")",
    `discriminator, generator = train(setup, ${state.step})`,
    "p, q = data_law(setup), generator_law(generator)  # on cells of the line",
    "logits = forward(discriminator, CELLS)[1]",
    "d = sigmoid(logits)",
    "",
    line("V(D)", "gan_value_from_logits(logits, p, q)", "value"),
    line("V(D*)", "2 * js_divergence(p, q) - np.log(4)", "ceiling"),
    line("missed", "discriminator_gap(d, p, q)", "gap"),
    line("JS(P,Q)", "js_divergence(p, q)", "js"),
    line("W₁(P,Q)", "wasserstein_1d(CELLS, CELLS, p, q)", "w1", ""),
    line(saturating ? "Σ Q·D" : "Σ Q·(1−D)", saturating ? "np.sum(q * d)" : "np.sum(q * (1 - d))", "slope", ""),
    "",
  ].join("\n");
}

const START = { mean_1: -2, mean_2: 2, std: 0.5, share: 0.5, loss: "non-saturating", d_steps: 1, seed: 1, step: 0 };
/** Named trainings that each show one thing. */
export const PRESETS = [
  { name: "Two modes" },
  { name: "A mode is missing: five steps of D", d_steps: 5, step: 600 },
  { name: "Far away, saturating: stuck", mean_1: 3, mean_2: 4, std: 0.25, loss: "saturating", d_steps: 5, seed: 8, step: 300 },
  { name: "Far away, non-saturating", mean_1: 3, mean_2: 4, std: 0.25, d_steps: 5, seed: 8, step: 300 },
  { name: "A rare mode is never found", mean_1: -1.5, mean_2: 2.5, share: 0.1, step: 600 },
  { name: "One wide mode", mean_1: 0, mean_2: 0, std: 1, step: 300 },
].map((preset) => ({ ...START, ...preset }));
