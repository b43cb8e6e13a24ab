/** Mean and standard deviation of the model, to type; and the buttons that add, remove and fit. */
import { button, h } from "../shared/dom.js";
import { beyond, numberEditor } from "../shared/editors.js";
import { FEWEST, LIMITS, MOST } from "./math.js";

const SHORT = { mean: "mean", std: "spread" };
const LONG = { mean: "Mean of the model Q", std: "Standard deviation of the model Q" };

/** @param {{put: Function, notice: Function, fit: () => void, add: () => void, remove: () => void}} on */
export function createEditors({ put, notice, fit, add, remove }) {
  const fields = ["mean", "std"].map((name) => numberEditor(name, {
    text: SHORT[name], paint: "q", min: LIMITS[name][0], max: LIMITS[name][1], step: 0.05, about: LONG[name],
    type(value, text) {
      const nothing = name === "std" && value <= 0;
      put(name, nothing ? NaN : value);
      return nothing ? "A spread is greater than 0; nothing was changed." : beyond(value, text, `${SHORT[name]}s`, LIMITS[name]);
    },
    slide: (value) => put(name, value), notice,
  }));
  const [more, fewer] = [button("Add a point", "add-point", add), button("Remove one", "remove-point", remove)];
  return {
    element: h("div", { class: "kl-fit-row", role: "group", "aria-label": "Model and data" }, h("span", { class: "kl-ink-q", "aria-hidden": "true" }, "Q"),
      ...fields.map((field) => field.element), h("div", { class: "kl-fit-buttons" }, button("Fit", "fit", fit), more, fewer)),
    show(state) {
      for (const field of fields) field.show(state[field.name]);
      more.disabled = state.data.length >= MOST;
      fewer.disabled = state.data.length <= FEWEST;
    },
  };
}
