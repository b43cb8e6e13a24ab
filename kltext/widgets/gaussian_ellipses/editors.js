/** Tilt, spreads and mean of both laws, to type. */
import { h, numberField } from "../shared/dom.js";
import { beyond } from "../shared/editors.js";
import { LIMITS } from "./math.js";

/** Of each law: the part, its short name, and what its numbers are called aloud. */
const PARTS = [
  ["angle", "tilt °", ["Tilt in degrees"]],
  ["axes", "spreads", ["Spread along the first axis", "Spread along the second axis"]],
  ["mean", "mean", ["First coordinate of the mean", "Second coordinate of the mean"]],
];
/** What is said of a typed number that is not taken as it is. */
function complaint(part, value, typed) {
  if (part === "axes" && value <= 0) return "A spread is greater than 0; nothing was changed.";
  return beyond(value, typed, { angle: "tilts", axes: "spreads", mean: "means" }[part], LIMITS[part], " Use mvn_kl for others.");
}

/** @param {(which: string, part: string, i: number, value: number) => void} put @param {(sentence: string, input: ?HTMLInputElement) => void} notice */
export function createEditors(put, notice) {
  const fields = [];
  const field = (which, part, about, i) => {
    const typed = numberField(`${about} of ${which.toUpperCase()}`, { "data-kl-input": `${part}_${which}${part === "angle" ? "" : `:${i}`}` }, (value, text) => {
      put(which, part, i, part === "axes" && value <= 0 ? NaN : value);
      return complaint(part, value, text);
    }, notice);
    fields.push({ typed, read: (state) => (part === "angle" ? state[`angle_${which}`] : state[`${part}_${which}`][i]) });
    return typed.element;
  };
  const row = (which) => h("div", { class: "kl-normal" }, h("span", { class: `kl-ink-${which}`, "aria-hidden": "true" }, which.toUpperCase()),
    ...PARTS.map(([part, short, long]) => h("div", { class: "kl-edit" }, h("span", { class: "kl-edit-name", "aria-hidden": "true" }, short), ...long.map((about, i) => field(which, part, about, i)))));
  return {
    element: h("div", { class: "kl-normals", role: "group", "aria-label": "Tilts, spreads and means" }, row("p"), row("q")),
    show(state) {
      for (const { typed, read } of fields) typed.show(String(Number(read(state).toPrecision(5))));
    },
  };
}
