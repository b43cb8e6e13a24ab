/** Mean and standard deviation of both laws, to type; on touch screens with a roomy slider each. */
import { h, numberField } from "../shared/dom.js";
import { LIMITS } from "./math.js";

const SHORT = { mean: "mean", std: "spread" };
const LONG = { mean: "Mean", std: "Standard deviation" };

/** @param {(name: string, value: number) => void} put @param {(sentence: string, input: ?HTMLInputElement) => void} notice */
export function createEditors(put, notice) {
  const fields = ["p", "q"].flatMap((which) => ["mean", "std"].map((kind) => {
    const name = `${kind}_${which}`;
    const about = `${LONG[kind]} of ${which.toUpperCase()}`;
    const [min, max] = LIMITS[kind];
    const typed = numberField(about, { "data-kl-input": name }, (value, text) => {
      const nothing = kind === "std" && value <= 0;
      put(name, nothing ? NaN : value);
      if (nothing) return "A spread is greater than 0; nothing was changed.";
      const taken = String(Math.min(max, Math.max(min, value))).replace("-", "−");
      return value < min || value > max ? `This picture shows ${SHORT[kind]}s from ${String(min).replace("-", "−")} to ${max}; ${text} was read as ${taken}. Use gaussian_kl for others.` : "";
    }, notice);
    const range = h("input", { type: "range", class: `kl-range kl-range-${which}`, min, max, step: 0.05, "aria-label": about, "data-kl-range": name, input: () => put(name, Number(range.value)) });
    return { name, which, typed, range, element: h("div", { class: "kl-edit" }, h("span", { class: "kl-edit-name", "aria-hidden": "true" }, SHORT[kind]), typed.element, range) };
  }));
  const group = (which) => h("div", { class: "kl-law" }, h("span", { class: `kl-ink-${which}`, "aria-hidden": "true" }, which.toUpperCase()), ...fields.filter((field) => field.which === which).map((field) => field.element));
  return {
    element: h("div", { class: "kl-laws", role: "group", "aria-label": "Means and standard deviations" }, group("p"), group("q")),
    show(state) {
      for (const { name, typed, range } of fields) {
        typed.show(String(state[name]));
        if (Number(range.value) !== state[name]) range.value = state[name];
      }
    },
  };
}
