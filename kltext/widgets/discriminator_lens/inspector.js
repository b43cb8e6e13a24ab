/** The place under the lens: its two probabilities and D to type, and what D misses there; and two ready-made D. */
import { best } from "../shared/discriminator.js";
import { button, h, setText } from "../shared/dom.js";
import { numberEditor, turner, unlikeProbability } from "../shared/editors.js";
import { most } from "../shared/probabilities.js";
import { story } from "./view.js";

const NAMES = { p: "P", q: "Q", d: "D" };
const ABOUT = { p: "Data", q: "Generator", d: "D" };

export function createInspector(app, { turn, put, settle, notice }) {
  let chosen = 0;
  const name = h("span", { class: "kl-place" });
  const editors = Object.keys(NAMES).map((which) => numberEditor(which, {
    text: NAMES[which], ink: which === "d" ? "r" : which, paint: which, min: 0, max: 1, step: 0.005,
    type(value, text) {
      put(which, chosen, value >= 0 ? value : app.state[which][chosen]);
      return unlikeProbability(value, text, which === "d" ? "D" : "A probability");
    },
    slide: (value) => put(which, chosen, value), notice,
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
        turner("place", name, turn), ...editors.map(({ element }) => element),
        h("div", { class: "kl-tools" }, ideal, coin)),
      words),
    show(state, measured, i) {
      chosen = i;
      setText(name, `place ${i}`);
      for (const editor of editors) {
        const values = state[editor.name];
        const about = `${ABOUT[editor.name]} at place ${i}`;
        editor.label(`${about}, a probability`, about);
        if (editor.name !== "d") editor.upTo(most(values, i));
        editor.show(values[i]);
      }
      setText(words, story(state, measured, i));
    },
  };
}
