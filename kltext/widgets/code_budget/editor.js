/** The chosen outcome: its two probabilities to type, its place in the code, and the button for other symbols. */
import { button, h, numberField, setText } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { length } from "./math.js";

export function createEditor(app, { choose, put, notice, resample }) {
  let chosen = 0;
  const turn = (by) => () => choose((chosen + by + app.state.p.length) % app.state.p.length);
  function take(which, value, text) {
    put(which, chosen, value >= 0 ? value : NaN);
    if (value < 0) return "A probability lies between 0 and 1; nothing was changed.";
    return value > 1 ? `A probability lies between 0 and 1; ${text} was read as 1.` : "";
  }
  const fields = ["p", "q"].map((which) => {
    const typed = numberField("", { "data-kl-input": which }, (value, text) => take(which, value, text), notice);
    const range = h("input", { type: "range", class: `kl-range kl-range-${which}`, min: 0, max: 1, step: 0.005, "data-kl-range": which, input: () => put(which, chosen, Number(range.value)) });
    return { which, typed, range, element: h("div", { class: "kl-edit" }, h("span", { class: `kl-ink-${which}`, "aria-hidden": "true" }, which), typed.element, range) };
  });
  const name = h("span", { class: "kl-budget-name" });
  const word = h("p", { class: "kl-story" });
  return {
    element: h("div", { class: "kl-budget-row", role: "group", "aria-label": "The chosen outcome" },
      h("div", { class: "kl-turn" }, button("‹", "previous-outcome", turn(-1), { class: "kl-button kl-round", "aria-label": "Previous outcome" }), name,
        button("›", "next-outcome", turn(1), { class: "kl-button kl-round", "aria-label": "Next outcome" })),
      ...fields.map((field) => field.element), button("Other symbols", "new-sample", resample, { class: "kl-button kl-push" }), word),
    show(state, { contributions }, now) {
      chosen = now;
      const label = state.labels[now];
      setText(name, label);
      for (const { which, typed, range } of fields) {
        const about = `${which === "p" ? "P" : "Q"} of ${label}`;
        for (const element of [typed.input, range]) if (element.getAttribute("aria-label") !== about) element.setAttribute("aria-label", about);
        typed.show(String(Number(state[which][now].toPrecision(6))));
        if (Number(range.value) !== state[which][now]) range.value = state[which][now];
      }
      const [own, given] = [state.p[now], state.q[now]].map((value) => number(length(value, state.unit), 3));
      const share = contributions[now];
      setText(word, state.p[now] === 0 ? `“${label}” never occurs: its word of ${given} ${state.unit} costs budget and is never sent.`
        : `“${label}” has a word of ${given} ${state.unit}${share === 0 ? ", " : "; "}${share === 0 ? "as its own would have." : `its own would have ${own}. This ${share < 0 ? "saves" : "costs"} ${number(Math.abs(share), 3)} per symbol sent.`}`);
    },
  };
}
