/**
 * The question tree's mathematics: joining and taking apart groups, what a tree costs, and the best one. Pure functions, no DOM.
 *
 * A tree is an outcome's position or a pair [no, yes] of trees: the question at a pair is "is it one of those on the yes side?".
 * A tree in the making is a list of groups, each a tree. Written down, "0(12)" is outcome 0 beside the pair of 1 and 2.
 *
 * @typedef {object} State
 * @property {number[]} p probabilities, all positive
 * @property {string[]} labels
 * @property {string} tree the groups, written down
 * @property {boolean} reveal show what the best tree needs
 */
import { excess } from "../shared/divergence.js";
import { pythonFormat, pythonList } from "../shared/format.js";
import { withProbability } from "../ratio_microscope/math.js";

export const FEWEST = 2;
export const MOST = 8;
export const RAREST = 0.005; // what hands can reach; from Python everything positive is allowed
const LETTERS = "ABCDEFGH";

/** The groups that the text describes; null if it describes none. @param {string} text */
export function parse(text) {
  const stack = [[]];
  for (const sign of String(text)) {
    if (sign === "(") stack.push([]);
    else if (sign === ")") {
      const pair = stack.pop();
      if (stack.length === 0 || pair.length !== 2) return null;
      stack.at(-1).push(pair);
    } else if (/\d/.test(sign)) stack.at(-1).push(Number(sign));
    else return null;
  }
  return stack.length === 1 ? stack[0] : null;
}

const text = (node) => (Array.isArray(node) ? `(${node.map(text).join("")})` : String(node));
export const write = (groups) => groups.map(text).join("");

/** The outcomes below a node, in the tree's order. */
export const leaves = (node) => (Array.isArray(node) ? node.flatMap(leaves) : [node]);

/** Every outcome on its own. */
export const apart = (count) => "01234567".slice(0, count);

/** The state made whole, or null if P is no positive distribution or the tree is not one of its outcomes. @returns {?State} */
export function sane({ p, labels, tree, reveal }) {
  const proper = Array.isArray(p) && p.length >= FEWEST && p.length <= MOST && p.every((value) => value > 0 && value < 1);
  if (!proper || Math.abs(p.reduce((a, b) => a + b, 0) - 1) >= 1e-8) return null;
  const groups = parse(tree);
  if (groups === null || groups.flatMap(leaves).sort().join() !== p.map((_, i) => i).join()) return null;
  return { p, labels: p.map((_, i) => labels?.[i] ?? LETTERS[i]), tree: write(groups), reveal: Boolean(reveal) };
}

/** Groups i and j under one question, in the place of the one that stands left. */
export function joined(tree, i, j) {
  const groups = parse(tree);
  const [left, right] = i < j ? [i, j] : [j, i];
  groups[left] = [groups[left], groups[right]];
  groups.splice(right, 1);
  return write(groups);
}

/** Group i without its first question; unchanged if it is a single outcome. */
export function split(tree, i) {
  const groups = parse(tree);
  if (Array.isArray(groups[i])) groups.splice(i, 1, ...groups[i]);
  return write(groups);
}

/** Give outcome i the probability `value`, as far as the others stay possible; they keep their proportions. */
export const moved = (p, i, value) => withProbability(p, i, Math.min(Math.max(value, RAREST), 1 - RAREST * (p.length - 1)));

/** One more outcome with an even share, a group of its own. */
export function withOutcome({ p, labels, tree }) {
  const label = [LETTERS[p.length], ...LETTERS].find((letter) => !labels.includes(letter));
  return { p: withProbability([...p, 0], p.length, Number((1 / (p.length + 1)).toPrecision(6))), labels: [...labels, label], tree: tree + p.length };
}

/** Without outcome i: its probability goes to the others in proportion, and the question that told it from its neighbour is dropped. */
export function withoutOutcome({ p, labels, tree }, i) {
  const drop = (values) => values.filter((_, j) => j !== i);
  const prune = (node) => {
    if (!Array.isArray(node)) return node === i ? [] : [node > i ? node - 1 : node];
    const kept = node.flatMap(prune);
    return kept.length === 2 ? [kept] : kept;
  };
  return { p: drop(withProbability(p, i, 0)), labels: drop(labels), tree: write(parse(tree).flatMap(prune)) };
}

/** Every question: {path, weight of the groups it tells apart, its depth, the outcomes of both sides}; paths are "group.00…". */
export function questions(groups, p) {
  const found = [];
  const weigh = (node) => leaves(node).reduce((sum, i) => sum + p[i], 0);
  const visit = (node, path, depth) => {
    if (!Array.isArray(node)) return;
    const [no, yes] = node.map(weigh);
    found.push({ path, depth, no, yes, weight: no + yes, waste: wasted(no, yes), sides: node.map(leaves) });
    node.forEach((child, bit) => visit(child, path + bit, depth + 1));
  };
  groups.forEach((node, g) => visit(node, `${g}.`, 0));
  return found;
}

/**
 * Bits by which a question falls short: how often it is asked, times what its answer lacks to a whole bit, which is the
 * divergence of the two sides from an even split. Less than 10⁻¹⁵ is the rounding of 0.1 + 0.05 ≠ 0.15, and counts as nothing.
 */
function wasted(no, yes) {
  const waste = (excess(no, (no + yes) / 2) + excess(yes, (no + yes) / 2)) / Math.LN2;
  return waste < 1e-15 ? 0 : waste;
}

/** The answers that lead to each outcome, as a word of 0 and 1. */
export function words(groups, count) {
  const found = Array(count).fill("");
  const visit = (node, word) => (Array.isArray(node) ? node.forEach((child, bit) => visit(child, word + bit)) : (found[node] = word));
  groups.forEach((node) => visit(node, ""));
  return found;
}

/** H(P) in bits. */
export const entropyBits = (p) => p.reduce((sum, value) => sum - value * Math.log2(value), 0);

/** A best tree, by joining the two rarest groups until one is left, the likelier side as "no"; of equally rare ones the shallower first. @returns {string} */
export function huffman(p) {
  let groups = p.map((weight, i) => ({ weight, depth: 0, age: i, node: i }));
  for (let age = p.length; groups.length > 1; age++) {
    groups.sort((a, b) => a.weight - b.weight || a.depth - b.depth || a.age - b.age);
    const [one, other, ...rest] = groups;
    groups = [...rest, { weight: one.weight + other.weight, depth: 1 + Math.max(one.depth, other.depth), age, node: one.weight === other.weight ? [one.node, other.node] : [other.node, one.node] }];
  }
  return write([groups[0].node]);
}

/** Average number of questions of the tree so far. @param {string} tree @param {number[]} p */
export function averageDepth(tree, p) {
  return words(parse(tree), p.length).reduce((sum, word, i) => sum + p[i] * word.length, 0);
}

/** Everything the picture shows. @param {State} state */
export function measure({ p, tree }) {
  const groups = parse(tree);
  const asked = questions(groups, p);
  return {
    groups, asked, words: words(groups, p.length), complete: groups.length === 1,
    numbers: {
      depth: averageDepth(tree, p),
      entropy: entropyBits(p),
      excess: asked.reduce((sum, { waste }) => sum + waste, 0),
      best: averageDepth(huffman(p), p),
    },
  };
}

/** Python that prints the numbers shown. @param {State} state */
export function python(state) {
  const { groups, words: answers, complete, numbers } = measure(state);
  const line = (symbol, value, name) => `print(f"${symbol} = {${value}:${pythonFormat(numbers[name])}} bits")`;
  const start = [
    "from kltext import entropy, kl_divergence",
    `from kltext.codes import expected_length${state.reveal ? ", huffman_lengths" : ""}`,
    "",
    `outcomes = ${pythonList(state.labels)}`,
    `p = ${pythonList(state.p)}`,
    `answers = ${pythonList(answers)}`,
    "",
    "lengths = [len(word) for word in answers]",
  ];
  const group = `groups = [${groups.map((node) => `[${leaves(node).join(", ")}]`).join(", ")}]`;
  const wasteLines = complete
    ? ["waste = kl_divergence(p, [2.0**-n for n in lengths], base=2)"]
    : [group, "still = sum(sum(p[i] for i in g) * entropy([p[i] / sum(p[j] for j in g) for i in g], base=2) for g in groups)",
      "waste = expected_length(p, lengths) - still  # the groups are not joined yet"];
  return [
    ...(complete ? start : start.map((row) => row.replace("entropy, kl_divergence", "entropy"))), ...wasteLines, "",
    line("L", "expected_length(p, lengths)", "depth"),
    line("H(P)", "entropy(p, base=2)", "entropy"),
    line("excess", "waste", "excess"),
    ...(state.reveal ? [line("best L", "expected_length(p, huffman_lengths(p))", "best")] : []),
    "",
  ].join("\n");
}

/** Named distributions that each show one thing; every tree is still to be built, and what the best one needs to be found. */
export const PRESETS = [
  { name: "Six causes of an incident", p: [0.4, 0.2, 0.15, 0.1, 0.1, 0.05], labels: ["deploy", "database", "network", "cache", "certificate", "hardware"] },
  { name: "Powers of two: nothing wasted", p: [0.5, 0.25, 0.125, 0.125], labels: ["A", "B", "C", "D"] },
  { name: "Halving is not best", p: [0.35, 0.17, 0.17, 0.16, 0.15], labels: ["A", "B", "C", "D", "E"] },
  { name: "Three equal outcomes", p: [1 / 3, 1 / 3, 1 / 3], labels: ["A", "B", "C"] },
  { name: "Nearly certain", p: [0.95, 0.05], labels: ["fine", "broken"] },
  { name: "Eight equal outcomes", p: Array(8).fill(0.125), labels: [...LETTERS] },
].map((preset) => ({ ...preset, tree: apart(preset.p.length), reveal: false }));
