/** The chosen outcome's probabilities and tangent to type, the order of the alpha-divergence, and what acts on the whole picture. */
import { button, h, setAttribute, setText } from "../shared/dom.js";
import { beyond, lawEditors, numberEditor, turner } from "../shared/editors.js";
import { LIMITS, best, swapped } from "./math.js";
import { story } from "./words.js";

export function createInspector(app, { turn, put, settle, notice }) {
  let chosen = 0;
  const name = h("span", { class: "kl-zoo-outcome" });
  const laws = lawEditors(app, () => chosen, put, notice);
  const guess = numberEditor("guess", {
    text: "tangent at t", paint: "r", min: 0.02, max: 12, step: 0.02,
    type(value, text) {
      put("guess", chosen, value);
      return beyond(value, text, "tangents", LIMITS.guess);
    },
    slide: (value) => put("guess", chosen, value), notice,
  });
  const alpha = numberEditor("alpha", {
    text: "α", paint: "r", min: -2, max: 3, step: 0.05, about: "Order of the alpha-divergence",
    type(value, text) {
      put("alpha", 0, value);
      return beyond(value, text, "orders", LIMITS.alpha, " Use f_divergence for others.");
    },
    slide: (value) => app.set({ alpha: value, generator: "alpha" }), notice,
  });
  const glide = (change) => () => {
    settle();
    app.set(change(app.state));
  };
  const level = button("Level at 1", "level", glide((state) => ({ level: !state.level })), { "aria-pressed": "false" });
  const words = h("p", { class: "kl-story" });

  return {
    element: h("div", { class: "kl-inspector", role: "group", "aria-label": "The chosen outcome and its tangent" },
      h("div", { class: "kl-inspector-row" },
        turner("outcome", name, turn), ...laws.elements, guess.element),
      words,
      h("div", { class: "kl-inspector-row" }, alpha.element,
        h("div", { class: "kl-tools" },
          button("Best tangents", "best", glide((state) => ({ guess: best(state) }))), level, button("Swap", "swap", glide(swapped))))),
    show(state, measured, i) {
      chosen = i;
      setText(name, state.labels[i]);
      laws.show(state);
      guess.label(`Where the tangent of ${state.labels[i]} touches`);
      guess.show(state.guess[i]);
      alpha.show(state.alpha);
      setAttribute(level, "aria-pressed", state.level);
      setText(words, story(state, measured, i));
    },
  };
}
