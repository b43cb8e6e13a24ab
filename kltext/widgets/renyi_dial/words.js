/** The value at the dial in a formula, and in a sentence. */
import { h, setText } from "../shared/dom.js";
import { number, probability } from "../shared/format.js";
import { NATS } from "../shared/divergence.js";
import { disjoint, impossible, orderOf } from "./math.js";
import { covered } from "./orders.js";

/** An order as it is written: ½, 2, ∞, 0.731. */
export const written = (order) => (order === 0.5 ? "½" : order === Infinity ? "∞" : order > 1e5 ? number(order) : String(Number(order.toPrecision(4))));

/** D with its order below. */
export const symbol = (order) => [document.createTextNode("D"), h("sub", {}, order)];

/** What the order's divergence is made of, with its numbers. */
function expression({ p, q, unit }, order, { renyi, squared_hellinger, chi2 }) {
  const log = unit === "bits" ? "log₂" : "log";
  if (order === 0) return `−${log} Q(P > 0) = −${log} ${probability(covered(p, q))}`;
  if (order === 0.5) return `−2·${log} Σ√(pq) = −2·${log}(1 − H²) = −2·${log} ${number(1 - squared_hellinger)}`;
  if (order === 1) return `Σ p·${log}(p/q)`;
  if (order === 2) return `${log} Σ p²/q = ${log}(1 + χ²) = ${log} ${number(1 + chi2)}`;
  const power = renyi * NATS[unit];
  if (order === Infinity) return `${log} max p/q = ${log} ${number(Math.exp(power))}`;
  const inverse = 1 / (order - 1);
  return `1/(α−1)·${log} Σpᵅq¹⁻ᵅ = ${number(inverse, 3)}·${log} ${number(Math.exp((order - 1) * power))}`;
}

/** @param {HTMLElement} line */
export function createFormula(line) {
  const lead = h("span", { class: "kl-lead" }, ...symbol(""), "(P‖Q) = ");
  const term = h("span", { class: "kl-term" });
  const value = h("span", { class: "kl-sum-of" });
  line.append(lead, term, value);
  return (state, { numbers }) => {
    const order = orderOf(state);
    setText(lead.querySelector("sub"), written(order));
    setText(term, `${expression(state, order, numbers)} `);
    setText(value, `= ${number(numbers.renyi)} ${state.unit}`);
  };
}

const list = (names) => (names.length > 3 ? `${names.slice(0, 3).join(", ")} and more` : names.join(" and "));

/** The result in a sentence or two. */
export function inWords(state, { numbers, mirrored }) {
  const { p, q, labels, both, unit } = state;
  const order = orderOf(state);
  if (p.every((a, i) => a === q[i])) return "P and Q are equal: every order gives 0.";
  if (disjoint(state)) return "P and Q have no outcome in common: every order is infinite.";
  const ruled = impossible(state);
  const never = ruled.length ? `Q rules out ${list(ruled.map((i) => `“${labels[i]}”`))}, to which P gives ${probability(ruled.reduce((sum, i) => sum + p[i], 0))}: ` : "";
  if (never && order >= 1) return `${never}every order from 1 on is infinite, those below are not.`;
  if (both && order > 0 && order < 1) return `Skew symmetry, (1−α) times this is α times order 1−α the other way: ${skew(order, numbers.renyi, mirrored)}.`;
  if (never) return `${never}infinite from order 1 on, finite here.`;
  return named(state, order, numbers) ?? (order < 1
    ? `Below KL, ${number(numbers.kl_pq)} ${unit}: lower orders look less at how large the ratios are.`
    : `Between KL, ${number(numbers.kl_pq)}, and the largest log-ratio, ${number(numbers.max)} ${unit}: higher orders look more at the largest ratios.`);
}

/** Both sides of (1 − α)·D_α(P‖Q) = α·D_{1−α}(Q‖P). */
const skew = (order, there, back) => `${number(1 - order, 3)}·${number(there)} = ${number(order, 3)}·${number(back)} = ${number((1 - order) * there)}`;

/** What an order with a name says. */
function named({ p, q, labels, unit }, order, { renyi, chi2, squared_hellinger }) {
  if (order === 0) {
    const mass = covered(p, q);
    return mass === 1 ? "Order 0 sees only which outcomes are possible: P allows all that Q does, so it is 0." : `Order 0 sees only which outcomes are possible: Q gives ${probability(mass)} to those that P allows.`;
  }
  if (order === 0.5) return `Order ½ is the same both ways, and a function of the Hellinger distance, whose square is ${number(squared_hellinger)}.`;
  if (order === 1) return "Order 1 is the KL divergence: the mean of the log-ratio under P.";
  if (order === 2) return `Order 2 is the logarithm of the mean ratio p/q under P, which is 1 + χ² = ${number(1 + chi2)}.`;
  if (order !== Infinity) return null;
  const ratios = p.map((a, i) => (a > 0 ? a / q[i] : 0));
  const worst = ratios.indexOf(Math.max(...ratios));
  return `Order ∞ is the largest log-ratio, at “${labels[worst]}”: nothing is more than ${number(Math.exp(renyi * NATS[unit]), 3)} times as likely under P as under Q.`;
}
