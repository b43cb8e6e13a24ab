/** Which image, a blank page, and the two latents to type and to slide. */
import { button, h, setText } from "../shared/dom.js";
import { beyond, numberEditor, turner } from "../shared/editors.js";
import { HALF } from "./math.js";

/** @param {{turn: (by: number) => void, clear: () => void, place: (i: number, value: number) => void, notice: Function}} on */
export function createEditors({ turn, clear, place, notice }) {
  const name = h("span", { class: "kl-vae-which" });
  const editors = [0, 1].map((i) => numberEditor(`z${i + 1}`, {
    text: `z${"₁₂"[i]}`, paint: "r", min: -HALF, max: HALF, step: 0.05, digits: 4, about: `Latent ${i + 1} that is decoded`,
    type(value, typed) {
      place(i, value);
      return beyond(value, typed, "latents", [-HALF, HALF]);
    },
    slide: (value) => place(i, value), notice,
  }));
  return {
    element: h("div", { class: "kl-vae-fields" }, turner("image", name, turn), button("Blank page", "clear", clear), ...editors.map(({ element }) => element)),
    show(text, values) {
      setText(name, text);
      editors.forEach((editor, i) => editor.show(values[i]));
    },
  };
}
