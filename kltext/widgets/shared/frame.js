/**
 * The frame all pictures share: choices above, the stage with its numbers beside or below it, the reader's own values,
 * the formula with the numbers in it, a sentence that says the result, and what can be copied.
 */
import { announcer, button, copyButton, h, menu, readouts, setAttribute, setText } from "./dom.js";
import { number } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";
const SETTLE = 320;

/** P blue and Q orange inside a symbol such as D(P‖Q). @returns {Node[]} */
export const coloured = (symbol) =>
  symbol.split(/([PQ])/).filter(Boolean).map((part) => (part === "P" || part === "Q" ? h("span", { class: `kl-ink-${part.toLowerCase()}` }, part) : document.createTextNode(part)));

/** The six numbers of every pair of distributions: name, symbol, meaning. */
export const NUMBERS = [
  ["kl_pq", "D(P‖Q)", "KL divergence"],
  ["kl_qp", "D(Q‖P)", "the other direction"],
  ["entropy_p", "H(P)", "entropy"],
  ["cross_entropy_pq", "H(P,Q)", "cross-entropy"],
  ["js", "JS(P,Q)", "Jensen–Shannon"],
  ["tv", "TV(P,Q)", "total variation"],
];

/**
 * @param {import("./app.js").App} app
 * @param {object} parts
 * @param {string} parts.title accessible name of the whole widget
 * @param {string} parts.stage accessible name of the picture
 * @param {{name: string}[]} parts.presets named states
 * @param {HTMLElement[]} parts.choices further controls above the picture
 * @param {HTMLElement} parts.values where the reader types
 * @param {boolean} [parts.first] whether that stands above the picture, for it is what the reader does
 * @param {(state: object) => string} parts.python
 * @param {string} parts.rule one sentence on what moving does
 * @param {string[][]} [parts.numbers] the numbers shown, each [name, symbol, meaning]; the six of a pair unless given
 * @param {Record<string, string>} [parts.meanings] names that differ from the usual ones
 */
export function frame(app, { title, stage: name, presets, choices, values, first = false, python, rule, numbers: rows = NUMBERS, meanings = {} }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", name);
  const stage = h("div", { class: "kl-stage" }, svg);
  const live = announcer(app.signal);
  const examples = menu("Examples", presets.map((preset) => preset.name), (i) => {
    const { name: _, ...patch } = presets[i];
    settle();
    app.set(patch);
  });
  const numbers = readouts(rows.map(([id, symbol, meaning]) => [id, h("span", {}, ...coloured(symbol)), meanings[id] ?? meaning]), (x) => number(x));
  const split = twoPartBar();
  const formula = h("p", { class: "kl-formula" });
  const sentence = h("p", { class: "kl-sentence" });
  const result = h("div", { class: "kl-result" }, formula, sentence);
  const warning = h("span", { class: "kl-notice", id: `${app.uid}-notice`, "aria-live": "polite", "data-kl-notice": "" });
  const ruleLine = h("p", { class: "kl-rule" }, h("span", {}, rule), warning);

  let noticed = null; // {input, state}: the field in which something was not taken as typed, and what the state was then
  /** Say in place of the rule that a field was not taken as typed, until something is changed; "" ends it. */
  function notice(text, input = null) {
    for (const field of [noticed?.input, input]) {
      field?.removeAttribute("aria-invalid");
      field?.removeAttribute("aria-describedby");
    }
    if (input && text) {
      setAttribute(input, "aria-invalid", "true");
      setAttribute(input, "aria-describedby", warning.id);
    }
    noticed = input && text ? { input, state: app.state } : null;
    setText(warning, text);
    ruleLine.classList.toggle("kl-noticing", text !== "");
  }

  let timer = 0;
  app.signal.addEventListener("abort", () => clearTimeout(timer));
  /** Let the next change glide instead of jump. */
  function settle() {
    app.root.classList.add("kl-settling");
    clearTimeout(timer);
    timer = setTimeout(() => app.root.classList.remove("kl-settling"), SETTLE);
  }

  let reserved = "";
  /** Keep the room that formula (in unbreakable pieces) and sentence may need: nothing below moves when a number grows, and its change is laid out alone. */
  function reserve({ pieces, words }, width) {
    const key = [width, words, ...pieces].join();
    if (key === reserved) return;
    reserved = key;
    const fits = (app.root.clientWidth || 560) / (0.56 * parseFloat(getComputedStyle(app.root).fontSize || "14"));
    let [lines, used] = [1, 0];
    for (const piece of pieces) {
      if (used + piece > fits) [lines, used] = [lines + 1, 0];
      used += piece;
    }
    result.style.height = `${1.75 * lines + 1.45 * Math.ceil(words / fits) + 0.2}em`;
  }

  values.classList.add("kl-values");
  app.root.setAttribute("role", "group");
  app.root.setAttribute("aria-label", title);
  app.root.append(
    h("div", { class: "kl-bar" }, examples.element, ...choices, button("Reset", "reset", () => { settle(); notice(""); app.reset(); }, { class: "kl-button kl-push" })),
    h("div", { class: "kl-body" }, stage, h("div", { class: "kl-side" }, numbers.element, split.element)),
    result,
    h("div", { class: "kl-foot" }, ruleLine,
      h("div", { class: "kl-copies" }, copyButton("Copy Python", "copy-python", () => python(app.state), live.say),
        app.link && copyButton("Copy link", "copy-link", app.link, live.say))),
    live.element,
  );
  app.root.children[first ? 0 : 1].after(values);

  return {
    svg, stage, formula, settle, notice, say: live.say,
    /** The numbers, in the given unit, and what stands for one that is not given. @param {Record<string, number>} shown */
    show(shown, unit, absent) {
      if (noticed && noticed.state !== app.state) notice("");
      numbers.show(shown, absent);
      setAttribute(app.root, "data-kl-unit", unit);
    },
    /**
     * @param {object} result
     * @param {string} result.text the result in words
     * @param {number} result.example which preset this is, or −1
     * @param {[number, number, string]} result.parts a sum worth seeing as a bar, and its caption
     * @param {number} result.width of the stage
     * @param {{pieces: number[], words: number}} result.room the most characters that formula and sentence may take
     */
    tell({ text, example, parts, width, room }) {
      reserve(room, width);
      split.show(parts);
      examples.show(example);
      if (sentence.textContent === text) return;
      setText(sentence, text);
      live.say(text);
    },
  };
}

/** A sum as one bar in two parts, the caption naming both: [first, second, caption]. */
function twoPartBar() {
  const first = h("span", { class: "kl-part-first" });
  const bar = h("div", { class: "kl-parts-bar", "aria-hidden": "true" }, first, h("span", { class: "kl-part-second" }));
  const caption = h("p", {});
  return {
    element: h("div", { class: "kl-parts" }, bar, caption),
    show([a, b, text]) {
      const infinite = b === Infinity;
      first.style.width = `${(100 * (infinite ? 0.35 : a + b > 0 ? a / (a + b) : 0)).toFixed(1)}%`;
      bar.classList.toggle("kl-endless", infinite);
      bar.classList.toggle("kl-nothing", a + b === 0);
      if (caption.textContent !== text) caption.replaceChildren(...coloured(text));
    },
  };
}

/** While a hand is down, axes only grow: what is under the finger must not run away. */
export const onlyGrowing = (needed, held) => (held ? Object.fromEntries(Object.entries(needed).map(([name, value]) => [name, Math.max(value, held[name])])) : needed);
