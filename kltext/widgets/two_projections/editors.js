/** The modes of P and the start, to type; weight and separation to slide as well. */
import { h } from "../shared/dom.js";
import { beyond, numberEditor } from "../shared/editors.js";
import { LIMITS, separation } from "./math.js";

/** Of each group: its title and ink, and its fields: name, kind of limit, short name, accessible name, what its numbers are in the plural. */
const GROUPS = [
  ["mode 1", "p", [["mean_1", "mean", "mean", "Mean of P’s first mode", "means"], ["std_1", "std", "spread", "Standard deviation of P’s first mode", "spreads"]]],
  ["mode 2", "p", [["mean_2", "mean", "mean", "Mean of P’s second mode", "means"], ["std_2", "std", "spread", "Standard deviation of P’s second mode", "spreads"]]],
  ["", "p", [["weight", "weight", "weight of 1", "Weight of P’s first mode", "weights"], ["separation", "separation", "separation", "Separation of the modes", "separations"]]],
  ["start", "q", [["start_mean", "start_mean", "mean", "Mean at the start", "means"], ["start_std", "start_std", "spread", "Standard deviation at the start", "spreads"]]],
];

/** @param {(name: string, value: number) => void} put @param {(sentence: string, input: ?HTMLInputElement) => void} notice */
export function createEditors(put, notice) {
  const fields = [];
  const field = (ink, [name, limit, text, about, plural]) => {
    const [min, max] = LIMITS[limit];
    const editor = numberEditor(name, {
      text, paint: ink, min, max, step: limit === "weight" ? 0.01 : 0.05, about, digits: 6,
      type(value, typed) {
        const nothing = limit.endsWith("std") && value <= 0;
        put(name, nothing ? NaN : value);
        return nothing ? "A spread is greater than 0; nothing was changed." : beyond(value, typed, plural, LIMITS[limit], " Use i_projection for others.");
      },
      slide: (value) => put(name, value), notice,
    });
    fields.push(editor);
    return editor.element;
  };
  const group = ([title, ink, names]) => h("div", { class: `kl-law${title ? "" : " kl-always"}` }, title ? h("span", { class: `kl-ink-${ink}`, "aria-hidden": "true" }, title) : null, ...names.map((each) => field(ink, each)));
  return {
    element: h("div", { class: "kl-laws", role: "group", "aria-label": "The mixture P and the start of the reverse fit" }, ...GROUPS.map(group)),
    show: (state) => fields.forEach((each) => each.show(each.name === "separation" ? separation(state) : state[each.name])),
  };
}
