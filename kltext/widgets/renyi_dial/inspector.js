/** The chosen outcome's probabilities to type, the order to type, and the buttons that swap the laws and show the other curve. */
import { button, h, numberField, setAttribute, setText } from "../shared/dom.js";
import { lawEditors, turner } from "../shared/editors.js";
import { number, probability, signed } from "../shared/format.js";
import { logRatio, NATS } from "../shared/divergence.js";
import { orderOf } from "./math.js";
import { weight } from "./orders.js";

export function createInspector(app, { turn, put, settle, notice }) {
  let chosen = 0;
  const name = h("span", { class: "kl-dial-outcome" });
  const laws = lawEditors(app, () => chosen, put, notice);
  const order = numberField("Order α, from 0 to Infinity", { "data-kl-input": "alpha" }, (value) => {
    app.set(value >= 0 ? { alpha: String(value) } : {});
    return value < 0 ? "An order lies between 0 and Infinity; nothing was changed." : "";
  }, notice);
  const swap = button("Swap", "swap", () => {
    settle();
    app.set({ p: app.state.q, q: app.state.p });
  });
  const both = button("Both directions", "both", () => app.set({ both: !app.state.both }), { "aria-pressed": "false" });
  const words = h("p", { class: "kl-story" });

  return {
    element: h("div", { class: "kl-inspector", role: "group", "aria-label": "The chosen outcome, and the order" },
      h("div", { class: "kl-inspector-row" },
        turner("outcome", name, turn), ...laws.elements,
        h("div", { class: "kl-edit" }, h("span", { class: "kl-edit-name kl-note", "aria-hidden": "true" }, "α"), order.element),
        h("div", { class: "kl-tools" }, swap, both)),
      words),
    show(state, i) {
      chosen = i;
      setText(name, state.labels[i]);
      laws.show(state);
      order.show(state.alpha);
      setAttribute(both, "aria-pressed", state.both);
      setText(words, story(state, i));
    },
  };
}

/** The chosen outcome's log-ratio, and how much it has to say at this order. @returns {string} */
function story(state, i) {
  const { p, q, labels, unit } = state;
  const of = `“${labels[i]}”`;
  if (p[i] === 0) return q[i] === 0 ? `${of} is impossible under both.` : `P rules out ${of}: at orders above 0 it adds nothing to the sum of pᵅq¹⁻ᵅ.`;
  if (q[i] === 0) return `Q rules out ${of}, P does not: it adds nothing at orders below 1, and infinitely much from 1 on.`;
  const order = orderOf(state);
  const share = weight(p, q, order, i);
  const log = unit === "bits" ? "log₂" : "log";
  const ratio = `${log}(${probability(p[i])}/${probability(q[i])}) = ${signed(logRatio(p[i], q[i]) / NATS[unit])}`;
  if (order === Infinity) return `${of}: ${ratio}; order ∞ sees the largest log-ratio alone.`;
  return Number.isNaN(share) ? `${of}: ${ratio}.` : `${of}: ${ratio}; at this order ${number(100 * share, 1)} % of the sum of pᵅq¹⁻ᵅ.`;
}
