/** μ, log σ², the budget and the number of dimensions, to type and to slide. */
import { h } from "../shared/dom.js";
import { beyond, numberEditor } from "../shared/editors.js";
import { LIMITS } from "./math.js";

const FIELDS = [
  ["mean", "μ", "q", 0.05, "Mean of q", "means"],
  ["log_var", "log σ²", "q", 0.05, "Log variance of q", "log variances"],
  ["budget", "B", "r", 0.05, "Budget in nats", "budgets"],
  ["dims", "d", "p", 1, "Number of dimensions", "numbers of dimensions"],
];

/** @param {(name: string, value: number) => void} put @param {() => object} state @param {(sentence: string, input: ?HTMLInputElement) => void} notice */
export function createEditors(put, state, notice) {
  const editors = FIELDS.map(([name, text, paint, step, about, what]) => numberEditor(name, {
    text, ink: paint === "q" ? "q" : "", paint, min: LIMITS[name][0], max: LIMITS[name][1], step, about, digits: 15,
    type(value, typed) {
      put(name, value);
      const broken = name === "dims" && value >= 1 && value <= LIMITS.dims[1] && !Number.isInteger(value);
      return broken ? `A number of dimensions is whole; ${typed} was read as ${state().dims}.` : beyond(value, typed, what, LIMITS[name], " Use vae_kl for others.");
    },
    slide: (value) => put(name, value), notice,
  }));
  return {
    element: h("div", { class: "kl-latent-fields", role: "group", "aria-label": "The dimension, its budget, and how many there are" }, ...editors.map(({ element }) => element)),
    /** Sliders reach as far as the picture. */
    show(state, { half, up, down }) {
      const far = { mean: [-half, half], log_var: [-down, up], budget: [LIMITS.budget[0], Math.max(5, state.budget)] };
      editors.forEach((editor) => {
        if (far[editor.name]) editor.upTo(far[editor.name][1], far[editor.name][0]);
        editor.show(state[editor.name]);
      });
    },
  };
}
