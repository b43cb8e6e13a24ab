/**
 * The ledger's picture: left the laws q (a triangle with the model below, or densities on the line), right the gauge with its fixed
 * ceiling and moving floor. Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select } from "../shared/d3.js";
import { NATS } from "../shared/divergence.js";
import { shorten, spokenAmount } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { bar, describeHandles, each, handles, hatch, layers, put } from "../shared/stage.js";
import { drawLine, lineExtents } from "./curves.js";
import { deepest, impossible } from "./states.js";
import { drawStates, stateExtents } from "./triangle.js";
import { brief, write } from "./words.js";

/** How far each axis must reach for this state; the gauge of three states holds every finite gap there is. */
export const extents = (state, measured) => (state.mode === "states"
  ? { ...stateExtents(state, measured), depth: Math.max(0.5, (1.06 * deepest(measured.posterior)) / NATS[state.unit]) }
  : { ...lineExtents(state, measured), depth: Math.max(1, 2 ** Math.ceil(Math.log2(1.1 * measured.numbers.gap))) });

function layout(width, { depth }, discrete) {
  const narrow = width < 440;
  const x0 = width - (narrow ? 108 : 172);
  const side = Math.min(x0 - (narrow ? 6 : 26), 330);
  const [top1, base] = [74, 74 + Math.max(150, 0.866 * side)];
  const top2 = base + 76;
  const bottom = top2 + (narrow ? 120 : 136);
  return { narrow, width, side, x0, top1, base, top2, bottom, y: linear([-depth, 0], [discrete ? base : bottom - 20, top1]) };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const clip = svg.select("defs").append("clipPath").attr("id", `${uid}-clip`).append("rect");
  const layer = layers(svg, ["axes", "contours", "bars", "gauge", "titles", "words", "handles"]);
  const curves = layer.bars.append("g").attr("clip-path", `url(#${uid}-clip)`);
  let [kind, mapped] = ["", ""];

  function draw(state, measured, { width, reached }) {
    const { mode, unit } = state;
    const at = layout(Math.max(width, 260), reached, mode === "states");
    const { q, mean, std, ...model } = state;
    const map = JSON.stringify([model, width, reached]);
    if (kind !== mode) for (const part of [layer.axes, layer.contours, layer.bars, layer.titles, layer.words]) part.selectAll("path, text, line, circle, .kl-axis").remove();
    kind = mode;
    put(svg, { width: at.width, height: at.bottom + 44, viewBox: `0 0 ${at.width} ${at.bottom + 44}` });
    gauge(layer.gauge, state, measured, at);
    const outcome = `ELBO ${spokenAmount(measured.numbers.bound, unit)}, gap ${spokenAmount(measured.numbers.gap, unit)}`;
    const drawn = (mode === "states" ? drawStates : drawLine)({ layer, clip, curves, hatching, measured, nats: NATS[unit] }, state, at, outcome, { reached, fresh: map !== mapped });
    mapped = map;
    handles(layer.handles, drawn.handles);
    return drawn;
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** The fixed ceiling, the floor, and between them the gap; one without end breaks the frame. */
function gauge(layer, state, measured, at) {
  const { numbers: { bound, evidence, gap }, two } = measured;
  const endless = gap === Infinity;
  const [left, thick] = [at.x0 + 22, at.narrow ? 16 : 28];
  const [ceiling, floor] = [at.y(0), endless ? at.y.range[0] + 10 : at.y(-gap)];
  const rule = (name, data, x1, x2) => put(each(layer, "line", name, data), { x1, x2, y1: Number, y2: Number });
  put(each(layer, "path", "kl-gain kl-ledger-gap", [0]), { d: bar(left, thick, ceiling, floor, endless) });
  rule("kl-ledger-ceiling", [ceiling], left - 6, at.width);
  rule("kl-ledger-floor", endless ? [] : [floor], left - 6, at.width);
  const halfway = gap > 0 && two > -Infinity ? [at.y(two - evidence)] : [];
  rule("kl-ledger-two", halfway, left - 4, left + thick);
  write(layer, "kl-ledger-two-name", halfway.map((y) => ["L₂", left - 6, y + 4, "end"]));

  const said = ["KL(q‖", "posterior)", `= ${brief(gap)}`];
  if (endless) said.push(`at ${shorten(impossible(state, measured).map((i) => state.labels[i]), at.narrow ? 6 : 11).join(", ")}`);
  const between = floor - ceiling > 16 * said.length + 6;
  const words = { ceiling: [ceiling - 22, "log p(x)", brief(evidence)], floor: [floor + 16, "ELBO", brief(bound)], gap: [between ? (ceiling + floor) / 2 - 7.5 * said.length + 12 : floor + 54, ...said] };
  write(layer, "kl-ledger-word", Object.entries(words).flatMap(([name, [y, ...lines]]) => lines.map((text, i) => [text, left + thick + 8, y + 15 * i, "start", `kl-ledger-${name}`])));
}
