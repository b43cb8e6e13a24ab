/** Natural parameter and mean of both laws, to type; and the buttons that swap P and Q and show the other gap. */
import { button, h, setAttribute } from "../shared/dom.js";
import { beyond, numberEditor } from "../shared/editors.js";
import { FAMILIES } from "./math.js";

const KINDS = { natural: { text: "θ", long: "Natural parameter", what: "θ" }, mean: { text: "mean", long: "Mean", what: "means" } };

/** @param {{put: (which: string, kind: string, value: number) => void, family: () => string, notice: Function, swap: () => void, both: () => void}} on */
export function createEditors({ put, family, notice, swap, both }) {
  const fields = ["p", "q"].flatMap((which) => Object.entries(KINDS).map(([kind, { text, long, what }]) => {
    const limits = () => FAMILIES[family()].reach[kind];
    const editor = numberEditor(`${kind}_${which}`, {
      text, paint: which, min: limits()[0], max: limits()[1], step: 0.01, about: `${long} of ${which.toUpperCase()}`, digits: 5,
      type(value, typed) {
        put(which, kind, value);
        return beyond(value, typed, what, limits(), " Use BregmanGap for others.");
      },
      slide: (value) => put(which, kind, value), notice,
    });
    return { ...editor, which, kind };
  }));
  const group = (which) => h("div", { class: "kl-law" }, h("span", { class: `kl-ink-${which}`, "aria-hidden": "true" }, which.toUpperCase()), ...fields.filter((field) => field.which === which).map((field) => field.element));
  const other = button("Show both gaps", "both", both, { "aria-pressed": "false" });
  return {
    element: h("div", { class: "kl-laws", role: "group", "aria-label": "Parameters of P and Q" }, group("p"), group("q"),
      h("div", { class: "kl-bregman-buttons" }, button("Swap P and Q", "swap", swap), other)),
    /** @param {{family: string, both: boolean}} state @param {{p: object, q: object}} laws */
    show(state, laws) {
      for (const field of fields) {
        const [least, most] = FAMILIES[state.family].reach[field.kind];
        field.upTo(most, least);
        field.show(field.kind === "mean" ? laws[field.which].mean : laws[field.which].theta);
      }
      setAttribute(other, "aria-pressed", state.both);
    },
  };
}
