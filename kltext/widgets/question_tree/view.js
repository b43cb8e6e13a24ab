/**
 * The question tree's picture: the questions on top, as deep as they are asked; below them P, each outcome under its leaf.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select } from "../shared/d3.js";
import { number, probability, spoken } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, bar, describeHandles, each, handles, layers, put, titles } from "../shared/stage.js";
import { RAREST, leaves } from "./math.js";

const LETTER = 7.4; // pixels of a character

/** How far the axis of probabilities must reach. */
export const extents = ({ p }) => ({ probability: [0.2, 0.35, 0.5, 0.75, 1].find((top) => Math.max(...p) <= 0.95 * top) ?? 1 });

function layout(width, count, reached) {
  const narrow = width < 440;
  const levels = Math.max(3, count - 1);
  const step = Math.max(34, Math.min(54, 200 / levels));
  const left = narrow ? 30 : 38;
  const right = width - 4;
  const top = 54;
  const low = top + levels * step;
  const bars = low + 54;
  const base = bars + (narrow ? 84 : 104);
  const pitch = (right - left) / count;
  return {
    narrow, width, left, right, top, low, bars, base, pitch, levels, thick: Math.min(46, pitch * 0.56), height: base + 50,
    y: linear([0, levels], [top, low]), p: linear([0, reached.probability], [base, bars]),
  };
}

/** Where each node of the groups stands: leaves {i, x, y} and questions {x, y, weight, branches to its two sides}. */
function placed(groups, at) {
  const order = groups.flatMap(leaves);
  const across = new Map(order.map((i, k) => [i, at.left + at.pitch * (k + 0.5)]));
  const found = { leaves: [], forks: [], branches: [], across };
  const visit = (node, path, depth) => {
    if (!Array.isArray(node)) {
      found.leaves.push({ i: node, x: across.get(node), y: at.y(depth) });
      return across.get(node);
    }
    const ends = node.map((child, bit) => visit(child, path + bit, depth + 1));
    const x = (ends[0] + ends[1]) / 2;
    found.forks.push({ path, x, y: at.y(depth) });
    ends.forEach((end, bit) => found.branches.push({ path: path + bit, bit, x1: x, y1: at.y(depth), x2: end, y2: at.y(depth + 1) }));
    return x;
  };
  groups.forEach((node, g) => visit(node, `${g}.`, 0));
  return found;
}

/** @param {SVGSVGElement} element */
export function createView(element) {
  const svg = select(element);
  const bands = svg.append("g").attr("class", "kl-groups");
  const layer = layers(svg, ["axes", "bars", "titles", "words", "handles"]);

  function draw(state, measured, { width, picked, reached }) {
    const at = layout(width, state.p.length, reached);
    put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
    const tree = placed(measured.groups, at);
    const x = (i) => tree.across.get(i);
    const outcomes = state.p.map((value, i) => ({ i, p: value, label: state.labels[i], word: measured.words[i], x: x(i) }));

    const groups = measured.groups.map((node, g) => {
      const inside = leaves(node);
      return { g, inside, from: Math.min(...inside.map(x)) - at.pitch / 2, to: Math.max(...inside.map(x)) + at.pitch / 2, picked: g === picked };
    });
    const band = put(each(bands, "g", "kl-group", groups, ({ g }) => g), {
      role: "button", tabindex: 0, "data-kl-group": ({ g }) => g, "aria-pressed": ({ picked }) => String(picked), "aria-label": (d) => named(d, state),
    });
    put(band.selectAll("rect").data((d) => [d]).join("rect"), { x: ({ from }) => from + 2, width: ({ from, to }) => to - from - 4, y: at.top - 28, height: at.low - at.top + 44, rx: 8 });

    axis(layer.axes, "d", at.y, { left: at.left, right: at.right, count: at.levels });
    axis(layer.axes, "p", at.p, { left: at.left, right: at.right, count: 2 });
    titles(layer.titles, [
      [14, [["questions asked, "], ["0", "kl-note"], [" is no and "], ["1", "kl-note"], [" is yes"]]],
      [at.bars - 22, [["probability under "], ["P", "kl-ink-p"]]],
    ]);

    const line = (name, data, attributes) => put(each(layer.bars, "path", name, data, ({ path, i }) => path ?? i), attributes);
    line("kl-stem", tree.leaves, { d: (d) => `M${d.x},${d.y}V${at.p(0)}` });
    line("kl-branch", tree.branches, { d: ({ x1, y1, x2, y2 }) => `M${x1},${y1}L${x2},${y2}` });
    line("kl-bar-p", outcomes, { d: (d) => bar(d.x - at.thick / 2, at.thick, at.p(0), at.p(d.p)) });
    put(each(layer.bars, "circle", "kl-leaf", tree.leaves, ({ i }) => i), { cx: ({ x }) => x, cy: ({ y }) => y, r: 4.5 });
    put(each(layer.bars, "circle", "kl-fork", tree.forks, ({ path }) => path), { cx: ({ x }) => x, cy: ({ y }) => y, r: 6.5 });

    const write = (name, data, key, attributes, text) => put(each(layer.words, "text", name, data, key), { "text-anchor": "middle", ...attributes }, text);
    write("kl-tree-answer", tree.branches, ({ path }) => path, {
      x: ({ x1, x2 }) => x1 + 0.35 * (x2 - x1) + (x2 < x1 ? -10 : 10), y: ({ y1, y2 }) => y1 + 0.35 * (y2 - y1) + 1,
    }, ({ bit }) => String(bit));
    const weights = new Map(measured.asked.map(({ path, weight }) => [path, weight]));
    write("kl-weight", tree.forks.filter(({ path }) => weights.get(path) < 0.999999), ({ path }) => path, { x: ({ x }) => x, y: ({ y }) => y - 10 }, ({ path }) => probability(weights.get(path)));
    const room = Math.floor((at.pitch - 4) / LETTER);
    const short = (name) => (name.length <= room ? name : room < 5 ? name.slice(0, Math.max(1, room)) : `${name.slice(0, room - 1).trim()}…`);
    write("kl-name", outcomes, ({ i }) => i, { x: (d) => d.x, y: at.base + 20 }, ({ label }) => short(label));
    const fits = outcomes.every(({ word }) => word.length <= room);
    write("kl-code", outcomes, ({ i }) => i, { x: (d) => d.x, y: at.base + 39 }, ({ word }) => (word === "" ? "–" : fits ? word : String(word.length)));
    put(each(layer.words, "text", "kl-hint", [0]), { x: 0, y: at.base + 39 }, at.narrow ? "" : fits ? "code" : "bits");
    if (at.pitch >= 44) write("kl-of kl-of-p", outcomes, ({ i }) => i, { x: (d) => d.x, y: (d) => at.p(d.p) - 10 }, (d) => probability(d.p));
    else layer.words.selectAll(".kl-of-p").remove();

    handles(layer.handles, outcomes.map((d) => ({
      id: `p:${d.i}`, kind: "kl-handle-p", orientation: "vertical", x: d.x, y: at.p(d.p), width: Math.max(at.thick * 0.72, 8), height: 8,
      label: `P of ${d.label}`, least: Math.min(RAREST, d.p), most: Math.max(1 - RAREST * (state.p.length - 1), d.p), now: d.p,
      text: `probability ${spoken(d.p)}, average depth ${spoken(measured.numbers.depth)} questions, entropy ${spoken(measured.numbers.entropy)} bits`,
    })));
    return 1 / (at.p(0) - at.p(1)); // probability of a pixel
  }

  return { draw, describe: () => describeHandles(layer.handles), group: (g) => bands.select(`[data-kl-group="${g}"]`).node() };
}

/** A group in words, for those who do not see it. */
function named({ inside, picked }, { p, labels }) {
  const members = inside.map((i) => labels[i]).join(", ");
  const share = number(inside.reduce((sum, i) => sum + p[i], 0), 3);
  return `${inside.length > 1 ? "Group" : "Outcome"} ${members}, probability ${share}${picked ? ", picked" : ""}`;
}
