/** The closed form with its numbers in it: the mean's part, the variance, which is exponential in what is dragged, and its logarithm. */
import { select } from "../shared/d3.js";
import { setText } from "../shared/dom.js";
import { number } from "../shared/format.js";

const plain = (x) => (x < 0 ? `(${number(x)})` : number(x));

/** Room for its pieces, in characters. */
export const PIECES = [27, 11, 9, 12, 12, 16];

/** @param {HTMLElement} line */
export function showFormula(line, { log_var }, { kl, mean_cost, grad_log_var }) {
  const parts = [
    ["KL(q‖p) = ½μ² + ½(σ² − 1) ", "kl-lead"], ["− ½ log σ² ", "kl-lead"], [`= ${number(mean_cost)} `, "kl-term"], [`+ ${plain(grad_log_var)} `, "kl-term"],
    [`− ${plain(log_var / 2)} `, "kl-term"], [`= ${number(kl)} nats`, "kl-sum-of"],
  ];
  select(line).selectAll("span").data(parts).join("span").attr("class", ([, name]) => name).each(function ([text]) {
    setText(this, text);
  });
}
