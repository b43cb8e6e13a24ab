/** Mean and standard deviation of the model, to type; and the buttons that add, remove and fit. */
import { button, h, numberField } from "../shared/dom.js";
import { FEWEST, LIMITS, MOST } from "./math.js";

const SHORT = { mean: "mean", std: "spread" };
const LONG = { mean: "Mean of the model Q", std: "Standard deviation of the model Q" };

/** @param {{put: Function, notice: Function, fit: () => void, add: () => void, remove: () => void}} on */
export function createEditors({ put, notice, fit, add, remove }) {
  const fields = ["mean", "std"].map((name) => {
    const [min, max] = LIMITS[name];
    const typed = numberField(LONG[name], { "data-kl-input": name }, (value, text) => {
      const nothing = name === "std" && value <= 0;
      put(name, nothing ? NaN : value);
      if (nothing) return "A spread is greater than 0; nothing was changed.";
      const taken = String(Math.min(max, Math.max(min, value))).replace("-", "−");
      return value < min || value > max ? `This picture shows ${SHORT[name]}s from ${String(min).replace("-", "−")} to ${max}; ${text} was read as ${taken}.` : "";
    }, notice);
    const range = h("input", { type: "range", class: "kl-range kl-range-q", min, max, step: 0.05, "aria-label": LONG[name], "data-kl-range": name, input: () => put(name, Number(range.value)) });
    return { name, typed, range, element: h("div", { class: "kl-edit" }, h("span", { class: "kl-edit-name", "aria-hidden": "true" }, SHORT[name]), typed.element, range) };
  });
  const [more, fewer] = [button("Add a point", "add-point", add), button("Remove one", "remove-point", remove)];
  return {
    element: h("div", { class: "kl-fit-row", role: "group", "aria-label": "Model and data" }, h("span", { class: "kl-ink-q", "aria-hidden": "true" }, "Q"),
      ...fields.map((field) => field.element), h("div", { class: "kl-fit-buttons" }, button("Fit", "fit", fit), more, fewer)),
    show(state) {
      for (const { name, typed, range } of fields) {
        typed.show(String(Number(state[name].toPrecision(6))));
        if (Number(range.value) !== state[name]) range.value = state[name];
      }
      more.disabled = state.data.length >= MOST;
      fewer.disabled = state.data.length <= FEWEST;
    },
  };
}
