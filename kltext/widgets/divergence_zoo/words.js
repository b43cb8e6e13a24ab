/** The chosen divergence in a formula, the result in a sentence, and the chosen outcome's part in it. */
import { h, setText } from "../shared/dom.js";
import { logRatio } from "../shared/divergence.js";
import { coloured } from "../shared/frame.js";
import { number, probability, signed } from "../shared/format.js";
import { corrections } from "./drawn.js";
import { tangent } from "./math.js";
import { scaleOf } from "./region.js";
import { REGIONS } from "./regions.js";

const short = (x) => number(x, Math.abs(x) < 100 ? 3 : 1);
const after = (x) => (x < 0 ? `(${short(x)})` : short(x));
const ratio = (t) => number(t, t < 100 ? 2 : 0);

/** @param {HTMLElement} line */
export function createFormula(line) {
  const [lead, f, sum] = ["kl-lead", "kl-term", "kl-sum-of"].map((name) => h("span", { class: name }));
  lead.append(...coloured("Σ q·f(p/q) "));
  line.append(lead, sum, f);
  return ({ unit }, { f: shown, value }, formula) => {
    setText(sum, `= ${number(value)}${shown.informs ? ` ${unit}` : ""}`);
    const slope = shown.tilt ? ` ${shown.tilt > 0 ? "−" : "+"} ${short(Math.abs(shown.tilt))}·(t − 1)` : "";
    setText(f, ` with f(t) = ${formula}${slope}`);
  };
}

/** The result in a few sentences. */
export function inWords(state, measured) {
  const { p, q, labels, generator, drawn } = state;
  const { f, numbers, contributions, proven, value } = measured;
  const said = [];
  const moved = generator === "drawn" ? corrections(drawn) : [];
  if (moved.length) said.push(`Made convex at t = ${moved.map(({ t }) => t).join(", ")}${f.line.raised ? `, raised by ${short(f.line.raised)} for f(1) = 0` : ""}; dotted: from what was drawn.`);
  const endless = labels.filter((_, i) => contributions[i] === Infinity);
  const gaps = contributions.map((c, i) => c - proven[i]);
  const worst = gaps.indexOf(Math.max(...gaps));
  if (endless.length) {
    said.push(`“${endless.join("”, “")}” breaks the frame: ${q[labels.indexOf(endless[0])] === 0 ? "Q rules it out, and lim f(t)/t = ∞" : "P rules it out, and f(0) = ∞"}.`);
  } else if (p.every((a, i) => a === q[i])) said.push("P = Q: every ratio is 1, every divergence 0.");
  else if (Math.max(...gaps) <= 1e-4 * value + 1e-15) said.push("Every tangent touches f at its point: the bound is exact.");
  else said.push(`The tangents prove ${short(numbers.bound)}, worst at “${labels[worst]}”: move its tangent towards t = ${ratio(p[worst] / q[worst])}.`);
  const region = REGIONS[state.region];
  const [dashed, dotted] = region.bounds(numbers.tv).map((y) => short(scaleOf(state) * y));
  said.push(`At TV = ${short(numbers.tv)}, ${region.symbol} = ${short(numbers[region.number])}; dashed: ${dashed}, dotted: ${dotted}.`);
  return said.join(" ");
}

/** What the chosen outcome adds, and what its tangent proves of that. @returns {string} */
export function story(state, { f, ratios, contributions, proven }, i) {
  const { p, q, labels, guess } = state;
  const [a, b] = [probability(p[i]), probability(q[i])];
  const line = tangent(f, guess[i]);
  const of = `“${labels[i]}”`;
  const critic = `Tangent at t = ${ratio(guess[i])}: slope T = ${short(line.slope)}, f*(T) = ${short(-line.start)}, proves p·T − q·f*(T) = ${short(proven[i])}.`;
  if (p[i] === 0 && q[i] === 0) return `${of} is ruled out by both: it adds 0.`;
  const end = q[i] === 0;
  const height = end ? f.far : p[i] === 0 ? f.zero : f.f(ratios[i]);
  return `${of}: t = ${a}/${b} = ${ratio(ratios[i])}, r = ${signed(logRatio(p[i], q[i]))}; adds ${end ? `p·lim f(t)/t = ${a}` : `q·f(t) = ${b}`}·${after(height)} = ${signed(contributions[i])}. ${critic}`;
}
