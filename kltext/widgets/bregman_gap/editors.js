/** Natural parameter and mean of both laws, to type; and the buttons that swap P and Q and show the other gap. */
import { button, h, numberField, setAttribute } from "../shared/dom.js";
import { FAMILIES } from "./math.js";

const KINDS = { natural: ["θ", "Natural parameter"], mean: ["mean", "Mean"] };
const written = (x) => String(Number(Math.abs(x) < 1e-3 ? x.toPrecision(3) : x.toFixed(4))).replace("Infinity", "∞").replace("-∞", "−∞");

/** @param {{put: (which: string, kind: string, value: number) => void, family: () => string, notice: Function, swap: () => void, both: () => void}} on */
export function createEditors({ put, family, notice, swap, both }) {
  const fields = ["p", "q"].flatMap((which) => Object.entries(KINDS).map(([kind, [short, long]]) => {
    const about = `${long} of ${which.toUpperCase()}`;
    const typed = numberField(about, { "data-kl-input": `${kind}_${which}` }, (value, text) => {
      put(which, kind, value);
      const [least, most] = FAMILIES[family()].reach[kind];
      const taken = written(Math.min(most, Math.max(least, value))).replace("-", "−");
      return value < least || value > most ? `Here ${kind === "mean" ? "means go" : "θ goes"} from ${written(least).replace("-", "−")} to ${written(most).replace("-", "−")}; ${text} was read as ${taken}. Use BregmanGap for others.` : "";
    }, notice);
    const range = h("input", { type: "range", class: `kl-range kl-range-${which}`, step: 0.01, "aria-label": about, "data-kl-range": `${kind}_${which}`, input: () => put(which, kind, Number(range.value)) });
    return { which, kind, typed, range, element: h("div", { class: "kl-edit" }, h("span", { class: "kl-edit-name", "aria-hidden": "true" }, short), typed.element, range) };
  }));
  const group = (which) => h("div", { class: "kl-law" }, h("span", { class: `kl-ink-${which}`, "aria-hidden": "true" }, which.toUpperCase()), ...fields.filter((field) => field.which === which).map((field) => field.element));
  const other = button("Show both gaps", "both", both, { "aria-pressed": "false" });
  return {
    element: h("div", { class: "kl-laws", role: "group", "aria-label": "Parameters of P and Q" }, group("p"), group("q"),
      h("div", { class: "kl-bregman-buttons" }, button("Swap P and Q", "swap", swap), other)),
    /** @param {{family: string, both: boolean}} state @param {{p: object, q: object}} laws */
    show(state, laws) {
      for (const { which, kind, typed, range } of fields) {
        const value = kind === "mean" ? laws[which].mean : laws[which].theta;
        typed.show(written(value));
        const [least, most] = FAMILIES[state.family].reach[kind];
        setAttribute(range, "min", least);
        setAttribute(range, "max", most);
        const near = Math.min(most, Math.max(least, value));
        if (Number(range.value) !== near) range.value = near;
      }
      setAttribute(other, "aria-pressed", state.both);
    },
  };
}
