/** The optimum of the chosen answer in a formula, and the balance in a sentence. */
import { h, setText } from "../shared/dom.js";
import { number, probability } from "../shared/format.js";
import { average, priceOf, tilt } from "./math.js";

/** Three decimals; what they cannot show is 0. */
const amount = (x) => (Math.abs(x) < 5e-4 ? "0.000" : number(x, 3));
const price = (beta) => (beta === Infinity ? "∞" : String(beta));

/** @param {HTMLElement} line */
export function createFormula(line) {
  const lead = h("span", { class: "kl-lead" });
  const term = h("span", { class: "kl-term" });
  const value = h("span", { class: "kl-sum-of" });
  line.append(lead, term, value);
  return ({ policy, reference, reward, labels, beta }, { law, numbers }, i) => {
    setText(lead, `π*(${[...labels[i]].slice(0, 10).join("")}) = `);
    const factor = Number(beta) === Infinity ? "1" : `e^(${Number(reward[i].toPrecision(3))}/${beta})`;
    const z = Number(beta) === Infinity ? 0 : numbers.ceiling / Number(beta);
    setText(term, `${probability(reference[i])}·${factor} / Z `);
    setText(value, `= ${number(law[i])}, log Z = ${number(z)}`.replace("-", "−"));
  };
}

/** The result in a sentence or two. */
export function inWords(state, { numbers }) {
  const { policy, reference, reward, labels } = state;
  const beta = priceOf(state);
  const { earned, kl, balance, ceiling, gap } = numbers;
  const outside = policy.findIndex((mass, i) => mass > 0 && reference[i] === 0);
  if (outside >= 0) return `Your policy gives “${labels[outside]}”, which the reference never does: its divergence is infinite, and no reward makes up for it.`;
  if (beta === Infinity) return kl === 0 ? "At an infinite price the reference itself is the optimum: it pays nothing and earns its average." : "At an infinite price every step away from the reference costs more than anything can earn.";
  const gain = ceiling - average(reference, reward);
  if (gain < 1e-9) return "All answers that the reference gives earn the same: the reference is the optimum, at every price.";
  const paid = beta * kl;
  const own = `Your policy earns ${amount(earned)} and pays ${price(beta)}·${amount(kl)} = ${amount(paid)}`;
  if (gap < 5e-7) return `${own}: it is the optimum, with the balance β log Z = ${amount(ceiling)}.`;
  return `${own}: a balance of ${amount(balance)}. The best is ${amount(ceiling)}; what is missed is β times the divergence of your policy from the optimum.`;
}

/** What the chosen answer's bar says. */
export function story(state, i) {
  const { policy, reference, reward, labels } = state;
  const of = `“${labels[i]}”`;
  if (reference[i] === 0) return `${of}: the reference never gives it, so neither does the optimum, whatever its reward.`;
  const { law } = tilt(reference, reward, priceOf(state));
  return `${of}: the optimum gives it ${number(law[i] / reference[i], 3)} times as often as the reference, your policy ${number(policy[i] / reference[i], 3)} times.`;
}
