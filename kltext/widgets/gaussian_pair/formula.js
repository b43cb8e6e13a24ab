/** The closed form with its numbers in it. */
import { select } from "../shared/d3.js";
import { setText } from "../shared/dom.js";
import { NATS } from "../shared/divergence.js";
import { number } from "../shared/format.js";

const plain = (x) => (x < 0 ? `(${number(x, 2)})` : number(x, 2));

/** @param {HTMLElement} line */
export function showFormula(line, { mean_p, std_p, mean_q, std_q, unit }, { kl_pq }) {
  const [mp, sp, mq, sq] = [mean_p, std_p, mean_q, std_q].map(plain);
  const parts = [
    ["D(P‖Q) = ", "kl-lead"], ["log(", ""], [sq, "kl-ink-q"], ["/", ""], [sp, "kl-ink-p"], [") ", ""],
    ["+ (", ""], [sp, "kl-ink-p"], ["² + (", ""], [mp, "kl-ink-p"], [" − ", ""], [mq, "kl-ink-q"], [")²)", ""], [" / (2·", ""], [sq, "kl-ink-q"], ["²) ", ""],
    ["− ½ ", ""], [unit === "bits" ? `= ${number(kl_pq * NATS.bits)} nats ` : "", ""], [`= ${number(kl_pq)} ${unit}`, "kl-sum-of"],
  ];
  select(line).selectAll("span").data(parts).join("span").attr("class", ([, name]) => name).each(function ([text]) {
    setText(this, text);
  });
}
