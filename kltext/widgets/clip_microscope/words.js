/** The objective with its numbers in it, and the case in a sentence. */
import { select } from "../shared/d3.js";
import { setText } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { caseOf } from "./math.js";

/** Room for the formula's pieces, in characters. */
export const PIECES = [22, 26, 24];

const brief = (x) => number(x, Math.abs(x) < 100 ? 3 : 1);
const BRANCH = ["both are 0", "the unclipped term", "both terms", "the clipped term", "the clipped term", "both terms", "the unclipped term"];

/** @param {HTMLElement} line */
export function showFormula(line, state, { value, unclipped, clipped }) {
  const parts = [
    ["min(ρA, clip(ρ)·A) ", "kl-lead"], [`= min(${brief(unclipped)}, ${brief(clipped)}) `, "kl-term"], [`= ${brief(value)}: ${BRANCH[caseOf(state)]}`, "kl-sum-of"],
  ];
  select(line).selectAll("span").data(parts).join("span").attr("class", ([, name]) => name).each(function ([text]) {
    setText(this, text);
  });
}

/** What happens to this sample in the next gradient step. */
export function inWords(state, { k1, k3 }) {
  const { ratio, epsilon, advantage } = state;
  const corner = ratio === 1 + epsilon || ratio === 1 - epsilon;
  const ks = `It adds ${number(k1, 3)} to k1 and ${number(k3, 3)} to k3.`;
  if (ratio === 0) return "The new policy never plays this action: log ρ is minus infinity, every estimate is infinite, and the gradient in log π is 0.";
  return [
    `No advantage, no gradient: this sample says nothing. ${ks}`,
    `Case 1: a good action that has become rarer. The minimum is ρA, whose gradient pulls the ratio back up. ${ks}`,
    `Case 2: a good action. Its gradient pushes the ratio up${corner ? ", now for the last time" : ratio === 1 ? ", as in the first step of every update" : ""}. ${ks}`,
    `Case 3: a good action that is already more than 1 + ε times as likely. The gradient is 0: nothing pushes on, and nothing pulls back. ${ks}`,
    `Case 4: a bad action that is already less than 1 − ε times as likely. The gradient is 0: nothing pushes on, and nothing pulls back. ${ks}`,
    `Case 5: a bad action. Its gradient pushes the ratio down${corner ? ", now for the last time" : ratio === 1 ? ", as in the first step of every update" : ""}. ${ks}`,
    `Case 6: a bad action that has become likelier. The minimum is ρA, whose gradient pulls the ratio back down. ${ks}`,
  ][advantage === 0 ? 0 : caseOf(state)];
}
