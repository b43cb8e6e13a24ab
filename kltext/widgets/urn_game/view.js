/**
 * The urn game's picture: the two urns on top, the bets on each colour in the middle, and the scores draw by draw below.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select } from "../shared/d3.js";
import { number, probability, shorten, spoken, spokenAmount } from "../shared/format.js";
import { lawBars, lawHandles, probabilityReach } from "../shared/laws.js";
import { linear } from "../shared/scale.js";
import { axis, bar, column, curve, describeHandles, each, handles, hatch, layers, put, titles } from "../shared/stage.js";
import { DRAWS } from "./math.js";

/** How far each axis must reach for this state; of the scores, downwards. */
export function extents({ p, q }, { draws, numbers }) {
  const finite = [numbers.worth, ...draws.map(({ score }) => score)].filter(Number.isFinite);
  const deepest = Math.max(0, ...finite.map((score) => -score));
  return { probability: probabilityReach(p, q), depth: [1, 2, 3, 5].find((depth) => deepest <= 1.02 * depth) ?? 8 };
}

function layout(width, count, reached) {
  const narrow = width < 440;
  const [h1, h2, h3] = narrow ? [104, 110, 120] : [112, 120, 132];
  const top1 = 38;
  const top2 = top1 + h1 + 88;
  const top3 = top2 + h2 + 52;
  const [left, right] = [40, width - 6];
  const pitch = (right - left) / count;
  const step = (right - left) / DRAWS;
  return {
    narrow, left, right, width, pitch, step, top1, top2, top3, height: top3 + h3 + 24,
    p: linear([0, reached.probability], [top1 + h1, top1]), b: linear([0, 1], [top2 + h2, top2]), s: linear([-reached.depth, 1], [top3 + h3, top3]),
    thick: Math.min(pitch * 0.34, 44), wide: Math.min(pitch * 0.74, 96),
    middle: (i) => left + (i + 0.5) * pitch, draw: (i) => Math.round(10 * (left + (i + 0.5) * step)) / 10,
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const layer = layers(svg, ["lens", "axes", "bars", "words", "titles", "handles"]);
  let framed = "";

  function draw(state, measured, { width, reached }) {
    const { draws, policy, ideal, ball, numbers, over } = measured;
    const at = layout(width, state.p.length, reached);
    const colours = state.p.map((p, i) => ({ i, p, q: state.q[i], label: state.labels[i], x: at.middle(i) }));
    const frame = JSON.stringify([width, state.labels, reached]);
    if (frame !== framed) furniture(layer, svg, state, colours, at);
    framed = frame;
    put(each(layer.lens, "rect", "kl-lens-band", ball === null ? [] : [ball]), { x: (i) => at.middle(i) - at.pitch / 2 + 1, width: at.pitch - 2, y: at.p(0) + 4, height: at.b(0) - at.p(0) + 12, rx: 8 });
    lawBars(layer, colours, at);

    // Bets: the last one on each colour as a level, every one as a mark of the urn that it met, the best one dashed.
    const level = (y) => ({ i, x }) => `M${x - at.wide / 2},${Math.round(10 * at.b(y[i])) / 10}h${at.wide}`;
    const path = (name, data, outline, attributes = {}) => put(each(layer.bars, "path", name, [0]), { d: data.map(outline).join(""), ...attributes });
    path("kl-urn-missed", ideal ? colours : [], ({ i, x }) => bar(x - at.wide / 2, at.wide, at.b(policy[i]), at.b(ideal?.[i])), { fill: hatching });
    path("kl-urn-ideal", ideal ? colours : [], level(ideal));
    path("kl-urn-policy", draws.length ? colours : [], level(policy));
    for (const urn of [1, 2]) {
      put(each(layer.bars, "circle", `kl-urn-met kl-urn-met-${urn}`, draws.filter((made) => made.urn === urn), ({ i }) => i), {
        r: 3.5, cx: ({ i, colour }) => at.middle(colour) + (at.wide - 12) * ((i + 0.5) / DRAWS - 0.5), cy: ({ bet }) => at.b(bet),
      });
    }
    put(each(layer.words, "text", "kl-of kl-of-r kl-urn-best", ideal ? colours : []), { x: ({ x }) => x + at.wide / 2, y: ({ i }) => at.b(ideal[i]) + (ideal[i] > 0.9 || ideal[i] < policy[i] ? 14 : -5), "text-anchor": "end" }, ({ i }) => probability(ideal[i]));

    // Scores: each draw's, their running average, what the bets are worth in the long run, and what the best ones are.
    const score = (kind, chosen, attributes = {}) => path(`kl-urn-score kl-${kind} kl-urn-${kind}`, draws.filter(chosen), (made) => column(at.draw(made.i), at.step * 0.66, at.s, made.score, 6), attributes);
    score("gain", (made) => made.score >= 0);
    score("loss", (made) => made.score < 0, { fill: hatching });
    const across = (value) => (Number.isFinite(value) ? `M${at.left},${Math.round(10 * at.s(value)) / 10}H${at.right}` : "");
    put(each(layer.bars, "path", "kl-urn-ceiling", [0]), { d: across(numbers.best) });
    put(each(layer.bars, "path", "kl-urn-worth", [0]), { d: draws.length ? across(numbers.worth) : "" });
    const averages = draws.filter(({ average }) => Number.isFinite(average));
    put(each(layer.bars, "path", "kl-urn-average", [0]), { d: curve(averages.map(({ i }) => at.draw(i)), averages.map(({ average }) => at.s(average))) });
    put(each(layer.words, "text", "kl-net-label kl-urn-ceiling-label", [0]), { x: at.right, "text-anchor": "end", y: at.s(numbers.best) - 5 }, `best ${number(numbers.best, 3)}`);

    const said = `JS ${spokenAmount(numbers.best, "bits")}`;
    const busy = draws.length > 0 && !over;
    handles(layer.handles, [
      ...lawHandles(colours, state, at, said).map((handle) => ({ ...handle, fixed: busy, label: `${handle.id[0] === "p" ? "Urn 1" : "Urn 2"}, ${state.labels[handle.id.slice(2)]}` })),
      ...(over ? [] : [{
        id: "bet", kind: "kl-handle-bet", orientation: "vertical", x: at.middle(ball), y: at.b(state.bet), width: Math.min(at.wide * 0.6, 30), height: 10,
        label: `Your probability that this ${state.labels[ball]} ball came from urn 1`, least: 0, most: 1, now: state.bet,
        text: `${spoken(state.bet)}${ideal ? `, best ${spoken(ideal[ball])}` : ""}; earns ${spokenAmount(numbers.first, "bits")} if it did, ${spokenAmount(numbers.second, "bits")} if not`,
      }]),
    ]);
    return { probability: 1 / (at.p(0) - at.p(1)), bet: 1 / (at.b(0) - at.b(1)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** What stays while something moves: axes, titles, the balls and their names, the numbers of the draws. */
function furniture(layer, svg, { labels }, colours, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "p", at.p, { ...sides, count: 2 });
  axis(layer.axes, "b", at.b, { ...sides, count: 2 });
  axis(layer.axes, "s", at.s, { ...sides, count: 3 });
  titles(layer.titles, [
    [at.top1 - 24, [["urn 1, "], ["P", "kl-ink-p"], [" (solid), and urn 2, "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 16, [["your bets on urn 1", "kl-ink-r"], [at.narrow ? " (filled: it was)" : ", and which urn it was: "], [at.narrow ? "" : "1", "kl-ink-p"], [at.narrow ? "" : " filled, "], [at.narrow ? "" : "2", "kl-ink-q"], [at.narrow ? "" : " hollow"]]],
    [at.top3 - 16, at.narrow
      ? [["scores in bits, "], ["average", "kl-note"], [", worth (dots), "], ["best", "kl-ink-r"]]
      : [["scores in bits, "], ["average", "kl-note"], [", your bets’ worth (dotted), "], ["best", "kl-ink-r"], [" (dashed)"]]],
  ]);
  const names = shorten(labels, Math.floor((at.pitch - 26) / 7.5));
  const ball = each(layer.titles, "circle", "kl-urn-ball", colours, ({ i }) => i);
  const shift = ({ i }) => 3.6 * names[i].length;
  put(ball, { class: ({ i }) => `kl-urn-ball kl-urn-ball-${shade(i, labels.length)}`, cx: (d) => d.x - shift(d) - 2, cy: at.p(0) + 22, r: 8 });
  put(each(layer.titles, "text", "kl-name", colours, ({ i }) => i), { x: (d) => d.x + 10, y: at.p(0) + 27, "text-anchor": "middle" }, ({ i }) => names[i]);
  const every = Array.from({ length: DRAWS }, (_, i) => i).filter((i) => i === 0 || (i + 1) % 5 === 0);
  put(each(layer.titles, "text", "kl-hint kl-urn-draw", every, (i) => i), { x: at.draw, y: at.s.range[0] + 17, "text-anchor": "middle" }, (i) => String(i + 1));
}

/** Which of five shades the i-th of so many balls has, from white to black. */
export const shade = (i, count) => Math.round((4 * i) / (count - 1));
