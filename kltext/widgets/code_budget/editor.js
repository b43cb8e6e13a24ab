/** The chosen outcome: its two probabilities to type, its place in the code, and the button for other symbols. */
import { button, h, setText } from "../shared/dom.js";
import { numberEditor, turner, unlikeProbability } from "../shared/editors.js";
import { number } from "../shared/format.js";
import { length } from "./math.js";

export function createEditor(app, { turn, put, notice, resample }) {
  let chosen = 0;
  const fields = ["p", "q"].map((which) => numberEditor(which, {
    text: which, ink: which, paint: which, min: 0, max: 1, step: 0.005,
    type(value, text) {
      put(which, chosen, value >= 0 ? value : NaN);
      return unlikeProbability(value, text);
    },
    slide: (value) => put(which, chosen, value), notice,
  }));
  const name = h("span", { class: "kl-budget-name" });
  const word = h("p", { class: "kl-story" });
  return {
    element: h("div", { class: "kl-budget-row", role: "group", "aria-label": "The chosen outcome" },
      turner("outcome", name, turn), ...fields.map((field) => field.element), button("Other symbols", "new-sample", resample, { class: "kl-button kl-push" }), word),
    show(state, { contributions }, now) {
      chosen = now;
      const label = state.labels[now];
      setText(name, label);
      for (const field of fields) {
        field.label(`${field.name.toUpperCase()} of ${label}`);
        field.show(state[field.name][now]);
      }
      const [own, given] = [state.p[now], state.q[now]].map((value) => number(length(value, state.unit), 3));
      const share = contributions[now];
      setText(word, state.p[now] === 0 ? `“${label}” never occurs: its word of ${given} ${state.unit} costs budget and is never sent.`
        : `“${label}” has a word of ${given} ${state.unit}${share === 0 ? ", " : "; "}${share === 0 ? "as its own would have." : `its own would have ${own}. This ${share < 0 ? "saves" : "costs"} ${number(Math.abs(share), 3)} per symbol sent.`}`);
    },
  };
}
