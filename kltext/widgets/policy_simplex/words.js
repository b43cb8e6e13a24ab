/** The sampled objective with its numbers in it, and what the picture shows in a sentence. */
import { select } from "../shared/d3.js";
import { setText } from "../shared/dom.js";
import { number } from "../shared/format.js";

/** Room for the formula's pieces, in characters. */
export const PIECES = [30, 19, 19, 19, 18, 14];

const few = (x) => number(x, Math.abs(x) < 10 ? 3 : 1);
const exact = (x) => String(Number(x.toPrecision(4)));
const plain = (x) => (x < 0 ? `(${few(x)})` : few(x));

/** @param {HTMLElement} line */
export function showFormula(line, { counts, advantages, epsilon }, { ratios, dead, total, penalised, coefficient, value, numbers }) {
  const terms = counts.map((count, a) => {
    const edge = advantages[a] > 0 ? 1 + epsilon : 1 - epsilon;
    return [count, (dead[a] && !penalised ? edge : ratios[a]) * advantages[a]];
  }).filter(([count]) => count > 0);
  const parts = [
    [penalised ? "mean of ρA − β·KL = " : "mean of min(ρA, clip(ρ)·A) = ", "kl-lead"],
    ...terms.map(([count, term], i) => [`${i ? "+ " : ""}${count}/${total}·${plain(term)} `, "kl-term"]),
    ...(penalised ? [[`− ${exact(coefficient)}·${few(numbers.kl)} `, "kl-term"]] : []), [`= ${few(value)}`, "kl-sum-of"],
  ];
  select(line).selectAll("span").data(parts).join("span").attr("class", ([, name]) => name).each(function ([text]) {
    setText(this, text);
  });
}

/** What the update did, and what its distance is bounded by. */
export function inWords(state, { policy, dead, numbers }, found) {
  const { method, labels, counts, delta, old, epsilon } = state;
  const { kl, widest, used, dead: share } = numbers;
  const where = kl <= delta ? "inside the KL ball" : "outside the KL ball";
  const inBand = policy.every((mass, a) => counts[a] === 0 || Math.abs(mass / old[a] - 1) <= epsilon + 1e-12);
  const bound = widest === Infinity ? "has no upper bound" : `is at most ${number(widest)} nats`;
  const shut = labels.filter((_, a) => policy[a] === 0);
  if (kl === 0) return "The new policy is the old one: every ratio is 1, and nothing is silenced.";
  if (method === "hand" && shut.length) return `Never played: ${shut.join(" and ")}. So the KL is infinite${inBand ? ", and yet every sampled ratio is inside the clip band" : ""}; with no sample of it k1, k2 and k3 cannot know.`;
  if (method === "hand") return `${inBand ? "Every sampled ratio is inside the clip band" : "A sampled ratio has left the clip band"}; the KL is ${number(kl)} nats, ${where}. In the band it ${bound}.`;
  if (method === "clip" && share === 1) return `The clip has silenced every sample, and no gradient is left: neither onwards nor back. Here the KL is ${number(kl)} nats, ${where} of ${number(delta, 3)}.`;
  if (method === "clip") return `The clip has silenced ${number(100 * share, 0)} % of the samples (${labels.filter((_, a) => dead[a] && counts[a] > 0).join(", ") || "none"}). The KL is ${number(kl)} nats, ${where}; in the band it ${bound}.`;
  if (method === "fixed") return `Every sample pulls on, and the penalty holds them: at ${number(kl)} nats, ${where}, as β = ${exact(state.beta)} and the advantages have it.`;
  const settled = kl >= delta / 1.5 && kl <= 1.5 * delta;
  const rounds = found.ends.length;
  return `${settled ? `After ${rounds} ${rounds === 1 ? "update" : "updates"} β = ${exact(used)}` : `Even after ${rounds} updates β, now ${exact(used)}, has found no rest: it can only double or halve, and so it hops`}. The KL is ${number(kl)} nats; the rule asks for ${number(delta / 1.5, 3)} to ${number(1.5 * delta, 3)}.`;
}
