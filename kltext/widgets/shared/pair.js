/** Two laws on the same outcomes: the six numbers between them, and Python that prints these. Pure functions, no DOM. */
import { NATS, crossEntropy, entropy, jsDivergence, klDivergence, totalVariation } from "./divergence.js";
import { pythonFormat, pythonList } from "./format.js";

const LETTERS = "ABCDEFGHIJKL";

/** Whether the values are probabilities that sum to 1. */
export const isLaw = (values) => Array.isArray(values) && values.every((value) => value >= 0 && value <= 1) && Math.abs(values.reduce((a, b) => a + b, 0) - 1) < 1e-8;

/** A name for each of the outcomes: a letter where there is none. @param {?string[]} labels */
export const named = (labels, count) => Array.from({ length: count }, (_, i) => labels?.[i] ?? LETTERS[i]);

/** The six numbers, by name, in the unit; TV has none. */
export function pairNumbers(p, q, unit) {
  const scale = 1 / NATS[unit];
  return {
    kl_pq: scale * klDivergence(p, q),
    kl_qp: scale * klDivergence(q, p),
    entropy_p: scale * entropy(p),
    cross_entropy_pq: scale * crossEntropy(p, q),
    js: scale * jsDivergence(p, q),
    tv: totalVariation(p, q),
  };
}

const ROWS = [
  ["kl_pq", "D(P‖Q)", "kl_divergence(p, q"], ["kl_qp", "D(Q‖P)", "kl_divergence(q, p"], ["entropy_p", "H(P)", "entropy(p"],
  ["cross_entropy_pq", "H(P,Q)", "cross_entropy(p, q"], ["js", "JS(P,Q)", "js_divergence(p, q"], ["tv", "TV(P,Q)", "total_variation(p, q"],
];

/**
 * Python that prints these numbers.
 * @param {{p: number[], q: number[], labels: string[], unit: string}} of @param {Record<string, number>} numbers
 * @param {string[]} [law] the lines that make p
 */
export function pairPython({ p, q, labels, unit }, numbers, law = [`p = ${pythonList(p)}`]) {
  const base = unit === "bits" ? ", base=2" : "";
  return [
    "from kltext import cross_entropy, entropy, js_divergence, kl_divergence, total_variation",
    "",
    `outcomes = ${pythonList(labels)}`,
    ...law,
    `q = ${pythonList(q)}`,
    "",
    ...ROWS.map(([name, symbol, call]) => {
      const said = name === "tv" ? "" : ` ${unit}`;
      return `print(f"${symbol} = {${call}${name === "tv" ? "" : base}):${pythonFormat(numbers[name])}}${said}")`;
    }),
    "",
  ].join("\n");
}
