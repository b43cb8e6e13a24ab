/** Mean and standard deviation of both laws, to type; on touch screens with a roomy slider each. */
import { h } from "../shared/dom.js";
import { beyond, numberEditor } from "../shared/editors.js";
import { LIMITS } from "./math.js";

const SHORT = { mean: "mean", std: "spread" };
const LONG = { mean: "Mean", std: "Standard deviation" };

/** @param {(name: string, value: number) => void} put @param {(sentence: string, input: ?HTMLInputElement) => void} notice */
export function createEditors(put, notice) {
  const fields = ["p", "q"].flatMap((which) => ["mean", "std"].map((kind) => {
    const name = `${kind}_${which}`;
    const [min, max] = LIMITS[kind];
    const editor = numberEditor(name, {
      text: SHORT[kind], paint: which, min, max, step: 0.05, about: `${LONG[kind]} of ${which.toUpperCase()}`, digits: 17,
      type(value, text) {
        const nothing = kind === "std" && value <= 0;
        put(name, nothing ? NaN : value);
        if (nothing) return "A spread is greater than 0; nothing was changed.";
        return beyond(value, text, `${SHORT[kind]}s`, LIMITS[kind], " Use gaussian_kl for others.");
      },
      slide: (value) => put(name, value), notice,
    });
    return { ...editor, which };
  }));
  const group = (which) => h("div", { class: "kl-law" }, h("span", { class: `kl-ink-${which}`, "aria-hidden": "true" }, which.toUpperCase()), ...fields.filter((field) => field.which === which).map((field) => field.element));
  return {
    element: h("div", { class: "kl-laws", role: "group", "aria-label": "Means and standard deviations" }, group("p"), group("q")),
    show: (state) => fields.forEach((field) => field.show(state[field.name])),
  };
}
