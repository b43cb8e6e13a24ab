/** The chosen category: how often it was observed, and the model's probability for it, to type; observations to add and remove. */
import { button, h, setAttribute, setText } from "../shared/dom.js";
import { beyond, numberEditor, turner, unlikeProbability } from "../shared/editors.js";
import { number } from "../shared/format.js";
import { most } from "../shared/probabilities.js";
import { HIGHEST } from "./math.js";

/** @param {import("../shared/app.js").App} app @param {Record<string, Function>} on */
export function createEditor(app, { turn, count, put, fit, notice }) {
  let chosen = 0;
  const editors = [
    numberEditor("n", {
      text: "n", ink: "p", paint: "p", min: 0, max: HIGHEST, step: 1,
      type(value, text) {
        const whole = Number.isInteger(value) && value >= 0;
        const left = app.state.counts.some((n, i) => i !== chosen && n > 0);
        count(chosen, whole ? value : NaN);
        if (!whole) return Number.isNaN(value) ? "" : "A count is a whole number from 0; nothing was changed.";
        return value === 0 && !left ? "One observation has to stay; 0 was read as 1." : beyond(value, text, "counts", [0, HIGHEST]);
      },
      slide: (value) => count(chosen, value), notice,
    }),
    numberEditor("q", {
      text: "q", ink: "q", paint: "q", min: 0, max: 1, step: 0.005,
      type(value, text) {
        put("q", chosen, value >= 0 ? value : NaN);
        return unlikeProbability(value, text);
      },
      slide: (value) => put("q", chosen, value), notice,
    }),
  ];
  const name = h("span", { class: "kl-category" });
  const by = (step) => () => count(chosen, app.state.counts[chosen] + step);
  const [fewer, more] = [["−", "remove", -1], ["+", "add", 1]].map(([sign, what, step]) => button(sign, `${what}-observation`, by(step), { class: "kl-button kl-round" }));
  editors[0].element.append(fewer, more);
  const story = h("p", { class: "kl-story" });
  return {
    element: h("div", { class: "kl-counts", role: "group", "aria-label": "The chosen category" },
      turner("category", name, turn), ...editors.map(({ element }) => element),
      button("Fit", "fit", fit, { class: "kl-button kl-push", "aria-label": "Fit: give Q the shares" }), story),
    show(state, measured, i) {
      chosen = i;
      const label = state.labels[i];
      setText(name, label);
      editors[0].label(`Observations of ${label}`);
      editors[0].show(state.counts[i]);
      editors[1].label(`Q of ${label}, a probability`, `Q of ${label}`);
      editors[1].upTo(most(state.q, i));
      editors[1].show(state.q[i]);
      for (const [element, what] of [[fewer, "Remove"], [more, "Add"]]) setAttribute(element, "aria-label", `${what} one observation of ${label}`);
      fewer.disabled = state.counts[i] === 0 || measured.n === 1;
      more.disabled = state.counts[i] >= HIGHEST;
      setText(story, tell(state, measured, i));
    },
  };
}

/** What the chosen category costs. */
function tell({ labels, counts, q, unit }, { n, losses, best }, i) {
  const seen = `“${labels[i]}” was observed ${counts[i]} of ${n} times`;
  if (counts[i] === 0) return `${seen}: it adds nothing to the loss${q[i] > 0 ? ", but takes probability from what was observed" : ""}.`;
  if (losses[i] === Infinity) return `${seen}, and Q rules it out: one such observation costs infinitely much.`;
  return `${seen}. Each costs ${number(losses[i], 3)} ${unit}; with Q = P it would cost ${number(best[i], 3)}.`;
}
