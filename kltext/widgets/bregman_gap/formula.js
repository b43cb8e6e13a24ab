/** The gap in its two forms, each with its numbers: natural side, then mean side. */
import { h, setText } from "../shared/dom.js";
import { number } from "../shared/format.js";

const SYMBOLS = [["D(P‖Q) = ", "A(θ_Q) ", "− A(θ_P) ", "− μ_P·(θ_Q − θ_P)"], ["= A*(μ_P) ", "− A*(μ_Q) ", "− θ_Q·(μ_P − μ_Q)"]];
/** The most characters of each line of the formula, in unbreakable pieces. */
const LINES = [[9, 7, 8, 18], [10, 11, 34, 14], [9, 9, 18], [10, 11, 34, 14]];

/** θ_Q with its letter below the line. */
const term = (text) => h("span", { class: "kl-term" }, ...text.split(/_([PQ])/).map((part, i) => (i % 2 ? h("sub", { class: `kl-ink-${part.toLowerCase()}` }, part) : part)));
const short = (x) => number(x, Math.abs(x) < 100 ? 4 : 1);
const after = (x) => (x < 0 ? `(${short(x)})` : short(x));

/** The numbers of one side, or why there is no subtraction. */
function numerals([to, from], [f, g], slope, edge, value) {
  const result = `= ${number(value)} nats`;
  if (![to, from, slope].every(Number.isFinite)) return [`${edge}, no subtraction `, result];
  return [`= ${short(f)} `, `− ${after(g)} `, `− ${after(slope)}·(${short(to)} − ${after(from)}) `, result];
}

/** @param {HTMLElement} line */
export function createFormula(line) {
  const rows = SYMBOLS.map((symbols) => {
    const cells = Array.from({ length: 4 }, (_, i) => h("span", { class: i === 3 ? "kl-sum-of" : "kl-term" }));
    line.append(h("span", { class: "kl-bregman-line" }, ...symbols.map(term)), h("span", { class: "kl-bregman-line" }, ...cells));
    return cells;
  });
  return ({ numbers, p, q }) => {
    const [name, theta] = Number.isFinite(q.theta) ? ["P", p.theta] : ["Q", q.theta];
    const edge = `θ of ${name} is ${number(theta)}`;
    const sides = [
      numerals([q.theta, p.theta], [q.A, p.A], p.mean, edge, numbers.kl_pq),
      numerals([p.mean, q.mean], [p.dual, q.dual], q.theta, edge, numbers.kl_pq),
    ];
    sides.forEach((texts, side) => rows[side].forEach((cell, i) => setText(cell, i === 3 ? texts.at(-1) : i < texts.length - 1 ? texts[i] : "")));
  };
}

/** How many lines that takes where `fits` characters go into one. */
export function linesOf(fits) {
  let lines = 0;
  for (const pieces of LINES) {
    let used = Infinity;
    for (const piece of pieces) {
      if (used + piece > fits) [lines, used] = [lines + 1, 0];
      used += piece;
    }
  }
  return lines;
}
