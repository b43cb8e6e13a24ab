/** The sum with its numbers in it: 0.90·log(0.90/0.50) + 0.10·log(0.10/0.50) = 0.368 nats. */
import { select } from "../shared/d3.js";
import { setText } from "../shared/dom.js";
import { number, probability } from "../shared/format.js";

/** The terms to print: all, or the chosen one with the first ones and the last, where all would fill the page. */
function visible(count, chosen, most) {
  const wanted = new Set([chosen, count - 1]);
  for (let i = 0; wanted.size < Math.min(count, most); i++) wanted.add(i);
  return [...wanted].sort((a, b) => a - b);
}

/** @param {HTMLElement} line @param {object} state @param {Record<string, number>} numbers @param {{chosen: number, most: number}} show */
export function showFormula(line, state, numbers, { chosen, most }) {
  const log = state.unit === "bits" ? "log₂" : "log";
  const terms = visible(state.p.length, chosen, most).map((i, k, all) => ({
    i,
    texts: [i === 0 ? "" : i - 1 === all[k - 1] ? "+ " : "+ … + ", probability(state.p[i]), `·${log}(`, probability(state.p[i]), "/", probability(state.q[i]), ") "],
  }));
  const row = select(line);
  row.selectAll("span.kl-lead").data([0]).join("span").attr("class", "kl-lead").text("D(P‖Q) = ");
  row.selectAll("span.kl-term").data(terms).join((enter) => {
    const term = enter.append("span").attr("class", "kl-term");
    for (const name of ["kl-op", "kl-ink-p", "kl-fn", "kl-ink-p", "kl-fn", "kl-ink-q", "kl-fn"]) term.append("span").attr("class", name);
    return term;
  }).classed("kl-chosen", ({ i }) => i === chosen).each(function ({ texts }) {
    texts.forEach((text, k) => setText(this.children[k], text));
  });
  row.selectAll("span.kl-sum-of").data([0]).join("span").attr("class", "kl-sum-of").each(function () {
    setText(this, `= ${number(numbers.kl_pq)} ${state.unit}`);
    if (this.nextSibling) line.append(this); // a new term was appended behind it
  });
}
