/** The three decompositions as sums of boxes: what can be computed is boxed solid, what needs the posterior dashed. */
import { h, setAttribute, setText } from "../shared/dom.js";
import { SYMBOLS } from "./code.js";
import { brief } from "./words.js";

const ROWS = [["fit, less the price", "reconstruction", "−", "to_prior"], ["energy and entropy", "energy", "+", "entropy"], ["ceiling, less the gap", "evidence", "−", "gap"]];
const HIDDEN = ["evidence", "gap"]; // need the sum or integral over z

/** E_q with its letter below the line. */
const symbol = (text) => text.split(/(_q)/).map((part) => (part === "_q" ? h("sub", {}, "q") : part));

/** @param {HTMLElement} place @returns {(numbers: Record<string, number>) => void} */
export function createLedger(place) {
  const cells = [];
  const sums = [];
  const box = (name) => {
    const shut = HIDDEN.includes(name);
    const value = h("span", { class: "kl-ledger-number", "data-kl-number": shut ? null : name });
    cells.push([name, value]);
    return h("span", { class: `kl-ledger-box${shut ? " kl-ledger-shut" : ""}` }, h("span", { class: "kl-ledger-symbol" }, ...symbol(SYMBOLS[name])), value, shut ? h("span", { class: "kl-hidden" }, " (needs the posterior)") : null);
  };
  for (const [title, one, sign, other] of ROWS) {
    const sum = h("span", { class: "kl-ledger-sum" });
    sums.push(sum);
    place.append(h("span", { class: "kl-ledger-row" }, h("span", { class: "kl-ledger-title" }, title), box(one), h("span", { class: "kl-ledger-sign" }, sign), box(other), h("span", { class: "kl-ledger-sign" }, "="), sum));
  }
  place.append(h("span", { class: "kl-ledger-legend", "aria-hidden": "true" }, h("span", { class: "kl-ledger-box" }, "computed from q and the joint"), h("span", { class: "kl-ledger-box kl-ledger-shut" }, "needs the posterior")));
  return (numbers) => {
    for (const [name, cell] of cells) {
      if (!HIDDEN.includes(name)) setAttribute(cell, "data-kl-value", numbers[name]);
      setText(cell, brief(numbers[name]));
    }
    for (const cell of sums) setText(cell, brief(numbers.bound));
  };
}
