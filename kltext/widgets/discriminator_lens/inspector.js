/** The place under the lens: its two probabilities and D to type, and what D misses there; and two ready-made D. */
import { button, h, numberField, setAttribute, setText } from "../shared/dom.js";
import { most } from "../shared/probabilities.js";
import { best } from "./math.js";
import { story } from "./view.js";

const NAMES = { p: "P", q: "Q", d: "D" };
const ABOUT = { p: "Data", q: "Generator", d: "D" };

export function createInspector(app, { choose, put, settle, notice }) {
  let chosen = 0;
  const turn = (by) => () => choose((chosen + by + app.state.p.length) % app.state.p.length);
  /** Take a typed probability; says what was wrong with it. */
  function take(which, value, text) {
    put(which, chosen, value >= 0 ? value : app.state[which][chosen]);
    if (value < 0) return `${which === "d" ? "D" : "A probability"} lies between 0 and 1; nothing was changed.`;
    return value > 1 ? `${which === "d" ? "D" : "A probability"} lies between 0 and 1; ${text} was read as 1.` : "";
  }
  const name = h("span", { class: "kl-place" });
  const editors = Object.fromEntries(Object.keys(NAMES).map((which) => {
    const typed = numberField("", { "data-kl-input": which }, (value, text) => take(which, value, text), notice);
    const range = h("input", { type: "range", class: `kl-range kl-range-${which}`, min: 0, max: 1, step: 0.005, "data-kl-range": which, input: () => put(which, chosen, Number(range.value)) });
    return [which, { typed, range, element: h("div", { class: "kl-edit" }, h("span", { class: `kl-ink-${which === "d" ? "r" : which} kl-edit-name`, "aria-hidden": "true" }, NAMES[which]), typed.element, range) }];
  }));
  const change = (d) => () => {
    settle();
    app.set({ d: d(app.state) });
  };
  const ideal = button("Take D*", "best-discriminator", change(({ p, q, d }) => p.map((a, i) => (a + q[i] > 0 ? best(a, q[i]) : d[i]))));
  const coin = button("All ½", "coin", change(({ d }) => d.map(() => 0.5)));
  const words = h("p", { class: "kl-story" });

  return {
    element: h("div", { class: "kl-inspector kl-lens", role: "group", "aria-label": "The chosen place" },
      h("div", { class: "kl-inspector-row" },
        h("div", { class: "kl-turn" }, button("‹", "previous-place", turn(-1), { class: "kl-button kl-round", "aria-label": "Previous place" }), name,
          button("›", "next-place", turn(1), { class: "kl-button kl-round", "aria-label": "Next place" })),
        ...Object.values(editors).map(({ element }) => element),
        h("div", { class: "kl-tools" }, ideal, coin)),
      words),
    show(state, measured, i) {
      chosen = i;
      setText(name, `place ${i}`);
      for (const which of Object.keys(NAMES)) {
        const { typed, range } = editors[which];
        const value = state[which][i];
        typed.show(String(Number(value.toPrecision(6))));
        setAttribute(typed.input, "aria-label", `${ABOUT[which]} at place ${i}, a probability`);
        setAttribute(range, "aria-label", `${ABOUT[which]} at place ${i}`);
        if (which !== "d") setAttribute(range, "max", most(state[which], i));
        if (Number(range.value) !== value) range.value = value;
      }
      setText(words, story(state, measured, i));
    },
  };
}
