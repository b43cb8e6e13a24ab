/** What the reader types or slides below a picture: a number with its short name, and the outcome that it belongs to. */
import { button, h, numberField, setAttribute } from "./dom.js";
import { most } from "./probabilities.js";

/**
 * A number to type, and for fingers to slide: both follow the state.
 * @param {string} name of data-kl-input and data-kl-range
 * @param {object} of
 * @param {string} of.text the short name before the field
 * @param {string} [of.ink] its colour: p, q or r
 * @param {string} of.paint the slider's colour
 * @param {number} of.min @param {number} of.max @param {number} of.step of the slider
 * @param {number} [of.digits] how many significant ones are shown
 * @param {string} [of.about] the accessible name of both, where it never changes
 * @param {(value: number, typed: string) => string} of.type take a number; if not as it was typed, say so in a sentence
 * @param {(value: number) => void} of.slide
 * @param {(sentence: string, input: ?HTMLInputElement) => void} of.notice
 */
export function numberEditor(name, { text, ink = "", paint, min, max, step, about = "", digits = 6, type, slide, notice }) {
  const typed = numberField(about, { "data-kl-input": name }, type, notice);
  const range = h("input", { type: "range", class: `kl-range kl-range-${paint}`, min, max, step, "aria-label": about || null, "data-kl-range": name, input: () => slide(Number(range.value)) });
  return {
    name,
    element: h("div", { class: "kl-edit" }, h("span", { class: `${ink && `kl-ink-${ink} `}kl-edit-name`, "aria-hidden": "true" }, text), typed.element, range),
    show(value) {
      typed.show(String(Number(value.toPrecision(digits))));
      const near = Math.max(Number(range.min), Math.min(Number(range.max), value)); // also of an infinite one
      if (Number(range.value) !== near) range.value = near;
    },
    /** The accessible names of field and slider. */
    label(field, slider = field) {
      setAttribute(typed.input, "aria-label", field);
      setAttribute(range, "aria-label", slider);
    },
    /** How far the slider goes; before the value is shown. */
    upTo(most, least = min) {
      setAttribute(range, "min", least);
      setAttribute(range, "max", most);
    },
    shut(is) { typed.input.disabled = range.disabled = is; },
  };
}

/** What is said of a typed value that is no probability; "" of one that is. */
export function unlikeProbability(value, text, what = "A probability") {
  if (value < 0) return `${what} lies between 0 and 1; nothing was changed.`;
  return value > 1 ? `${what} lies between 0 and 1; ${text} was read as 1.` : "";
}

/**
 * P and Q of the chosen outcome. `show` follows the state.
 * @param {import("./app.js").App} app @param {() => number} chosen @param {(which: string, i: number, value: number) => void} put
 */
export function lawEditors(app, chosen, put, notice) {
  const editors = ["p", "q"].map((which) => numberEditor(which, {
    text: which.toUpperCase(), ink: which, paint: which, min: 0, max: 1, step: 0.005,
    type(value, text) {
      put(which, chosen(), value >= 0 ? value : app.state[which][chosen()]);
      return unlikeProbability(value, text);
    },
    slide: (value) => put(which, chosen(), value), notice,
  }));
  return {
    elements: editors.map(({ element }) => element),
    show(state) {
      for (const editor of editors) {
        const about = `${editor.name.toUpperCase()} of ${state.labels[chosen()]}`;
        editor.label(`${about}, a probability`, about);
        editor.upTo(most(state[editor.name], chosen()));
        editor.show(state[editor.name][chosen()]);
      }
    },
  };
}

/** What is said of a typed value beyond what hands can reach. @param {string} what in the plural @param {[number, number]} limits */
export function beyond(value, text, what, [least, most], advice = "") {
  if (!(value < least || value > most)) return "";
  const [from, to, taken] = [least, most, value < least ? least : most].map((x) => String(x).replace("-", "−"));
  return `This picture shows ${what} from ${from} to ${to}; ${text} was read as ${taken}.${advice}`;
}

/** The chosen outcome's name, between the buttons that go to the one before it and the one after. @param {(by: number) => void} turn */
export const turner = (noun, name, turn) => h("div", { class: "kl-turn" },
  button("‹", `previous-${noun}`, () => turn(-1), { class: "kl-button kl-round", "aria-label": `Previous ${noun}` }), name,
  button("›", `next-${noun}`, () => turn(1), { class: "kl-button kl-round", "aria-label": `Next ${noun}` }));
