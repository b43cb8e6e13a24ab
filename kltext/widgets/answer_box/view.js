/** The answer box's elements, and how they show a verdict. */
import { h, setText } from "../shared/dom.js";

const VERDICTS = {
  right: ["✓", "Correct."],
  named: ["✗", "Not yet."],
  off: ["✗", "Not yet."],
  close: ["≈", "Nearly."],
  rounded: ["≈", "Nearly."],
  error: ["?", "Not understood."],
};

let boxes = 0;

const percent = (tolerance) => `${Number((tolerance * 100).toPrecision(2))}%`;

/**
 * @param {{id: string, unit: string, tolerance: number}} exercise
 * @returns the elements and the ways to change them
 */
export function createView({ id, unit, tolerance }, { onType, onSubmit, onHint }) {
  const uid = `kl-answer-${++boxes}`;
  const input = h("input", {
    id: `${uid}-input`, type: "text", class: "kl-answer-input", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "done",
    maxlength: "120", "aria-describedby": `${uid}-note ${uid}-verdict`, input: onType, keydown: submitOnEnter,
  });
  const note = h("p", { id: `${uid}-note`, class: "kl-answer-note" });
  const badge = h("span", { class: "kl-answer-badge", hidden: true }, h("span", { "aria-hidden": "true" }, "✓ "), "solved");
  const icon = h("span", { class: "kl-answer-icon", "aria-hidden": "true" });
  const word = h("strong", {});
  const message = h("span", {});
  const words = h("span", {}, word, message);
  const text = h("p", { id: `${uid}-verdict`, class: "kl-answer-text" });
  const hint = h("button", { type: "button", class: "kl-button kl-answer-hint", "data-kl-action": "hint", hidden: true, click: onHint });
  const verdict = h("div", { class: "kl-answer-verdict", "aria-live": "polite", "aria-atomic": "true" }, text);
  const form = h("form", { class: "kl-answer", novalidate: true, "data-kl-exercise": id, submit: (event) => { event.preventDefault(); onSubmit(); } },
    h("div", { class: "kl-answer-head" }, h("label", { for: `${uid}-input` }, unit ? `Your answer, in ${unit}` : "Your answer"), badge),
    h("div", { class: "kl-answer-row" }, input, h("button", { type: "submit", class: "kl-button kl-answer-check", "data-kl-action": "check" }, "Check")),
    note, verdict, hint);
  /** JupyterLab keeps Enter from submitting a form, so it is done by hand. */
  function submitOnEnter(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    onSubmit();
  }

  const help = `Within ${percent(tolerance)} counts. Also understood: 3/8, 5.3e-1, ln(2), sqrt(2), inf.`;

  return {
    element: form,
    typed: () => input.value,
    type(value) { if (input.value !== value) input.value = value; },
    showReading(reading) { setText(note, reading ? `Read as ${reading}.` : help); },
    showVerdict(kind, sentence) {
      form.dataset.klVerdict = kind;
      input.setAttribute("aria-invalid", String(kind !== "right"));
      setText(icon, VERDICTS[kind][0]);
      setText(word, VERDICTS[kind][1]);
      setText(message, ` ${sentence}`);
      text.replaceChildren(icon, words);
    },
    clearVerdict() {
      delete form.dataset.klVerdict;
      input.removeAttribute("aria-invalid");
      text.replaceChildren();
    },
    offerHint(label) {
      hint.hidden = label === null;
      if (label !== null) setText(hint, label);
    },
    showSolved(solved) {
      badge.hidden = !solved;
      form.toggleAttribute("data-kl-solved", solved);
    },
  };
}
