/** The chosen answer's probabilities and reward to type, the price to type, and buttons that take the optimum or the reference. */
import { button, h, numberField, setText } from "../shared/dom.js";
import { beyond, numberEditor, turner, unlikeProbability } from "../shared/editors.js";
import { most, tidy, withProbability } from "../shared/probabilities.js";
import { CHEAPEST, LIMIT, priceOf, tilt } from "./math.js";
import { story } from "./words.js";

/** The optimum in six digits; what rounding leaves over goes to its largest part. */
function optimum(state) {
  const law = tilt(state.reference, state.reward, priceOf(state)).law.map(tidy);
  const largest = law.indexOf(Math.max(...law));
  return withProbability(law, largest, 1 - law.reduce((total, mass, i) => (i === largest ? total : total + mass), 0)).map((mass, i) => (i === largest ? mass : law[i]));
}

export function createInspector(app, { turn, put, settle, notice }) {
  let chosen = 0;
  const name = h("span", { class: "kl-tilt-answer" });
  const laws = [["policy", "yours", "p", "Your policy"], ["reference", "ref.", "q", "The reference"]].map(([which, text, ink, spoken]) => ({
    which, spoken,
    editor: numberEditor(which, {
      text, ink, paint: ink, min: 0, max: 1, step: 0.005,
      type(value, typed) {
        put(which, chosen, value >= 0 ? value : app.state[which][chosen]);
        return unlikeProbability(value, typed);
      },
      slide: (value) => put(which, chosen, value), notice,
    }),
  }));
  const reward = numberEditor("reward", {
    text: "reward", ink: "r", paint: "r", min: -LIMIT, max: LIMIT, step: 0.05,
    type(value, typed) {
      put("reward", chosen, value);
      return beyond(value, typed, "rewards", [-LIMIT, LIMIT]);
    },
    slide: (value) => put("reward", chosen, value), notice,
  });
  const beta = numberField("Price β of a nat, from 0.02 to Infinity", { "data-kl-input": "beta" }, (value, typed) => {
    app.set(value > 0 ? { beta: String(Math.max(CHEAPEST, value)) } : {});
    if (Number.isNaN(value) || value >= CHEAPEST) return "";
    return value > 0 ? `This picture shows prices from 0.02 on; ${typed} was read as 0.02.` : "A price is positive; nothing was changed.";
  }, notice);
  const take = (text, action, of) => button(text, action, () => {
    settle();
    app.set({ policy: of(app.state) });
  });
  const words = h("p", { class: "kl-story" });

  return {
    element: h("div", { class: "kl-inspector", role: "group", "aria-label": "The chosen answer, and the price" },
      h("div", { class: "kl-inspector-row" },
        turner("outcome", name, turn), ...laws.map(({ editor }) => editor.element), reward.element,
        h("div", { class: "kl-edit" }, h("span", { class: "kl-edit-name kl-note", "aria-hidden": "true" }, "β"), beta.element),
        h("div", { class: "kl-tools" }, take("Take the optimum", "optimum", optimum), take("Take the reference", "reference", (state) => state.reference))),
      words),
    show(state, i) {
      chosen = i;
      setText(name, state.labels[i]);
      for (const { which, spoken, editor } of laws) {
        const about = `${spoken} for ${state.labels[i]}`;
        editor.label(`${about}, a probability`, about);
        editor.upTo(most(state[which], i));
        editor.show(state[which][i]);
      }
      reward.label(`Reward of ${state.labels[i]}`);
      reward.show(state.reward[i]);
      beta.show(state.beta);
      setText(words, story(state, i));
    },
  };
}
