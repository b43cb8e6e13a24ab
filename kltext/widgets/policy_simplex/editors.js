/** What the reader types: of the chosen action its old probability, advantage and samples; and ε, δ, β, the step size and how many steps. */
import { button, h, setText } from "../shared/dom.js";
import { beyond, numberEditor, turner, unlikeProbability } from "../shared/editors.js";
import { LIMITS } from "./math.js";

const ACTION = [["old", "π_old", "p", 0.005], ["advantages", "A", "r", 0.05], ["counts", "drawn", "q", 1]];
const SAID = { old: "old probability", advantages: "advantage", counts: "number of samples" };
const RULES = [
  ["epsilon", "ε", 0.01, "Epsilon, half the width of the clip band"],
  ["delta", "δ", 0.005, "Delta, radius of the KL ball and target of the adaptive coefficient, in nats"],
  ["beta", "β", 0.05, "Beta, the coefficient of the KL penalty"],
  ["rate", "η", 0.05, "Step size"],
  ["steps", "steps", 1, "Number of gradient steps"],
];
const SLIDES = { delta: 0.5, beta: 10, rate: 10 }; // how far the sliders go

/**
 * @param {object} on
 * @param {(by: number) => void} on.turn @param {(which: string, i: number, value: number) => void} on.action @param {(name: string, value: number) => void} on.rule
 * @param {() => object} on.state @param {(by: number) => void} on.draw one sample more or less of the chosen action
 */
export function createEditors({ turn, action, rule, state, draw, notice }) {
  let chosen = 0;
  const name = h("span", { class: "kl-policy-action" });
  const whole = (value, typed, what) => (Number.isInteger(value) || Number.isNaN(value) ? "" : `A number of ${what} is whole; ${typed} was read as ${Math.round(value)}.`);
  const three = ACTION.map(([which, text, ink, step]) => numberEditor(which, {
    text, ink: which === "old" ? ink : "", paint: ink, min: LIMITS[which][0], max: LIMITS[which][1], step,
    type(value, typed) {
      action(which, chosen, value);
      if (which === "old") return value > 0 && value < LIMITS.old[0] ? beyond(value, typed, "old probabilities", LIMITS.old) : unlikeProbability(value, typed);
      if (which === "counts" && Math.round(value) !== state().counts[chosen] && value < 1) return "One sample must remain; nothing was changed.";
      return beyond(value, typed, which === "counts" ? "samples" : "advantages", LIMITS[which]) || (which === "counts" ? whole(value, typed, "samples") : "");
    },
    slide: (value) => action(which, chosen, value), notice,
  }));
  three[2].element.classList.add("kl-policy-drawn");
  const five = RULES.map(([which, text, step, about]) => numberEditor(which, {
    text, paint: "p", min: LIMITS[which][0], max: SLIDES[which] ?? LIMITS[which][1], step, about, digits: 15,
    type(value, typed) {
      rule(which, value);
      return beyond(value, typed, "values", LIMITS[which]) || (which === "steps" ? whole(value, typed, "steps") : "");
    },
    slide: (value) => rule(which, value), notice,
  }));
  const round = (sign, word, by) => button(sign, `${word}-samples`, () => draw(by), { class: "kl-button kl-round", "aria-label": `One sample ${word}` });
  const group = (label, ...parts) => h("div", { class: "kl-policy-fields", role: "group", "aria-label": label }, ...parts);
  return {
    element: h("div", {},
      group("The chosen action", turner("action", name, turn), ...three.map(({ element }) => element),
        h("div", { class: "kl-policy-more" }, round("−", "fewer", -1), round("+", "more", 1))),
      group("The update", ...five.map(({ element }) => element))),
    show(now, i) {
      chosen = i;
      setText(name, now.labels[i]);
      for (const editor of three) {
        editor.label(`${SAID[editor.name]} of ${now.labels[i]}`);
        editor.show(now[editor.name][i]);
      }
      for (const editor of five) {
        editor.upTo(Math.max(SLIDES[editor.name] ?? LIMITS[editor.name][1], now[editor.name]));
        editor.show(now[editor.name]);
      }
    },
  };
}
