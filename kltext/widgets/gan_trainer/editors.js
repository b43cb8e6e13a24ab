/** What starts and stops the training, and the data under the hand. */
import { button, h, setAttribute, setText } from "../shared/dom.js";
import { beyond, numberEditor } from "../shared/editors.js";
import { LIMITS } from "./math.js";
import { LAST } from "./training.js";
import { story } from "./view.js";

const FIELDS = [
  ["mean_1", "mode 1", 0.05, "Place of the data’s mode 1", "places"],
  ["share", "share", 0.01, "Share of mode 1", "shares"],
  ["mean_2", "mode 2", 0.05, "Place of the data’s mode 2", "places"],
  ["std", "σ", 0.01, "Spread of both modes", "spreads"],
];

/** @param {Record<string, Function>} on */
export function createEditors({ put, run, go, seed, balance, notice }) {
  const editors = FIELDS.map(([name, text, step, about, what]) => numberEditor(name, {
    text, ink: "p", paint: "p", min: LIMITS[name][0], max: LIMITS[name][1], step, about,
    type(value, typed) {
      put(name, value);
      return beyond(value, typed, what, LIMITS[name]);
    },
    slide: (value) => put(name, value), notice,
  }));
  const start = button("Run", "run", run);
  const [one, many, back] = [button("1 step", "one-step", () => go(1)), button("100 steps", "more-steps", () => go(100)), button("To step 0", "first-step", () => go(-Infinity))];
  const other = button("Other seed", "other-seed", seed);
  const [less, more] = [["−", "less-d", "One step of D less", -1], ["+", "more-d", "One step of D more", 1]].map(([text, action, about, by]) =>
    button(text, action, () => balance(by), { class: "kl-button kl-round", "aria-label": about }));
  const ratio = h("span", { class: "kl-gan-ratio", "aria-live": "polite" });
  const words = h("p", { class: "kl-story" });

  return {
    element: h("div", { class: "kl-gan-fields", role: "group", "aria-label": "The training and its data" },
      h("div", { class: "kl-tools" }, start, one, many, back, other),
      h("div", { class: "kl-gan-balance" }, less, ratio, more),
      h("div", { class: "kl-gan-row" }, ...editors.map(({ element }) => element)),
      words),
    /** What the button does next: with the picture, for a hand to stop it at once. */
    running(is) { setText(start, is ? "Pause" : "Run"); },
    show(state, measured, running) {
      for (const control of [start, one, many]) control.disabled = state.step === LAST;
      back.disabled = state.step === 0;
      setAttribute(other, "aria-label", `Other seed than ${state.seed}`);
      setText(ratio, `${state.d_steps} step${state.d_steps > 1 ? "s" : ""} of D for each of G`);
      less.disabled = state.d_steps === LIMITS.d_steps[0];
      more.disabled = state.d_steps === LIMITS.d_steps[1];
      editors.forEach((editor) => editor.show(state[editor.name]));
      setText(words, running ? "Training runs. Pause to read the numbers." : story(state, measured));
    },
  };
}
