/** ρ, A and ε to type and to slide, and the six cases to go to. */
import { button, h, setAttribute } from "../shared/dom.js";
import { beyond, numberEditor } from "../shared/editors.js";
import { DEAD, LIMITS } from "./math.js";

const FIELDS = [
  ["ratio", "ρ", "q", 0.01, "Probability ratio", "ratios"],
  ["advantage", "A", "r", 0.05, "Advantage", "advantages"],
  ["epsilon", "ε", "p", 0.01, "Epsilon, half the width of the clip band", "half-widths"],
];
const ROWS = [["A > 0", ["pulled up", "pushed up", "gradient 0"]], ["A < 0", ["gradient 0", "pushed down", "pulled down"]]];
const COLUMNS = ["ρ < 1−ε", "in the band", "ρ > 1+ε"];

/**
 * @param {(name: string, value: number) => void} put
 * @param {(wanted: number) => void} go show a state of that case
 * @param {(sentence: string, input: ?HTMLInputElement) => void} notice
 */
export function createEditors(put, go, notice) {
  const editors = FIELDS.map(([name, text, paint, step, about, what]) => numberEditor(name, {
    text, ink: paint === "q" ? "q" : "", paint, min: LIMITS[name][0], max: LIMITS[name][1], step, about, digits: 15,
    type(value, typed) {
      put(name, value);
      return beyond(value, typed, what, LIMITS[name], " Use ppo_clip_objective for others.");
    },
    slide: (value) => put(name, value), notice,
  }));
  const buttons = [1, 2, 3, 4, 5, 6].map((n) => {
    const [sign, words] = ROWS[n < 4 ? 0 : 1];
    const [column, said] = [(n - 1) % 3, words[(n - 1) % 3]];
    return button("", `case-${n}`, () => go(n), { class: `kl-button kl-clip-go${DEAD.includes(n) ? " kl-clip-go-dead" : ""}`, "aria-label": `${n} ${said}: ${sign}, ${COLUMNS[column]}` });
  });
  buttons.forEach((one, i) => one.append(h("b", {}, String(i + 1)), ` ${ROWS[i < 3 ? 0 : 1][1][i % 3]}`));
  const head = (text) => h("span", { class: "kl-clip-head", "aria-hidden": "true" }, text);
  const table = h("div", { class: "kl-clip-cases", role: "group", "aria-label": "The six cases" },
    head(""), ...COLUMNS.map(head), head(ROWS[0][0]), ...buttons.slice(0, 3), head(ROWS[1][0]), ...buttons.slice(3));
  return {
    element: h("div", {}, h("div", { class: "kl-clip-fields", role: "group", "aria-label": "The sample and the clip" }, ...editors.map(({ element }) => element)), table),
    show(state, now, far) {
      editors.forEach((editor) => {
        if (editor.name === "ratio") editor.upTo(far);
        editor.show(state[editor.name]);
      });
      buttons.forEach((one, i) => setAttribute(one, "aria-pressed", String(i + 1 === now)));
    },
  };
}
